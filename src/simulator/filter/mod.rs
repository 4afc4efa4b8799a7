//! The `$filter` of an alert list: what it means for a row. Pure.

mod parse;

use jiff::Timestamp;

/// What a filter may ask about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Created,
    Updated,
}

/// A property whose values are words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Severity,
    Service,
    Status,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

/// A parsed `$filter`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    Moment(Moment, Op, Timestamp),
    /// `true` for `eq`, `false` for `ne`.
    Word(Word, bool, String),
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
}

/// The properties of a row that a filter can see.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub created: Timestamp,
    pub updated: Timestamp,
    pub severity: &'a str,
    pub service: &'a str,
    pub status: &'a str,
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
    /// Reads the text of `$filter`.
    ///
    /// # Errors
    /// A sentence for the body of a 400 answer.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse::parse(text)
    }

    pub fn matches(&self, row: &Facts<'_>) -> bool {
        match self {
            Filter::Moment(property, op, at) => {
                let value = match property {
                    Moment::Created => row.created,
                    Moment::Updated => row.updated,
                };
                match op {
                    Op::Eq => value == *at,
                    Op::Ne => value != *at,
                    Op::Gt => value > *at,
                    Op::Ge => value >= *at,
                    Op::Lt => value < *at,
                    Op::Le => value <= *at,
                }
            }
            Filter::Word(property, wanted, word) => {
                let value = match property {
                    Word::Severity => row.severity,
                    Word::Service => row.service,
                    Word::Status => row.status,
                };
                (value == word) == *wanted
            }
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
            Filter::Moment(..) | Filter::Word(..) | Filter::Or(..) | Filter::Not(_) => Span::ALL,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::{Facts, Filter, Moment, Span};

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a date")
    }

    fn row() -> Facts<'static> {
        Facts {
            created: at("2026-03-02T07:00:00Z"),
            updated: at("2026-03-02T07:05:00.1234567Z"),
            severity: "high",
            service: "microsoftDefenderForEndpoint",
            status: "new",
        }
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
            ("status eq 'resolved' or severity eq 'high' and serviceSource eq 'microsoftDefenderForEndpoint'", true),
            ("(status eq 'resolved' or severity eq 'high') and serviceSource eq 'dataLossPrevention'", false),
            ("status eq 'new' or status eq 'new' and severity eq 'low'", true),
            ("not (status eq 'new')", false),
            ("not (not (status eq 'new')) and not (severity eq 'low')", true),
            ("  ( ( status eq 'new' ) )  ", true),
        ] {
            let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
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
            let filter = Filter::parse(&text).expect("a filter");
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
            let filter = Filter::parse(&text).expect("a filter");
            let base = at("2026-03-02T07:00:00Z");
            let row = Facts {
                created: base + jiff::SignedDuration::from_secs(created),
                updated: base + jiff::SignedDuration::from_secs(updated),
                ..row()
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
            let _ = Filter::parse(&text);
        }
    }
}
