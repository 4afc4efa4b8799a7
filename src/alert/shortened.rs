//! A finding that says less than it could, because all of it would be too long for where it goes.

use std::borrow::Cow;

use super::Text;

/// What was left out of an alert or incident before a format writes it. Formats write no copy of the vendor's own document for
/// such a finding, and mark it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortened {
    /// How many octets the whole message would have had.
    pub octets: usize,
    /// How many pieces of evidence (of an incident: alerts inside) were left out.
    pub left_out: usize,
    /// Texts of the evidence, such as command lines, are cut after so many characters; `usize::MAX` leaves them whole.
    pub longest_text: usize,
}

/// Stands where a text was cut.
pub const MARKER: char = '…';

/// The first `longest` characters of a text and [`MARKER`], or all of it.
#[must_use]
pub fn cut(text: Text<'_>, longest: usize) -> Text<'_> {
    // A character has at least one octet, so that most texts need not be counted.
    if text.len() <= longest {
        return text;
    }
    match text.char_indices().nth(longest) {
        None => text,
        Some((end, _)) => {
            let mut kept = text[..end].to_owned();
            kept.push(MARKER);
            Cow::Owned(kept)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_text_is_cut_between_characters_and_says_so() {
        for (text, longest, expected) in [
            ("powershell", 10, "powershell"),
            ("powershell", 5, "power…"),
            ("naïve 😀😀", 7, "naïve 😀…"),
            ("naïve 😀😀", 8, "naïve 😀😀"),
            ("", 0, ""),
            ("x", 0, "…"),
        ] {
            assert_eq!(cut(text.into(), longest), expected, "{text} {longest}");
        }
    }
}
