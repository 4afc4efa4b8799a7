//! What a next link remembers, and its address.

use std::fmt::Write as _;

use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::simulator::index::Place;

/// What a next link remembers. Opaque to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    Start,
    After(Place),
    Offset(usize),
    /// Answered with this status.
    Fail(u16),
}

impl Token {
    /// The text in the link: hexadecimal, so that nobody is tempted to read it.
    fn write(self) -> String {
        let text = match self {
            Token::Start => "s".to_owned(),
            Token::After((at, number)) => format!("a{}.{number}", at.as_nanosecond()),
            Token::Offset(rows) => format!("o{rows}"),
            Token::Fail(status) => format!("f{status}"),
        };
        text.bytes().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a string takes all writes");
            hex
        })
    }

    pub fn read(text: &str) -> Option<Self> {
        let bytes: Option<Vec<u8>> =
            (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect();
        let text = String::from_utf8(bytes?).ok()?;
        let rest = text.get(1..)?;
        match text.as_bytes()[0] {
            b's' => Some(Token::Start),
            b'a' => {
                let (at, number) = rest.split_once('.')?;
                Some(Token::After((Timestamp::from_nanosecond(at.parse().ok()?).ok()?, number.parse().ok()?)))
            }
            b'o' => Some(Token::Offset(rest.parse().ok()?)),
            b'f' => Some(Token::Fail(rest.parse().ok()?)),
            _ => None,
        }
    }
}

/// The address of a page: the client's own options, and the token under its name. `base` has no slash at its end.
pub fn address(base: &str, path: &str, pairs: &[(String, String)], name: &str, token: Token) -> String {
    let kept = pairs.iter().filter(|(option, _)| option != name && option != "$skip");
    let token = (name.to_owned(), token.write());
    let options: Vec<String> = kept
        .chain(std::iter::once(&token))
        .map(|(name, value)| {
            let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
            // Microsoft leaves the dollar sign as it is.
            match name.strip_prefix('$') {
                Some(name) => format!("${}={}", encode(name), encode(value)),
                None => format!("{}={}", encode(name), encode(value)),
            }
        })
        .collect();
    format!("{base}{path}?{}", options.join("&"))
}

#[cfg(test)]
mod tests {
    use super::{Token, address};

    #[test]
    fn a_token_comes_back_as_it_was_written() {
        let place = ("2026-03-02T07:44:02.1466667Z".parse().expect("a date"), 17);
        for token in [Token::Start, Token::After(place), Token::Offset(500), Token::Fail(404)] {
            assert_eq!(Token::read(&token.write()), Some(token));
        }
    }

    #[test]
    fn an_address_keeps_the_clients_options_but_not_its_place() {
        let pairs = [("$top", "2"), ("$skip", "4"), ("$skipToken", "73"), ("api-version", "2025-06-01")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let text = address("http://h", "/p", &pairs, "$skipToken", Token::Start);
        assert_eq!(text, "http://h/p?$top=2&api%2Dversion=2025%2D06%2D01&$skipToken=73");
    }
}
