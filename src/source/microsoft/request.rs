//! From an [`Ask`] to the URL of a request, in the words of `OData`.

use std::fmt::Write as _;

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;

use super::{Asking, Dialect};
use crate::source::paging::{Ask, Condition, Via};

/// A raw space or quote is answered by 400, and `+` would be read as a space: everything but plain characters is encoded.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b':');

/// What a path segment may hold as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The URL for an ask; a link is taken as the server gave it. `expand` is what `$expand` asks for.
///
/// # Errors
/// When the server's link is no URL.
pub(super) fn url(base: &Url, path: &str, dialect: &Dialect, ask: &Ask, expand: Option<&str>) -> Result<Url, String> {
    if let Via::Link(link) = &ask.via {
        return followed(base, link);
    }
    let mut query = format!("$filter={}", utf8_percent_encode(&filter(dialect, ask), VALUE));
    if let Asking::Window { sorts: true, .. } = dialect.asking {
        let order = format!("{} asc", dialect.time_field);
        let _ = write!(query, "&$orderby={}", utf8_percent_encode(&order, VALUE)); // writing to a String does not fail
    }
    if let Some(expand) = expand {
        let _ = write!(query, "&$expand={expand}");
    }
    let _ = write!(query, "&$top={}", ask.top);
    if let Via::Skip(rows) = ask.via {
        let _ = write!(query, "&$skip={rows}");
    }
    Ok(with(base, path, dialect, &query))
}

/// The URL that a next link of the server means.
///
/// # Errors
/// When it is none.
pub(super) fn followed(base: &Url, link: &str) -> Result<Url, String> {
    base.join(link).map_err(|error| format!("the next link is no URL: {error}"))
}

/// A list that takes no wish.
pub(super) fn everything(base: &Url, path: &str, dialect: &Dialect) -> Url {
    with(base, path, dialect, "")
}

/// One row by itself, or what is behind `suffix` of it. `None` where its ID can be no part of a path.
pub(super) fn row(base: &Url, path: &str, dialect: &Dialect, id: &str, suffix: &str, expand: Option<&str>) -> Option<Url> {
    if matches!(id, "" | "." | "..") {
        return None;
    }
    let query = expand.map(|expand| format!("$expand={expand}")).unwrap_or_default();
    Some(with(base, &format!("{path}/{}{suffix}", utf8_percent_encode(id, SEGMENT)), dialect, &query))
}

fn with(base: &Url, path: &str, dialect: &Dialect, query: &str) -> Url {
    let version = dialect.api_version.map(|version| format!("api-version={version}"));
    let query: Vec<&str> = version.as_deref().into_iter().chain([query]).filter(|part| !part.is_empty()).collect();
    let mut url = base.clone();
    url.set_path(path);
    url.set_query((!query.is_empty()).then(|| query.join("&")).as_deref());
    url
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
    use super::super::{defender_for_cloud, graph_alerts::DIALECT, graph_incidents, mde_alerts, sentinel_incidents};
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
        let url = url(&base, DIALECT.path, &DIALECT, &ask(Via::Time, vec![]), None).unwrap();
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
        let url = url(&base, DIALECT.path, &DIALECT, &Ask { from, to, ..ask(Via::Time, vec![]) }, None).unwrap();
        let query = url.query().unwrap();
        assert!(query.contains("ge%202026-03-02T07:00:00.1234567Z%20and"), "{query}");
        assert!(query.contains("le%202026-03-02T08:00:00.0000001Z&"), "{query}");
    }

    #[test]
    fn offsets_slices_and_links_are_put_into_the_vendors_words() {
        let base = Url::parse("https://graph.example/").unwrap();
        let slice = vec![Condition::Is("severity", "high"), Condition::NoneOf("status", &["new", "resolved"])];
        let sliced = url(&base, DIALECT.path, &DIALECT, &ask(Via::Skip(1000), slice), None).unwrap();
        let query = sliced.query().unwrap();
        assert!(query.ends_with("&$skip=1000"), "{query}");
        assert!(query.contains("%20and%20severity%20eq%20%27high%27%20and%20status%20ne%20%27new%27%20and"), "{query}");

        let link =
            url(&base, DIALECT.path, &DIALECT, &ask(Via::Link("https://other.example/x?$skiptoken=a%2Bb".into()), vec![]), None)
                .unwrap();
        assert_eq!(link.as_str(), "https://other.example/x?$skiptoken=a%2Bb");
        assert!(url(&base, DIALECT.path, &DIALECT, &ask(Via::Link("https://[".into()), vec![]), None).is_err());
    }

    fn asked(dialect: &Dialect, expand: Option<&str>) -> String {
        let base = Url::parse("https://api.example/").unwrap();
        url(&base, "/p", dialect, &ask(Via::Time, vec![]), expand).unwrap().query().unwrap().to_owned()
    }

    #[test]
    fn what_a_feed_is_not_known_to_take_is_not_asked_for() {
        let mde = asked(&mde_alerts::DIALECT, Some("evidence"));
        assert!(mde.starts_with("$filter=lastUpdateTime%20ge%202026-03-02T07:00:00.1234567Z%20and"), "{mde}");
        assert!(mde.ends_with("08:00:00Z&$expand=evidence&$top=500"), "{mde}");
        let incidents = asked(&graph_incidents::DIALECT, None);
        assert!(!incidents.contains("orderby") && !incidents.contains("expand"), "{incidents}");
        let sentinel = asked(&sentinel_incidents::DIALECT, None);
        assert!(sentinel.starts_with("api-version=2025-06-01&$filter=properties%2FlastModifiedTimeUtc%20ge%20"), "{sentinel}");
        assert!(sentinel.contains("&$orderby=properties%2FlastModifiedTimeUtc%20asc&"), "{sentinel}");
        let everything = everything(&Url::parse("https://api.example/").unwrap(), "/a b", &defender_for_cloud::DIALECT);
        assert_eq!(everything.as_str(), "https://api.example/a%20b?api-version=2022-01-01");
    }

    #[test]
    fn a_rows_id_is_one_segment_of_its_path_whatever_it_holds() {
        let base = Url::parse("https://api.example/").unwrap();
        let at = |id: &str| row(&base, "/api/alerts", &mde_alerts::DIALECT, id, "", Some("evidence")).map(String::from);
        assert_eq!(at("da6-1_2").as_deref(), Some("https://api.example/api/alerts/da6-1_2?$expand=evidence"));
        assert_eq!(
            at("../../x?y#z%2e/é").as_deref(),
            Some("https://api.example/api/alerts/..%2F..%2Fx%3Fy%23z%252e%2F%C3%A9?$expand=evidence")
        );
        for id in ["", ".", ".."] {
            assert_eq!(at(id), None, "{id:?} would be another path");
        }
        let alerts = row(&base, "/w/incidents", &sentinel_incidents::DIALECT, "9f", "/alerts", None).unwrap();
        assert_eq!(alerts.as_str(), "https://api.example/w/incidents/9f/alerts?api-version=2025-06-01");
    }
}
