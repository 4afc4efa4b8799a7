//! The query options of an alert list.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::filter::{Filter, Moment};
use super::store::Place;

/// What a client asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pub filter: Option<Filter>,
    /// The property and whether it descends.
    pub order: Option<(Moment, bool)>,
    pub top: Option<usize>,
    pub skip: usize,
    pub count: bool,
    /// Only these members, where there are any.
    pub select: Vec<String>,
    pub token: Option<Token>,
}

/// What a next link remembers. Opaque to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    Start,
    After(Place),
    Offset(usize),
    /// Answered with this status.
    Fail(u16),
}

impl Query {
    /// Reads decoded names and values.
    ///
    /// # Errors
    /// A sentence for the body of a 400 answer.
    pub fn parse(pairs: &[(String, String)]) -> Result<Self, String> {
        let mut query = Self::default();
        for (index, (name, value)) in pairs.iter().enumerate() {
            if pairs[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(format!(
                    "Query option '{name}' was specified more than once, but it must be specified at most once."
                ));
            }
            match name.as_str() {
                "$filter" => query.filter = Some(Filter::parse(value)?),
                "$orderby" => query.order = Some(order(value)?),
                "$top" => query.top = Some(number(name, value)?),
                "$skip" => query.skip = number(name, value)?,
                "$count" => {
                    query.count = match value.as_str() {
                        "true" => true,
                        "false" => false,
                        _ => return Err(format!("Invalid value '{value}' for $count query option found.")),
                    }
                }
                "$select" => query.select = value.split(',').map(|member| member.trim().to_owned()).collect(),
                "$skiptoken" => query.token = Some(Token::read(value).ok_or("Skip token is null or invalid.")?),
                _ if name.starts_with('$') => return Err(format!("Query option '{}' is not allowed.", &name[1..])),
                _ => {} // OData leaves names without a $ to the service, and this one ignores them
            }
        }
        Ok(query)
    }
}

fn number(name: &str, value: &str) -> Result<usize, String> {
    value
        .parse()
        .map_err(|_| format!("Invalid value '{value}' for {name} query option found. A non-negative integer is required."))
}

fn order(value: &str) -> Result<(Moment, bool), String> {
    let mut words = value.split_whitespace();
    let property = match words.next() {
        Some("createdDateTime") => Moment::Created,
        Some("lastUpdateDateTime") => Moment::Updated,
        other => {
            return Err(format!("The property '{}' cannot be used in the $orderby query option.", other.unwrap_or_default()));
        }
    };
    match (words.next(), words.next()) {
        (None | Some("asc"), None) => Ok((property, false)),
        (Some("desc"), None) => Ok((property, true)),
        _ => Err(format!("Syntax error in $orderby '{value}'.")),
    }
}

impl Token {
    /// The text in the link: hexadecimal, so that nobody is tempted to read it.
    pub fn write(self) -> String {
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

    fn read(text: &str) -> Option<Self> {
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

#[cfg(test)]
mod tests {
    use super::{Moment, Query, Token};

    fn parse(pairs: &[(&str, &str)]) -> Result<Query, String> {
        Query::parse(&pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>())
    }

    #[test]
    fn options_are_read_and_mistakes_refused() {
        let query =
            parse(&[("$top", "5"), ("$orderby", "lastUpdateDateTime desc"), ("$count", "true"), ("x", "y")]).expect("a query");
        assert_eq!((query.top, query.order, query.count), (Some(5), Some((Moment::Updated, true)), true));
        assert_eq!(parse(&[("$orderby", "createdDateTime")]).expect("a query").order, Some((Moment::Created, false)));
        for (name, value, reason) in [
            ("$top", "-1", "non-negative"),
            ("$skip", "many", "non-negative"),
            ("$count", "1", "$count"),
            ("$orderby", "severity", "cannot be used"),
            ("$orderby", "createdDateTime up", "Syntax error"),
            ("$expand", "alerts", "'expand' is not allowed"),
            ("$search", "x", "not allowed"),
            ("$skiptoken", "zz", "Skip token"),
            ("$skiptoken", "", "Skip token"),
            ("$filter", "severity", "no comparison"),
        ] {
            let error = parse(&[(name, value)]).expect_err(name);
            assert!(error.contains(reason), "{name}={value}: {error}");
        }
        assert!(parse(&[("$top", "1"), ("$top", "2")]).is_err_and(|error| error.contains("more than once")));
    }

    #[test]
    fn a_token_comes_back_as_it_was_written() {
        let place = ("2026-03-02T07:44:02.1466667Z".parse().expect("a date"), 17);
        for token in [Token::Start, Token::After(place), Token::Offset(500), Token::Fail(404)] {
            assert_eq!(Token::read(&token.write()), Some(token));
        }
    }
}
