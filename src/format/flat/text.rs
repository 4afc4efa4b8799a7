//! Texts on one line: what is left of them, and how long they may be.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::alert::members::can_have_happened;
use crate::alert::{Stamp, Text};

/// Characters that no line may hold: controls (tab, NUL and the line breaks among them), and the two of Unicode at which
/// many readers end a line.
pub fn breaks_lines(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// The text with a space for each character that no line may hold or that `also` names, and without white space around it.
pub fn one_line(text: &str, also: impl Fn(char) -> bool) -> Cow<'_, str> {
    let odd = |c: char| breaks_lines(c) || also(c);
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || odd(c));
    if trimmed.contains(odd) {
        Cow::Owned(trimmed.chars().map(|c| if odd(c) { ' ' } else { c }).collect())
    } else {
        Cow::Borrowed(trimmed)
    }
}

/// Whether anything is left of a text on one line.
pub fn says_something(text: &Text<'_>) -> bool {
    !text.chars().all(|c| c.is_whitespace() || breaks_lines(c))
}

/// At most so many UTF-16 code units of a text, whole characters, without white space at its end: receivers that have maxima are
/// written in languages that count so, and no other way of counting characters finds more of them.
pub fn cut(text: &str, units: usize) -> &str {
    let mut left = units;
    for (at, c) in text.char_indices() {
        let Some(less) = left.checked_sub(c.len_utf16()) else { return text[..at].trim_end() };
        left = less;
    }
    text
}

/// Milliseconds since 1970, for moments at which something can have happened.
pub fn millis(stamp: Option<&Stamp<'_>>) -> Option<i64> {
    stamp.and_then(|stamp| stamp.at).filter(|at| can_have_happened(*at)).map(Timestamp::as_millisecond)
}

/// A word of the vendor's that says something.
pub fn unknown_left_out<'a>(word: Option<&Text<'a>>) -> Option<Text<'a>> {
    const NOTHING: [&str; 4] = ["unknown", "unknownFutureValue", "notSet", "none"];
    word.filter(|word| !NOTHING.iter().any(|nothing| word.eq_ignore_ascii_case(nothing))).cloned()
}

#[cfg(test)]
mod tests {
    use super::{cut, one_line};

    #[test]
    fn a_line_stays_one() {
        for (text, line) in [
            ("plain", "plain"),
            ("a\r\nb", "a  b"),
            ("\t\u{0} a\u{1}b\u{85}c\u{2028}d \n", "a b c d"),
            ("a^b^", "a b"),
            ("\u{202e}right to left", "\u{202e}right to left"),
            (" \n\u{2029}^", ""),
        ] {
            assert_eq!(one_line(text, |c| c == '^'), line, "{text:?}");
        }
    }

    #[test]
    fn a_cut_falls_between_characters() {
        for (text, units, left) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "abc"),
            ("aüb", 2, "aü"),
            ("a😀b", 2, "a"),
            ("a😀b", 3, "a😀"),
            ("ab cd", 3, "ab"),
            ("a", 0, ""),
        ] {
            assert_eq!(cut(text, units), left);
        }
    }
}
