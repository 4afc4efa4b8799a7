//! What filters let pass, as tables.

use std::sync::Arc;

use super::{Filter, Filters, Marks, Patterns};
use crate::alert::{Alert, Finding, Header, Incident, Kind, Severity, Status};

fn header(severity: Severity, service: Option<&str>) -> Header {
    Header {
        kind: Kind::Alert,
        id: "a".into(),
        tenant_id: None,
        created: None,
        updated: None,
        severity,
        status: Status::New,
        service: service.map(str::to_owned),
    }
}

fn services(names: &[&str]) -> Marks {
    Marks { services: names.iter().map(|name| (*name).to_owned()).collect(), ..Marks::default() }
}

fn alert<'a>(title: Option<&'a str>, categories: &[&'a str]) -> Finding<'a> {
    let categories = categories.iter().map(|category| (*category).into()).collect();
    Finding::Alert(Box::new(Alert { title: title.map(Into::into), categories, ..Alert::default() }))
}

fn incident(title: Option<&str>) -> Finding<'_> {
    Finding::Incident(Box::new(Incident { title: title.map(Into::into), ..Incident::default() }))
}

fn titled(patterns: &[&str]) -> Marks {
    Marks { titles: Patterns::new(patterns).unwrap(), ..Marks::default() }
}

fn of_categories(names: &[&str]) -> Marks {
    Marks { categories: names.iter().map(|name| (*name).to_owned()).collect(), ..Marks::default() }
}

#[test]
fn severity_and_service_decide_and_what_cannot_be_judged_passes() {
    let wanted = services(&["microsoftDefenderForEndpoint"]);
    let filter = Filters::from(Filter { min_severity: Some(Severity::Medium), wanted, ..Filter::default() });
    for (severity, service, passes) in [
        (Severity::High, Some("microsoftDefenderForEndpoint"), true),
        (Severity::Medium, Some("MicrosoftDefenderForEndpoint"), true),
        (Severity::Low, Some("microsoftDefenderForEndpoint"), false),
        (Severity::High, Some("microsoftDefenderForIdentity"), false),
        (Severity::High, Some("unknownFutureValue"), true),
        (Severity::Unknown, Some("microsoftDefenderForEndpoint"), true),
        (Severity::Other, None, true),
    ] {
        assert_eq!(filter.pass(&header(severity, service)), passes, "{severity:?} {service:?}");
    }
    assert!(Filters::default().pass(&header(Severity::Informational, Some("x"))));
}

#[test]
fn kinds_pick_and_incidents_are_judged_by_severity_but_not_by_service() {
    let incident = |severity, service| Header { kind: Kind::Incident, ..header(severity, service) };
    let both = services(&["microsoftDefenderForEndpoint"]);
    let excluded = services(&["microsoftSentinel"]);
    let filter =
        Filters::from(Filter { min_severity: Some(Severity::Medium), kinds: vec![Kind::Incident], wanted: both, excluded });
    assert!(!filter.pass(&header(Severity::High, Some("microsoftDefenderForEndpoint"))));
    assert!(filter.pass(&incident(Severity::High, None)));
    assert!(filter.pass(&incident(Severity::High, Some("microsoftSentinel"))));
    assert!(!filter.pass(&incident(Severity::Low, None)));
    let alerts = Filters::from(Filter { kinds: vec![Kind::Alert], ..Filter::default() });
    assert!(!alerts.pass(&incident(Severity::High, None)));
    assert!(alerts.pass(&header(Severity::Low, None)));
}

#[test]
fn what_is_excluded_stays_behind_and_what_is_not_said_does_not() {
    let excluded = Marks { statuses: vec![Status::Resolved], ..services(&["microsoftSentinel"]) };
    let filter = Filters::from(Filter { excluded, ..Filter::default() });
    for (service, status, passes) in [
        (Some("microsoftSentinel"), Status::New, false),
        (Some("MICROSOFTSENTINEL"), Status::New, false),
        (Some("other"), Status::New, true),
        (None, Status::New, true),
        (None, Status::Resolved, false),
        (None, Status::Unknown, true),
    ] {
        let header = Header { status, ..header(Severity::High, service) };
        assert_eq!(filter.pass(&header), passes, "{service:?} {status:?}");
    }
}

#[test]
fn a_wanted_status_is_asked_of_those_that_have_one() {
    let wanted = Marks { statuses: vec![Status::New, Status::InProgress], ..Marks::default() };
    let filter = Filters::from(Filter { wanted, ..Filter::default() });
    for (status, passes) in [
        (Status::New, true),
        (Status::InProgress, true),
        (Status::Resolved, false),
        (Status::OnHold, false),
        (Status::Unknown, true),
        (Status::Other, true),
    ] {
        assert_eq!(filter.pass(&Header { status, ..header(Severity::High, None) }), passes, "{status:?}");
    }
}

#[test]
fn titles_are_searched_for_any_of_the_patterns() {
    let filter = Filters::from(Filter { wanted: titled(&["(?i)phish", "^Malware .* blocked$"]), ..Filter::default() });
    for (title, passes) in [
        (Some("A Phishing mail"), true),
        (Some("Malware X blocked"), true),
        (Some("malware X blocked"), false),
        (Some("Malware X found"), false),
        (None, true),
    ] {
        assert_eq!(filter.pass_whole(&alert(title, &[])), passes, "{title:?}");
        assert_eq!(filter.pass_whole(&incident(title)), passes, "incident {title:?}");
    }
    let filter = Filters::from(Filter { excluded: titled(&["^Test"]), ..Filter::default() });
    assert!(!filter.pass_whole(&alert(Some("Test alert"), &[])));
    assert!(filter.pass_whole(&alert(Some("A Test alert"), &[])) && filter.pass_whole(&alert(None, &[])));
}

#[test]
fn one_wanted_category_is_enough_and_one_excluded_is_too_much() {
    let wanted = Filters::from(Filter { wanted: of_categories(&["Malware", "Ransomware"]), ..Filter::default() });
    let excluded = Filters::from(Filter { excluded: of_categories(&["Malware"]), ..Filter::default() });
    for (categories, is_wanted, is_left) in [
        (&["malware"][..], true, false),
        (&["Execution", "Ransomware"], true, true),
        (&["Execution", "Malware"], true, false),
        (&["Execution"], false, true),
        (&[], true, true),
        (&["unknownFutureValue"], true, true),
        (&["Execution", "Unknown"], false, true),
    ] {
        assert_eq!(wanted.pass_whole(&alert(None, categories)), is_wanted, "{categories:?}");
        assert_eq!(excluded.pass_whole(&alert(None, categories)), is_left, "{categories:?}");
    }
    assert!(wanted.pass_whole(&incident(None)), "an incident has no categories");
}

#[test]
fn every_filter_of_a_route_has_to_let_a_record_pass() {
    let grave = Filter { min_severity: Some(Severity::High), ..Filter::default() };
    let phishing = Filter { wanted: titled(&["phish"]), ..Filter::default() };
    let both = Filters::new([Arc::new(grave), Arc::new(Filter::default()), Arc::new(phishing)]);
    assert_eq!(both.iter().count(), 2, "one that says nothing is not asked");
    assert!(both.pass(&header(Severity::High, None)) && !both.pass(&header(Severity::Low, None)));
    assert!(both.pass_whole(&alert(Some("phish"), &[])) && !both.pass_whole(&alert(Some("other"), &[])));
}

#[test]
fn a_broken_pattern_is_named_with_what_is_wrong() {
    let (pattern, problem) = Patterns::new(&["fine", "(oops"]).unwrap_err();
    assert_eq!(pattern, "(oops");
    assert!(problem.contains("unclosed group"), "{problem}");
}

#[test]
fn patterns_are_shown_as_they_were_written() {
    let written = ["phish.*", "(?i)mail"];
    assert_eq!(Patterns::new(&written).unwrap().as_written(), written);
}

#[test]
fn a_kind_is_taken_where_every_filter_takes_it() {
    let only = |kinds: &[Kind]| Arc::new(Filter { kinds: kinds.to_vec(), ..Filter::default() });
    for (filters, alerts, incidents) in [
        (vec![], true, true),
        (vec![only(&[Kind::Alert])], true, false),
        (vec![only(&[Kind::Alert, Kind::Incident]), only(&[Kind::Incident])], false, true),
    ] {
        let filters = Filters::new(filters);
        assert_eq!((filters.take(Kind::Alert), filters.take(Kind::Incident)), (alerts, incidents), "{filters:?}");
    }
}
