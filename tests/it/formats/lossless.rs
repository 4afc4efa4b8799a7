//! Nothing that an alert says gets lost in OCSF.

use std::net::IpAddr;

use alertferry::alert::Kind;
use alertferry::format::Activity;
use serde_json::Value;

use super::fixtures::every_feed;
use super::ocsf_of;

/// Every text and number of a document.
fn leaves(value: &Value, found: &mut Vec<Value>) {
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

fn says(finding: &[Value], leaf: &Value) -> bool {
    let text = leaf.as_str().map_or_else(|| leaf.to_string(), ToOwned::to_owned);
    let folded = fold(&text);
    let moment = text.parse::<jiff::Timestamp>().ok().map(|at| Value::from(at.as_millisecond()));
    // Azure writes the number of a process as a text, in either base.
    let number = text.strip_prefix("0x").map_or_else(|| text.parse().ok(), |digits| u64::from_str_radix(digits, 16).ok());
    let number = number.map(Value::from);
    let address = text.parse::<IpAddr>().ok().map(|ip| Value::from(ip.to_string()));
    finding.iter().any(|said| {
        Some(said) == moment.as_ref()
            || Some(said) == number.as_ref()
            || Some(said) == address.as_ref()
            || said == leaf
            || said.as_str().is_some_and(|said| fold(said).contains(&folded))
    })
}

#[test]
fn every_text_and_number_of_a_record_stands_somewhere_in_its_finding() {
    for fixture in every_feed() {
        let (name, json) = (&fixture.name, &fixture.json);
        // serde_json's own tree refuses what odd-types.json holds on purpose; its snapshot shows where that went.
        let Ok(mut alert) = serde_json::from_str::<Value>(json) else {
            assert!(name.ends_with("odd-types"), "{name}");
            continue;
        };
        let (mut sent, mut said) = (Vec::new(), Vec::new());
        if fixture.kind == Kind::Incident {
            // They are findings of their own, with fixtures of their own.
            alert.as_object_mut().map(|members| members.remove("alerts"));
        }
        leaves(&alert, &mut sent);
        leaves(&ocsf_of(&fixture, Activity::Create), &mut said);
        let lost: Vec<_> = sent.iter().filter(|leaf| !says(&said, leaf)).collect();
        assert!(lost.is_empty(), "{name} lost {lost:?}");
    }
}
