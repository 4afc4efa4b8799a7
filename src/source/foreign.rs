//! Words of a far side, made safe to stand in our messages: short, printable, and without the secrets we sent there.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;

/// At most this many characters of somebody else's words.
const MOST: usize = 400;
const HIDDEN: &str = "[REDACTED]";

/// The first line of `text`, without control or invisible characters, capped, and with each of `secrets` blotted out should the far
/// side have echoed it, as it is or encoded.
pub(crate) fn excerpt(text: &str, secrets: &[&str]) -> String {
    let line = text.trim_start().lines().next().unwrap_or_default().trim_end();
    // Before the cut: half a secret is a secret too.
    let spellings = secrets.iter().flat_map(|secret| spellings(secret)).filter(|spelling| !spelling.is_empty());
    let line = spellings.fold(line.to_owned(), |line, spelling| line.replace(&spelling, HIDDEN));
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

/// What is to be said of a body that is not the error document that was expected. Only plain text is quoted: JSON may spell a secret
/// in more ways than can be looked for.
pub(crate) fn unexpected(body: &[u8], secrets: &[&str]) -> String {
    match body.trim_ascii_start().strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii_start().first() {
        None => "no body".to_owned(),
        Some(b'<') => "a page for people, not JSON; a proxy or gateway answered".to_owned(),
        Some(b'{' | b'[' | b'"') => "JSON, but not an error document".to_owned(),
        Some(_) => format!("no JSON but \"{}\"", excerpt(&String::from_utf8_lossy(body), secrets)),
    }
}

/// A secret as it is, percent-encoded, as in a form, as in JSON, and as part of a host name.
fn spellings(secret: &str) -> [String; 5] {
    let form = Url::parse_with_params("form:", [("", secret)]).ok();
    let form = form.as_ref().and_then(Url::query).unwrap_or_default().trim_start_matches('=').to_owned();
    let json = serde_json::Value::from(secret).to_string();
    [
        secret.to_owned(),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        form,
        json.trim_matches('"').to_owned(),
        secret.to_ascii_lowercase(),
    ]
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
        assert_eq!(excerpt("p@ss w+rd~/%, a\\\"b and a\"b", &[secret, "a\"b"]), "[REDACTED], [REDACTED] and [REDACTED]");
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
