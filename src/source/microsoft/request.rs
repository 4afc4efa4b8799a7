//! From an [`Ask`] to the URL of a request, in the words of `OData`.

use std::fmt::Write as _;

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;

use super::Dialect;
use crate::source::paging::{Ask, Condition, Via};

/// A raw space or quote is answered by 400, and `+` would be read as a space: everything but plain characters is encoded.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b':');

/// The URL for an ask; a link is taken as the server gave it.
///
/// # Errors
/// When the server's link is no URL.
pub(super) fn url(base: &Url, path: &str, dialect: &Dialect, ask: &Ask) -> Result<Url, String> {
    if let Via::Link(link) = &ask.via {
        return base.join(link).map_err(|error| format!("the next link is no URL: {error}"));
    }
    let mut query = format!(
        "$filter={}&$orderby={}&$top={}",
        utf8_percent_encode(&filter(dialect, ask), VALUE),
        utf8_percent_encode(&format!("{} asc", dialect.time_field), VALUE),
        ask.top
    );
    if let Via::Skip(rows) = ask.via {
        let _ = write!(query, "&$skip={rows}"); // writing to a String does not fail
    }
    let mut url = base.clone();
    url.set_path(path);
    url.set_query(Some(&query));
    Ok(url)
}

/// Both ends are inclusive: `gt` would lose the rows that share the boundary's timestamp. Times keep all the digits that the
/// vendor's clock has.
fn filter(dialect: &Dialect, ask: &Ask) -> String {
    let field = dialect.time_field;
    let (from, to) = (ticked(ask.from, RoundMode::Floor), ticked(ask.to, RoundMode::Ceil));
    let mut filter = format!("{field} ge {from} and {field} le {to}");
    for condition in &ask.slice {
        match condition {
            Condition::Is(field, word) => {
                let _ = write!(filter, " and {field} eq '{word}'");
            }
            Condition::NoneOf(field, words) => {
                for word in *words {
                    let _ = write!(filter, " and {field} ne '{word}'");
                }
            }
        }
    }
    filter
}

/// A window's ends come from our clock, in nanoseconds; more than seven digits is nothing that the vendor ever writes, nor is
/// known to read.
fn ticked(at: Timestamp, mode: RoundMode) -> Timestamp {
    at.round(TimestampRound::new().smallest(Unit::Nanosecond).increment(100).mode(mode)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::super::graph_alerts::DIALECT;
    use super::*;

    fn ask(via: Via, slice: Vec<Condition>) -> Ask {
        Ask {
            from: "2026-03-02T07:00:00.1234567Z".parse().unwrap(),
            to: "2026-03-02T08:00:00Z".parse().unwrap(),
            top: 500,
            via,
            slice,
        }
    }

    #[test]
    fn a_window_is_asked_for_inclusively_sorted_and_with_all_digits() {
        let base = Url::parse("https://graph.example/").unwrap();
        let url = url(&base, DIALECT.path, &DIALECT, &ask(Via::Time, vec![])).unwrap();
        assert_eq!(
            url.as_str(),
            "https://graph.example/v1.0/security/alerts_v2?$filter=lastUpdateDateTime%20ge%202026-03-02T07:00:00.1234567Z%20and\
             %20lastUpdateDateTime%20le%202026-03-02T08:00:00Z&$orderby=lastUpdateDateTime%20asc&$top=500"
        );
    }

    #[test]
    fn a_time_of_our_own_clock_is_asked_for_with_no_more_digits_than_the_vendor_writes_and_loses_no_row() {
        let base = Url::parse("https://graph.example/").unwrap();
        let (from, to) = ("2026-03-02T07:00:00.123456789Z".parse().unwrap(), "2026-03-02T08:00:00.000000001Z".parse().unwrap());
        let url = url(&base, DIALECT.path, &DIALECT, &Ask { from, to, ..ask(Via::Time, vec![]) }).unwrap();
        let query = url.query().unwrap();
        assert!(query.contains("ge%202026-03-02T07:00:00.1234567Z%20and"), "{query}");
        assert!(query.contains("le%202026-03-02T08:00:00.0000001Z&"), "{query}");
    }

    #[test]
    fn offsets_slices_and_links_are_put_into_the_vendors_words() {
        let base = Url::parse("https://graph.example/").unwrap();
        let slice = vec![Condition::Is("severity", "high"), Condition::NoneOf("status", &["new", "resolved"])];
        let sliced = url(&base, DIALECT.path, &DIALECT, &ask(Via::Skip(1000), slice)).unwrap();
        let query = sliced.query().unwrap();
        assert!(query.ends_with("&$skip=1000"), "{query}");
        assert!(query.contains("%20and%20severity%20eq%20%27high%27%20and%20status%20ne%20%27new%27%20and"), "{query}");

        let link = url(&base, DIALECT.path, &DIALECT, &ask(Via::Link("https://other.example/x?$skiptoken=a%2Bb".into()), vec![]))
            .unwrap();
        assert_eq!(link.as_str(), "https://other.example/x?$skiptoken=a%2Bb");
        assert!(url(&base, DIALECT.path, &DIALECT, &ask(Via::Link("https://[".into()), vec![])).is_err());
    }
}
