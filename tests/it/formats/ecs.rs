//! Findings as documents of ECS.

use alertferry::alert::{Finding, Shortened};
use alertferry::format::{Activity, Encoder, Format, ecs};
use serde_json::{Value, json};

use super::fixtures::{Fixture, every_feed, inside};
use super::lossless::{leaves, says, without_unreadable_alerts};
use super::{context, encode_of, fixtures, tenant};
use crate::support::ecs::{faults, read_by_stix_shifter};

fn bytes_of(fixture: &Fixture, activity: Activity) -> Vec<u8> {
    encode_of(fixture.feed, fixture.kind, Format::Ecs, &fixture.json, activity)
}

fn document_of(fixture: &Fixture) -> Value {
    serde_json::from_slice(&bytes_of(fixture, Activity::Create)).expect("JSON")
}

fn document_named(name: &str) -> Value {
    let fixture = every_feed().into_iter().find(|fixture| fixture.name == name);
    document_of(&fixture.unwrap_or_else(|| panic!("there is no fixture {name}")))
}

#[test]
fn documents_are_as_reviewed() {
    for fixture in every_feed() {
        insta::assert_json_snapshot!(format!("ecs-{}", fixture.name), document_of(&fixture));
    }
}

#[test]
fn every_field_of_every_fixture_is_one_of_ecs_with_a_value_of_its_type() {
    for fixture in every_feed() {
        for activity in [Activity::Create, Activity::Update, Activity::Close] {
            let faults = faults(&bytes_of(&fixture, activity));
            assert!(faults.is_empty(), "{}: {faults:#?}", fixture.name);
        }
    }
}

#[test]
fn a_document_with_a_fault_is_found_out() {
    let good = document_named("mde-credential-theft-blocked");
    for (pointer, value) in [
        ("/host/nickname", json!("kim's")),
        ("/host/ip", json!("10.2.3.4")),
        ("/host/ip", json!(["10.2.3"])),
        ("/event/kind", json!("alarm")),
        ("/event/type", json!(["info"])),
        ("/event/severity", json!("high")),
        ("/event/created", json!("yesterday")),
        ("/process/pid", json!(1.5)),
        ("/labels/a.b", json!("c")),
        ("/alertferry/unmapped", json!({ "a": 1 })),
    ] {
        let mut bad = good.clone();
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        bad.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object").insert(name.to_owned(), value);
        assert!(!faults(bad.to_string().as_bytes()).is_empty(), "{pointer}");
    }
    assert_eq!(faults(good.to_string().as_bytes()), Vec::<String>::new());
}

#[test]
fn another_program_finds_in_a_document_what_the_vendor_said() {
    let fixtures = every_feed();
    let documents: Vec<Vec<u8>> = fixtures.iter().map(|fixture| bytes_of(fixture, Activity::Create)).collect();
    let read = read_by_stix_shifter(&documents);
    assert_eq!(read.len(), fixtures.len());
    let objects_of = |name: &str| &read[fixtures.iter().position(|fixture| fixture.name == name).expect("a fixture")];
    let found = |name: &str, kind: &str, member: &str, value: Value| {
        let of_kind = objects_of(name).iter().filter(|object| object["type"] == kind);
        assert!(of_kind.clone().any(|object| object[member] == value), "{name}: {:#?}", of_kind.collect::<Vec<_>>());
    };
    for (fixture, objects) in fixtures.iter().zip(&read) {
        let event = objects.iter().find(|object| object["type"] == "x-oca-event").expect("an event");
        assert_eq!(event["event_id"], document_of(fixture)["event"]["id"], "{}", fixture.name);
    }
    let endpoint = "mde-credential-theft-blocked";
    found(endpoint, "observed-data", "first_observed", json!("2026-03-02T07:44:02.1466667Z"));
    found(endpoint, "process", "pid", json!(4120));
    found(endpoint, "process", "command_line", json!("\"C:\\Temp\\tool.exe\" -x \"sekurlsa::logonpasswords\""));
    found(endpoint, "file", "name", json!("tool.exe"));
    found(endpoint, "user-account", "user_id", json!("S-1-5-21-1004336348-1177238915-682003330-1141"));
    found(endpoint, "x-oca-asset", "hostname", json!("ws-17"));
    found(
        endpoint,
        "windows-registry-key",
        "key",
        json!("HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run"),
    );
    found("mda-impossible-travel", "ipv4-addr", "value", json!("203.0.113.77"));
    found("mdo-phish-delivered", "url", "value", json!("https://paypa1.example/login?x=1"));
}

#[test]
fn nothing_that_a_record_says_gets_lost() {
    let mut compared = 0;
    for fixture in every_feed() {
        // serde_json's own tree refuses what odd-types.json holds on purpose; its snapshot shows where that went.
        let Ok(record) = serde_json::from_str::<Value>(&fixture.json) else { continue };
        let mut sent = Vec::new();
        leaves(&without_unreadable_alerts(record), &mut sent);
        let mut said = Vec::new();
        for record in inside(&fixture).iter().chain([&fixture]) {
            said_by(&document_of(record), &mut said);
        }
        let lost: Vec<_> = sent.iter().filter(|leaf| !says(&said, leaf)).collect();
        assert!(lost.is_empty(), "{} lost {lost:?}", fixture.name);
        compared += 1;
    }
    assert!(compared >= 40, "{compared} records");
}

/// Everything in a document, and in the JSON texts of our own fields. Moments count as milliseconds too.
fn said_by(document: &Value, said: &mut Vec<Value>) {
    let start = said.len();
    leaves(document, said);
    let ours = &document["alertferry"];
    for text in ours["evidence"].as_array().into_iter().flatten().chain([&ours["unmapped"]]).filter_map(Value::as_str) {
        leaves(&serde_json::from_str(text).expect("JSON"), said);
    }
    let more: Vec<Value> = said[start..]
        .iter()
        .filter_map(|leaf| match leaf {
            Value::String(text) => Some(Value::from(text.parse::<jiff::Timestamp>().ok()?.as_millisecond())),
            #[expect(clippy::cast_possible_truncation, reason = "a score of an incident")]
            Value::Number(number) => Some(Value::from(number.as_f64()? as i64)),
            _ => None,
        })
        .collect();
    said.extend(more);
}

#[test]
fn the_vendors_document_stands_where_it_is_asked_for_unless_something_was_left_out() {
    let (tenant, json) = (tenant(), &fixtures::fixtures()[0].1);
    let feed = alertferry::source::FeedKind::GraphAlerts;
    let written = |finding: &Finding<'_>, original| -> Value {
        let mut bytes = Vec::new();
        let encoder = Encoder::Ecs(ecs::Options { original });
        encoder.encode(finding, &context(&tenant, feed, Activity::Create), &mut bytes).expect("a document");
        assert!(faults(&bytes).is_empty(), "{:#?}", faults(&bytes));
        serde_json::from_slice(&bytes).expect("JSON")
    };
    let mut finding = (feed.dialect().read)(alertferry::alert::Kind::Alert, json).expect("a record");
    assert_eq!(written(&finding, true)["event"]["original"], json.as_str());
    assert_eq!(written(&finding, false)["event"].get("original"), None);
    let Finding::Alert(alert) = &mut finding else { panic!("no alert") };
    alert.shortened = Some(Shortened { octets: 5_000_000, left_out: 7, longest_text: 100 });
    let shortened = written(&finding, true);
    assert_eq!(shortened["event"].get("original"), None);
    assert!(shortened["tags"].as_array().is_some_and(|tags| tags.contains(&json!("shortened"))), "{}", shortened["tags"]);
    assert_eq!(shortened["labels"]["untruncated_bytes"], "5000000");
}

#[test]
fn an_incident_and_its_alerts_are_told_apart_and_belong_together() {
    let fixture =
        every_feed().into_iter().find(|fixture| fixture.name == "graph-incidents-active-with-alerts").expect("a fixture");
    let incident = document_of(&fixture);
    assert_eq!((&incident["event"]["dataset"], &incident["event"]["kind"]), (&json!("alertferry.incident"), &json!("alert")));
    let alerts: Vec<Value> = inside(&fixture).iter().map(document_of).collect();
    assert_eq!(incident["alertferry"]["alert_ids"], alerts.iter().map(|alert| alert["event"]["id"].clone()).collect::<Value>());
    for alert in &alerts {
        assert_eq!(alert["event"]["dataset"], "alertferry.alert");
        assert_eq!(alert["labels"]["incident_id"], incident["labels"]["incident_id"]);
    }
}
