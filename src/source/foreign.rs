//! Words of a far side, made safe to stand in our messages: short, printable, and without the secrets we sent there.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// At most this many characters of somebody else's words.
const MOST: usize = 400;
const HIDDEN: &str = "[REDACTED]";

/// The first line of `text`, without control or invisible characters, capped, and with each of `secrets` blotted out should the far
/// side have echoed it, as it is or percent-encoded.
pub(crate) fn excerpt(text: &str, secrets: &[&str]) -> String {
    let line = text.trim_start().lines().next().unwrap_or_default().trim_end();
    let mut line = line.to_owned();
    // Before the cut: half a secret is a secret too.
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        line = line.replace(secret, HIDDEN);
        line = line.replace(&utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(), HIDDEN);
        let form: String = reqwest::Url::parse_with_params("form:", [("", secret)])
            .map_or_else(|_| String::new(), |url| url.query().unwrap_or_default().trim_start_matches('=').to_owned());
        if !form.is_empty() {
            line = line.replace(&form, HIDDEN);
        }
    }
    let mut safe = String::new();
    for (count, character) in line.chars().enumerate() {
        if count == MOST {
            safe.push('…');
            break;
        }
        match character {
            '"' | '\'' | '\\' => safe.push(character),
            _ => safe.extend(character.escape_debug()),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MOST, excerpt};

    #[test]
    fn control_and_invisible_characters_are_escaped_and_quotes_left() {
        assert_eq!(excerpt("a \"b\" c\u{1b}[31m\u{202e}\u{0}d\nsecond line", &[]), "a \"b\" c\\u{1b}[31m\\u{202e}\\0d");
    }

    #[test]
    fn an_echoed_secret_is_blotted_out_in_every_spelling_even_across_the_cut() {
        let secret = "p@ss w+rd~/%";
        let text = format!("{}{secret} and p%40ss%20w%2Brd%7E%2F%25 and p%40ss+w%2Brd%7E%2F%25", "x".repeat(MOST - 4));
        let shown = excerpt(&text, &[secret]);
        assert!(!shown.contains("p@s") && !shown.contains("p%40"), "{shown}");
        assert_eq!(excerpt("p%40ss+w%2Brd%7E%2F%25!", &[secret]), "[REDACTED]!");
    }

    proptest! {
        #[test]
        fn an_excerpt_is_one_short_printable_line(text in any::<String>()) {
            let shown = excerpt(&text, &[]);
            prop_assert!(!shown.contains(char::is_control), "{shown:?}");
            prop_assert!(shown.chars().count() <= MOST * 10 + 1);
        }
    }
}
