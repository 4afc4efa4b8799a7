//! The `$filter` of a list: what it means for a row. Pure.

mod parse;

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use crate::alert::stamp;

/// A moment that rows are indexed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Created,
    Updated,
}

/// A property whose values are words, and that every row knows without being written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Severity,
    Service,
    Status,
}

/// What the values of a property are, and where they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Moment(Moment),
    Word(Word, &'static [&'static str]),
    /// Of the record as the API writes it, as are the following.
    Enum(&'static [&'static str]),
    Text,
    Number,
    Time,
}

/// A property that an API's filter may name. A slash leads into an object.
pub type Field = (&'static str, Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

impl Op {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Op::Eq => order == Ordering::Equal,
            Op::Ne => order != Ordering::Equal,
            Op::Gt => order == Ordering::Greater,
            Op::Ge => order != Ordering::Less,
            Op::Lt => order == Ordering::Less,
            Op::Le => order != Ordering::Greater,
        }
    }
}

/// A value in a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    Null,
    Text(String),
    Number(i64),
    Time(Timestamp),
}

/// A parsed `$filter`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    Moment(Moment, Op, Timestamp),
    /// `true` for `eq`, `false` for `ne`.
    Word(Word, bool, String),
    /// A member of the record, by its JSON pointer.
    Member(String, Op, Literal),
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
}

/// A row as a filter sees it.
pub trait Seen {
    fn moment(&self, property: Moment) -> Timestamp;
    fn word(&self, property: Word) -> &str;
    /// The whole record; asked for only where a filter names one of its members.
    fn record(&self) -> Value;
}

/// A span of moments that no matching row lies outside of; inclusive, and no wider than the filter's own comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Span {
    pub const ALL: Span = Span { from: Timestamp::MIN, to: Timestamp::MAX };

    fn and(self, other: Span) -> Span {
        Span { from: self.from.max(other.from), to: self.to.min(other.to) }
    }

    /// Nothing can lie in it: `ge` later than `le`.
    pub fn is_empty(self) -> bool {
        self.from > self.to
    }
}

impl Filter {
    /// Reads the text of `$filter`, which may name these properties.
    ///
    /// # Errors
    /// A sentence for the body of a 400 answer.
    pub fn parse(text: &str, fields: &[Field]) -> Result<Self, String> {
        parse::parse(text, fields)
    }

    pub fn matches(&self, row: &dyn Seen) -> bool {
        match self {
            Filter::Moment(property, op, at) => op.holds(row.moment(*property).cmp(at)),
            Filter::Word(property, wanted, word) => (row.word(*property) == word) == *wanted,
            Filter::Member(pointer, op, literal) => compare(row.record().pointer(pointer).unwrap_or(&Value::Null), *op, literal),
            Filter::And(left, right) => left.matches(row) && right.matches(row),
            Filter::Or(left, right) => left.matches(row) || right.matches(row),
            Filter::Not(inner) => !inner.matches(row),
        }
    }

    /// Where to look in an index over `property`.
    pub fn span(&self, property: Moment) -> Span {
        match self {
            Filter::Moment(asked, op, at) if *asked == property => match op {
                Op::Eq => Span { from: *at, to: *at },
                Op::Gt | Op::Ge => Span { from: *at, to: Timestamp::MAX },
                Op::Lt | Op::Le => Span { from: Timestamp::MIN, to: *at },
                Op::Ne => Span::ALL,
            },
            Filter::And(left, right) => left.span(property).and(right.span(property)),
            Filter::Moment(..) | Filter::Word(..) | Filter::Member(..) | Filter::Or(..) | Filter::Not(_) => Span::ALL,
        }
    }
}

/// As the protocol has it: nothing is greater or less than null, and only null equals it.
fn compare(value: &Value, op: Op, literal: &Literal) -> bool {
    let order = match literal {
        Literal::Null => value.is_null().then_some(Ordering::Equal),
        Literal::Text(text) => value.as_str().map(|value| value.cmp(text)),
        Literal::Number(number) => value.as_i64().map(|value| value.cmp(number)),
        Literal::Time(at) => value.as_str().and_then(stamp::parse).map(|value| value.cmp(at)),
    };
    order.map_or(op == Op::Ne, |order| op.holds(order))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use serde_json::{Value, json};

    use super::{Field, Filter, Kind, Moment, Seen, Span, Word};

    const FIELDS: &[Field] = &[
        ("createdDateTime", Kind::Moment(Moment::Created)),
        ("lastUpdateDateTime", Kind::Moment(Moment::Updated)),
        ("severity", Kind::Word(Word::Severity, &["high", "low"])),
        ("status", Kind::Word(Word::Status, &["new", "resolved"])),
        ("assignedTo", Kind::Text),
        ("incidentId", Kind::Number),
        ("properties/lastEventTime", Kind::Time),
        ("category", Kind::Enum(&["Malware", "Execution"])),
    ];

    struct Row {
        created: Timestamp,
        updated: Timestamp,
    }

    impl Seen for Row {
        fn moment(&self, property: Moment) -> Timestamp {
            if property == Moment::Created { self.created } else { self.updated }
        }

        fn word(&self, property: Word) -> &str {
            if property == Word::Severity { "high" } else { "new" }
        }

        fn record(&self) -> Value {
            json!({"assignedTo": null, "incidentId": 41, "category": "Malware",
                   "properties": {"lastEventTime": "2026-03-02T07:00:00.5Z"}})
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a date")
    }

    fn row() -> Row {
        Row { created: at("2026-03-02T07:00:00Z"), updated: at("2026-03-02T07:05:00.1234567Z") }
    }

    #[test]
    fn a_filter_means_what_odata_says() {
        for (text, wanted) in [
            ("severity eq 'high'", true),
            ("severity ne 'high'", false),
            ("lastUpdateDateTime eq 2026-03-02T07:05:00.1234567Z", true),
            ("lastUpdateDateTime eq 2026-03-02T07:05:00.1234568Z", false),
            ("lastUpdateDateTime ne 2026-03-02T07:05:00.1234567Z", false),
            ("lastUpdateDateTime ge 2026-03-02T07:05:00.1234567Z and lastUpdateDateTime le 2026-03-02T07:05:00.1234567Z", true),
            ("lastUpdateDateTime gt 2026-03-02T07:05:00.1234567Z", false),
            ("lastUpdateDateTime lt 2026-03-02T07:05:00.1234567Z", false),
            ("createdDateTime lt 2026-03-02T08:00:00.5+01:00", true),
            ("createdDateTime gt 2026-03-02T07:00:00Z", false),
            ("status eq 'resolved' or severity eq 'high' and incidentId eq 41", true),
            ("(status eq 'resolved' or severity eq 'high') and category eq 'Execution'", false),
            ("incidentId gt 40 and incidentId lt 42", true),
            ("assignedTo eq null and not (incidentId eq null)", true),
            ("assignedTo eq 'kim'", false),
            ("assignedTo ne 'kim'", true),
            ("assignedTo gt 'a' or assignedTo lt 'z'", false),
            ("properties/lastEventTime ge 2026-03-02T07:00:00.5Z", true),
            ("properties/lastEventTime gt 2026-03-02T07:00:00.5Z", false),
            ("status eq 'new' or status eq 'new' and severity eq 'low'", true),
            ("not (status eq 'new')", false),
            ("not (not (status eq 'new')) and not (severity eq 'low')", true),
            ("  ( ( status eq 'new' ) )  ", true),
        ] {
            let filter = Filter::parse(text, FIELDS).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(filter.matches(&row()), wanted, "{text}");
        }
    }

    #[test]
    fn a_span_is_taken_only_from_what_every_row_must_fulfil() {
        let window = "lastUpdateDateTime ge 2026-03-02T07:00:00Z and lastUpdateDateTime lt 2026-03-02T08:00:00Z";
        let span = Span { from: at("2026-03-02T07:00:00Z"), to: at("2026-03-02T08:00:00Z") };
        for (text, wanted) in [
            (window.to_owned(), span),
            (format!("{window} and severity eq 'low'"), span),
            (format!("({window}) or severity eq 'low'"), Span::ALL),
            (format!("not ({window})"), Span::ALL),
        ] {
            let filter = Filter::parse(&text, FIELDS).expect("a filter");
            assert_eq!(filter.span(Moment::Updated), wanted, "{text}");
            assert_eq!(filter.span(Moment::Created), Span::ALL, "{text}");
        }
    }

    fn filters() -> impl Strategy<Value = String> {
        let moment =
            (prop_oneof!["createdDateTime", "lastUpdateDateTime"], prop_oneof!["eq", "ne", "gt", "ge", "lt", "le"], 0_i64..4)
                .prop_map(|(property, op, second)| format!("{property} {op} 2026-03-02T07:00:0{second}Z"));
        let word =
            (prop_oneof!["eq", "ne"], prop_oneof!["new", "resolved"]).prop_map(|(op, word)| format!("status {op} '{word}'"));
        prop_oneof![moment, word].prop_recursive(4, 24, 2, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) and ({b})")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} or ({b})")),
                inner.prop_map(|a| format!("not ({a})")),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_matching_row_lies_outside_the_span(text in filters(), created in 0_i64..4, updated in 0_i64..4) {
            let filter = Filter::parse(&text, FIELDS).expect("a filter");
            let base = at("2026-03-02T07:00:00Z");
            let row = Row {
                created: base + jiff::SignedDuration::from_secs(created),
                updated: base + jiff::SignedDuration::from_secs(updated),
            };
            if filter.matches(&row) {
                for (property, value) in [(Moment::Created, row.created), (Moment::Updated, row.updated)] {
                    let span = filter.span(property);
                    prop_assert!(span.from <= value && value <= span.to, "{text}: {span:?}");
                }
            }
        }

        #[test]
        fn any_text_is_answered_without_a_panic(text in "[ a-zA-Z0-9'():.-]{0,60}") {
            let _ = Filter::parse(&text, FIELDS);
        }
    }
}
