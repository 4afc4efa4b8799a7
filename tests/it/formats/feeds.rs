//! Records of every feed, as findings.

use alertferry::format::{Activity, Format, ocsf};
use serde_json::{Value, json};

use super::fixtures::{Fixture, inside, of_every_feed};
use super::{context_of, tenant, written};
use crate::support::ocsf::faults;

fn ocsf_of(fixture: &Fixture, activity: Activity) -> Value {
    serde_json::from_slice(&written(Format::Ocsf, &fixture.finding(), fixture.feed, activity)).expect("JSON")
}

#[test]
fn every_record_gives_a_valid_finding_whatever_the_activity() {
    let fixtures = of_every_feed();
    let alerts: Vec<Fixture> = fixtures.iter().flat_map(inside).collect();
    assert!(alerts.len() >= 4, "incidents with alerts inside are missing");
    for fixture in fixtures.iter().chain(&alerts) {
        for activity in [Activity::Create, Activity::Update, Activity::Close] {
            let bytes = written(Format::Ocsf, &fixture.finding(), fixture.feed, activity);
            let faults = faults(&bytes);
            assert!(faults.is_empty(), "{}: {faults:#?}\n{}", fixture.name, String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn findings_and_what_is_said_of_them_are_as_reviewed() {
    let tenant = tenant();
    for fixture in of_every_feed().iter().filter(|fixture| !fixture.name.starts_with("graph-alerts/")) {
        let notes = ocsf::explain(&fixture.finding(), &context_of(&tenant, fixture.feed, Activity::Create));
        let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
        let finding = ocsf_of(fixture, Activity::Create);
        insta::assert_json_snapshot!(fixture.name.replace('/', "."), json!({ "finding": finding, "explained": notes }));
    }
}

#[test]
fn raw_is_byte_for_byte() {
    for fixture in of_every_feed() {
        let bytes = written(Format::Raw, &fixture.finding(), fixture.feed, Activity::Update);
        assert_eq!(bytes, fixture.json.as_bytes(), "{}", fixture.name);
    }
}

#[test]
fn notes_name_members_that_the_record_has() {
    let tenant = tenant();
    for fixture in of_every_feed() {
        // serde_json's own tree refuses what odd-types.json holds on purpose.
        let Ok(record) = serde_json::from_str::<Value>(&fixture.json) else {
            assert!(fixture.name.ends_with("/odd-types"), "{}", fixture.name);
            continue;
        };
        for note in ocsf::explain(&fixture.finding(), &context_of(&tenant, fixture.feed, Activity::Create)) {
            // A time that is not there has a note too: it says what stands in for it.
            let stands_in = note.place == "time";
            assert!(stands_in || has(&record, &note.member), "{}: there is no {}", fixture.name, note.member);
        }
    }
}

/// Whether there is something at a path such as `evidence[0].roles`. A name may hold a dot itself.
fn has(value: &Value, path: &str) -> bool {
    if path.is_empty() {
        return true;
    }
    if let Some((index, rest)) = path.strip_prefix('[').and_then(|path| path.split_once(']')) {
        let element = index.parse::<usize>().ok().and_then(|index| value.get(index));
        return element.is_some_and(|element| has(element, rest.strip_prefix('.').unwrap_or(rest)));
    }
    value.as_object().into_iter().flatten().any(|(name, member)| {
        path.strip_prefix(name.as_str()).is_some_and(|rest| match rest.strip_prefix('.') {
            Some(rest) => has(member, rest),
            None => (rest.is_empty() || rest.starts_with('[')) && has(member, rest),
        })
    })
}
