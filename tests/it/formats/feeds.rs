//! Records of every feed: what notes say of them, and the alerts inside of incidents.

use std::collections::BTreeSet;

use alertferry::format::{Activity, Format, ocsf};
use serde_json::Value;

use super::fixtures::{Fixture, every_feed, inside};
use super::{context, encode_of, tenant};
use crate::support::ocsf::faults;

#[test]
fn every_alert_inside_of_an_incident_gives_a_valid_finding() {
    let alerts: Vec<Fixture> = every_feed().iter().flat_map(inside).collect();
    assert!(alerts.len() >= 4, "incidents with alerts inside are missing");
    for Fixture { feed, kind, name, json } in alerts {
        let bytes = encode_of(feed, kind, Format::Ocsf, &json, Activity::Update);
        let faults = faults(&bytes);
        assert!(faults.is_empty(), "{name}: {faults:#?}");
    }
}

#[test]
fn notes_name_members_that_the_record_has() {
    let tenant = tenant();
    let mut named = BTreeSet::new();
    let records = every_feed();
    let alerts: Vec<Fixture> = records.iter().flat_map(inside).collect();
    for fixture in records.iter().chain(&alerts) {
        // serde_json's own tree refuses what odd-types.json holds on purpose.
        let Ok(record) = serde_json::from_str::<Value>(&fixture.json) else {
            assert!(fixture.name.contains("odd-types"), "{}", fixture.name);
            continue;
        };
        let finding = (fixture.feed.dialect().read)(fixture.kind, &fixture.json).expect("a readable record");
        for note in ocsf::explain(&finding, &context(&tenant, fixture.feed, Activity::Create)) {
            // A time that is not there has a note too: it says what stands in for it.
            let stands_in = note.place == "time";
            assert!(stands_in || has(&record, &note.member), "{}: there is no {}", fixture.name, note.member);
            named.insert(note.member.split('[').next().unwrap_or_default().to_owned());
        }
    }
    for list in ["evidence", "devices", "entities", "properties.entities", "alerts"] {
        assert!(named.contains(list), "no note names {list}: {named:?}");
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
