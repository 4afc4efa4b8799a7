//! Reads the grammar of `$filter`: comparisons, `and`, `or`, `not (…)` and parentheses.

use jiff::Timestamp;

use super::{Field, Filter, Kind, Literal, Op};

/// Deeper parentheses than anybody writes; keeps the parser from overrunning its stack.
const DEEPEST: usize = 100;

pub(super) fn parse(text: &str, fields: &[Field]) -> Result<Filter, String> {
    let mut parser = Parser { rest: split(text)?, depth: 0, fields };
    let filter = parser.either()?;
    match parser.take() {
        None => Ok(filter),
        Some(token) => {
            Err(format!("Syntax error in '$filter': '{}' was not expected after a complete expression.", token.text()))
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Open,
    Close,
    /// Without its quotes.
    Quoted(&'a str),
    Bare(&'a str),
}

impl<'a> Token<'a> {
    fn text(self) -> &'a str {
        match self {
            Token::Open => "(",
            Token::Close => ")",
            Token::Quoted(text) | Token::Bare(text) => text,
        }
    }
}

fn split(text: &str) -> Result<std::vec::IntoIter<Token<'_>>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '\'' => {
                let end = rest[1..].find('\'').ok_or("There is an unterminated string literal in '$filter'.")?;
                (Token::Quoted(&rest[1..=end]), end + 2)
            }
            _ => {
                let end = rest.find(|c: char| c.is_whitespace() || "()'".contains(c)).unwrap_or(rest.len());
                (Token::Bare(&rest[..end]), end)
            }
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens.into_iter())
}

struct Parser<'a> {
    rest: std::vec::IntoIter<Token<'a>>,
    depth: usize,
    fields: &'a [Field],
}

impl<'a> Parser<'a> {
    fn take(&mut self) -> Option<Token<'a>> {
        self.rest.next()
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.rest.as_slice().first() == Some(&Token::Bare(word));
        if found {
            self.take();
        }
        found
    }

    fn either(&mut self) -> Result<Filter, String> {
        let mut left = self.both()?;
        while self.take_word("or") {
            left = Filter::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Filter, String> {
        let mut left = self.one()?;
        while self.take_word("and") {
            left = Filter::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Filter, String> {
        match self.take() {
            // `not` binds tighter than a comparison, so it needs its parentheses.
            Some(Token::Bare("not")) => match self.take() {
                Some(Token::Open) => Ok(Filter::Not(Box::new(self.group()?))),
                _ => Err("A unary operator with an incompatible type was detected: write 'not (…)'.".to_owned()),
            },
            Some(Token::Open) => self.group(),
            Some(Token::Bare(property)) => self.comparison(property),
            Some(token) => Err(format!("Syntax error in '$filter': '{}' stands where a property was expected.", token.text())),
            None => Err("Syntax error in '$filter': an expression was expected at its end.".to_owned()),
        }
    }

    fn group(&mut self) -> Result<Filter, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("The recursion limit of '$filter' has been exceeded.".to_owned());
        }
        let inner = self.either()?;
        self.depth -= 1;
        match self.take() {
            Some(Token::Close) => Ok(inner),
            _ => Err("Syntax error in '$filter': ')' was expected.".to_owned()),
        }
    }

    fn comparison(&mut self, property: &str) -> Result<Filter, String> {
        let op = match self.take().map(Token::text) {
            Some("eq") => Op::Eq,
            Some("ne") => Op::Ne,
            Some("gt") => Op::Gt,
            Some("ge") => Op::Ge,
            Some("lt") => Op::Lt,
            Some("le") => Op::Le,
            other => return Err(format!("'{}' is no comparison after '{property}' in '$filter'.", other.unwrap_or_default())),
        };
        let value = self.take().ok_or_else(|| format!("'{property}' is compared with nothing in '$filter'."))?;
        let (name, kind) = self
            .fields
            .iter()
            .find(|(name, _)| *name == property)
            .ok_or_else(|| format!("The property '{property}' cannot be used in the $filter query option."))?;
        let member = |literal| Filter::Member(format!("/{name}"), op, literal);
        match (kind, value) {
            (Kind::Moment(property), value) => Ok(Filter::Moment(*property, op, time(value)?)),
            (Kind::Word(property, members), value) => {
                let (wanted, word) = word(op, value, members)?;
                Ok(Filter::Word(*property, wanted, word))
            }
            (Kind::Text | Kind::Number | Kind::Time | Kind::Enum(_), Token::Bare("null")) => Ok(member(Literal::Null)),
            (Kind::Text, value) => Ok(member(Literal::Text(quoted(value)?.to_owned()))),
            (Kind::Enum(members), value) => {
                let (_, word) = word(op, value, members)?;
                Ok(member(Literal::Text(word)))
            }
            (Kind::Number, Token::Bare(text)) => {
                let number = text.parse().map_err(|_| format!("'{text}' is not an Edm.Int64."))?;
                Ok(member(Literal::Number(number)))
            }
            (Kind::Number, value) => Err(format!("A number stands unquoted in '$filter', found '{}'.", value.text())),
            (Kind::Time, value) => Ok(member(Literal::Time(time(value)?))),
        }
    }
}

fn time(value: Token<'_>) -> Result<Timestamp, String> {
    let Token::Bare(text) = value else {
        return Err(format!("A timestamp stands unquoted in '$filter', found '{}'.", value.text()));
    };
    text.parse().map_err(|_| format!("'{text}' is not an Edm.DateTimeOffset."))
}

fn quoted(value: Token<'_>) -> Result<&str, String> {
    match value {
        Token::Quoted(text) => Ok(text),
        other => Err(format!("The text '{}' stands in quotes in '$filter'.", other.text())),
    }
}

/// Whether the word is wanted or unwanted, and the word.
fn word(op: Op, value: Token<'_>, members: &[&str]) -> Result<(bool, String), String> {
    let text = quoted(value)?;
    if !members.contains(&text) {
        return Err(format!("The string '{text}' is not a valid enumeration type constant."));
    }
    match op {
        Op::Eq => Ok((true, text.to_owned())),
        Op::Ne => Ok((false, text.to_owned())),
        Op::Gt | Op::Ge | Op::Lt | Op::Le => Err("An enumeration knows 'eq' and 'ne' only.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Field, Filter, Kind, Moment, Word};

    const FIELDS: &[Field] = &[
        ("lastUpdateDateTime", Kind::Moment(Moment::Updated)),
        ("severity", Kind::Word(Word::Severity, &["high", "low"])),
        ("status", Kind::Word(Word::Status, &["new"])),
        ("assignedTo", Kind::Text),
        ("incidentId", Kind::Number),
        ("category", Kind::Enum(&["Malware"])),
    ];

    fn parse(text: &str) -> Result<Filter, String> {
        super::parse(text, FIELDS)
    }

    #[test]
    fn what_the_service_refuses_is_refused_with_a_reason() {
        for (text, reason) in [
            ("", "at its end"),
            ("severity", "no comparison"),
            ("severity eq", "nothing"),
            ("severity eq high", "in quotes"),
            ("severity eq 'grave'", "not a valid enumeration"),
            ("severity gt 'low'", "'eq' and 'ne' only"),
            ("severity eq 'high", "unterminated"),
            ("severity eq 'high' and", "at its end"),
            ("severity eq 'high' status eq 'new'", "not expected"),
            ("severity like 'high'", "no comparison"),
            ("investigationState eq 'queued'", "cannot be used"),
            ("lastUpdateDateTime ge '2026-03-02T07:00:00Z'", "unquoted"),
            ("lastUpdateDateTime ge 2026-03-02", "Edm.DateTimeOffset"),
            ("not status eq 'new'", "not (…)"),
            ("assignedTo eq kim", "in quotes"),
            ("incidentId eq '7'", "unquoted"),
            ("incidentId eq seven", "Edm.Int64"),
            ("category eq 'Weather'", "not a valid enumeration"),
            ("(status eq 'new'", "')' was expected"),
            ("'new' eq status", "a property was expected"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(reason), "{text}: {error}");
        }
        let deep = format!("{}status eq 'new'{}", "(".repeat(5000), ")".repeat(5000));
        assert!(parse(&deep).is_err_and(|error| error.contains("recursion limit")));
    }

    #[test]
    fn and_binds_tighter_than_or_and_both_read_from_the_left() {
        let shape = |text: &str| format!("{:?}", parse(text).expect("a filter"));
        let (a, b, c) = ("status eq 'new'", "severity eq 'low'", "severity eq 'high'");
        assert_eq!(shape(&format!("{a} or {b} and {c}")), shape(&format!("{a} or ({b} and {c})")));
        assert_eq!(shape(&format!("{a} and {b} or {c}")), shape(&format!("({a} and {b}) or {c}")));
        assert_eq!(shape(&format!("{a} or {b} or {c}")), shape(&format!("({a} or {b}) or {c}")));
    }
}
