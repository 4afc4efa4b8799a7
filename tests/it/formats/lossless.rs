//! Nothing that a record says gets lost in OCSF.

use std::net::IpAddr;

use alertferry::format::Activity;
use serde_json::Value;

use super::fixtures::{Fixture, every_feed, inside};
use super::ocsf_of;

/// Every text and number of a document.
pub(super) fn leaves(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| leaves(value, found)),
        Value::Object(members) => members.values().for_each(|value| leaves(value, found)),
        Value::String(text) if text.is_empty() => {}
        Value::String(_) | Value::Number(_) => found.push(value.clone()),
        Value::Bool(_) | Value::Null => {}
    }
}

/// Captions differ from the vendor's words in case and spaces only.
fn fold(text: &str) -> String {
    text.chars().filter(|c| *c != ' ').flat_map(char::to_lowercase).collect()
}

pub(super) fn says(finding: &[Value], leaf: &Value) -> bool {
    let text = leaf.as_str().map_or_else(|| leaf.to_string(), ToOwned::to_owned);
    let folded = fold(&text);
    let moment = text.parse::<jiff::Timestamp>().ok().map(|at| Value::from(at.as_millisecond()));
    let address = text.parse::<IpAddr>().ok().map(|ip| Value::from(ip.to_string()));
    // Azure sends process IDs as texts, in hexadecimal at times.
    let number = match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    };
    let number = number.map(Value::from);
    finding.iter().any(|said| {
        Some(said) == number.as_ref()
            || Some(said) == moment.as_ref()
            || Some(said) == address.as_ref()
            || said == leaf
            || said.as_str().is_some_and(|said| fold(said).contains(&folded))
    })
}

/// What is said of a record: by its own finding, and by those of the alerts inside.
fn said_of(fixture: &Fixture) -> Vec<Value> {
    let mut said = Vec::new();
    let alerts = inside(fixture);
    for record in alerts.iter().chain([fixture]) {
        leaves(&ocsf_of(record, Activity::Create), &mut said);
    }
    said
}

#[test]
fn every_text_and_number_of_a_record_stands_somewhere_in_its_findings() {
    let mut compared = 0;
    for fixture in every_feed() {
        // serde_json's own tree refuses what odd-types.json holds on purpose; its snapshot shows where that went.
        let Ok(record) = serde_json::from_str::<Value>(&fixture.json) else {
            assert!(fixture.name.ends_with("odd-types"), "{}", fixture.name);
            continue;
        };
        let mut sent = Vec::new();
        leaves(&without_unreadable_alerts(record), &mut sent);
        let said = said_of(&fixture);
        let lost: Vec<_> = sent.iter().filter(|leaf| !says(&said, leaf)).collect();
        assert!(lost.is_empty(), "{} lost {lost:?}", fixture.name);
        compared += 1;
    }
    assert!(compared >= 40, "{compared} records");
}

/// Alerts inside without an ID are reported by themselves.
pub(super) fn without_unreadable_alerts(mut record: Value) -> Value {
    if let Some(alerts) = record.get_mut("alerts").and_then(Value::as_array_mut) {
        alerts.retain(|alert| alert.get("id").or(alert.get("alertId")).is_some_and(Value::is_string));
    }
    record
}
