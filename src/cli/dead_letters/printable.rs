//! Makes foreign text harmless for a terminal: whoever can raise an alert can choose its title.

/// Text on one line: every character that a terminal would act upon, or that would change how the line reads, is escaped.
#[must_use]
pub fn line(text: &str) -> String {
    escaped(text, |_| false, |character| character.escape_default().to_string())
}

/// Like [`line`], but line breaks and tabs stay.
#[must_use]
pub fn block(text: &str) -> String {
    escaped(text, |character| matches!(character, '\n' | '\t'), |character| character.escape_default().to_string())
}

/// A JSON document with what JSON itself leaves unescaped; it still means the same.
#[must_use]
pub fn json(document: &str) -> String {
    escaped(document, |_| false, |character| format!("\\u{:04x}", u32::from(character)))
}

fn escaped(text: &str, stays: impl Fn(char) -> bool, escape: impl Fn(char) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if acts(character) && !stays(character) {
            out.push_str(&escape(character));
        } else {
            out.push(character);
        }
    }
    out
}

/// Control characters, line and paragraph separators, and those that turn the direction of writing (all below U+10000).
fn acts(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::{block, json, line};

    #[test]
    fn what_a_terminal_would_act_upon_is_escaped_and_the_rest_stays() {
        for (text, expected) in [
            ("plain é 🦀", "plain é 🦀"),
            ("two\nlines\tand\r", "two\\nlines\\tand\\r"),
            ("\u{1b}[2J\u{7}", "\\u{1b}[2J\\u{7}"),
            ("c1 \u{9b}31m del \u{7f}", "c1 \\u{9b}31m del \\u{7f}"),
            ("turned \u{202e}txt.exe", "turned \\u{202e}txt.exe"),
        ] {
            assert_eq!(line(text), expected);
        }
        assert_eq!(block("two\nlines\tand \u{1b}"), "two\nlines\tand \\u{1b}");
    }

    #[test]
    fn escaped_json_means_the_same() {
        let text = "a\u{1b}\u{7f}\u{9b}\u{2028}\u{202e}\"\\é";
        let document = serde_json::to_string(text).unwrap();
        let escaped = json(&document);
        assert_ne!(escaped, document);
        assert!(escaped.chars().all(|character| !super::acts(character)), "{escaped}");
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text);
    }
}
