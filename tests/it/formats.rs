//! The formats, from the vendor's JSON to the bytes that a sink sends.

mod convert;
mod feeds;
mod fixtures;
mod hostile;
mod incidents;
mod lossless;
mod things;

use std::collections::BTreeMap;

use alertferry::alert::{Finding, Kind, graph};
use alertferry::format::{Activity, Context, Format, ocsf};
use alertferry::source::FeedKind;
use alertferry::tenant::Tenant;
use serde_json::{Value, json};

use crate::support::ocsf::{assert_valid, faults};
use fixtures::graph_alerts;

fn tenant() -> Tenant {
    Tenant {
        name: "contoso".into(),
        id: "99990000-aaaa-bbbb-cccc-ddddeeeeffff".into(),
        customer: "Contoso Ltd".to_owned(),
        labels: BTreeMap::from([("tier".to_owned(), "gold".to_owned()), ("region".to_owned(), "eu:west".to_owned())]),
    }
}

fn context_of(tenant: &Tenant, feed: FeedKind, activity: Activity) -> Context<'_> {
    Context { tenant, feed, activity, collected: "2026-03-02T23:00:00.1239Z".parse().expect("a date") }
}

fn written(format: Format, finding: &Finding<'_>, feed: FeedKind, activity: Activity) -> Vec<u8> {
    let mut bytes = Vec::new();
    format.encode(finding, &context_of(&tenant(), feed, activity), &mut bytes).expect("a finding can be written");
    bytes
}

/// For an alert of Microsoft Graph.
fn encode(format: Format, json: &str, activity: Activity) -> Vec<u8> {
    let finding = graph::read(Kind::Alert, json).expect("a readable alert");
    written(format, &finding, FeedKind::GraphAlerts, activity)
}

fn ocsf(json: &str, activity: Activity) -> Value {
    serde_json::from_slice(&encode(Format::Ocsf, json, activity)).expect("JSON")
}

#[test]
fn findings_and_what_is_said_of_them_are_as_reviewed() {
    let tenant = tenant();
    for (name, json) in graph_alerts() {
        let finding = graph::read(Kind::Alert, &json).expect("a readable alert");
        let notes = ocsf::explain(&finding, &context_of(&tenant, FeedKind::GraphAlerts, Activity::Create));
        let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
        insta::assert_json_snapshot!(name, json!({ "finding": ocsf(&json, Activity::Create), "explained": notes }));
    }
}

#[test]
fn an_event_id_is_the_same_for_a_revision_and_another_for_the_next() {
    let uid = |json: &str, activity| ocsf(json, activity)["metadata"]["uid"].as_str().expect("an ID").to_owned();
    let first = r#"{"id":"a","lastUpdateDateTime":"2026-03-02T07:44:02.1466667Z"}"#;
    assert_eq!(uid(first, Activity::Create), uid(&first.replace("6667Z", "66670Z"), Activity::Update));
    assert_ne!(uid(first, Activity::Create), uid(&first.replace("6667Z", "6668Z"), Activity::Create));
    assert_ne!(uid(first, Activity::Create), uid(&first.replace("\"a\"", "\"A\""), Activity::Create));
    // Consumers may store these IDs: what they are made of must not change by accident.
    assert_eq!(uid(first, Activity::Create), "56f16651-1ebb-55f8-8c69-e47eb69123f5");
}

#[test]
fn time_is_the_creation_at_first_and_the_update_later() {
    let both = r#"{"id":"a","createdDateTime":"2026-03-01T00:00:00.9999Z","lastUpdateDateTime":"2026-03-02T00:00:00Z"}"#;
    let created = r#"{"id":"a","createdDateTime":"2026-03-01T00:00:00.9999Z"}"#;
    let updated = r#"{"id":"a","createdDateTime":"9999-12-31T23:59:59.9999999Z","lastUpdateDateTime":"2026-03-02T00:00:00Z"}"#;
    for (json, activity, time) in [
        (both, Activity::Create, "2026-03-01T00:00:00.999Z"),
        (both, Activity::Update, "2026-03-02T00:00:00.000Z"),
        (both, Activity::Close, "2026-03-02T00:00:00.000Z"),
        (created, Activity::Update, "2026-03-01T00:00:00.999Z"),
        (updated, Activity::Create, "2026-03-02T00:00:00.000Z"),
        (r#"{"id":"a"}"#, Activity::Create, "2026-03-02T23:00:00.123Z"),
    ] {
        let finding = ocsf(json, activity);
        assert_eq!(finding["time_dt"], time, "{json} {activity:?}");
    }
    let nothing = ocsf(r#"{"id":"a"}"#, Activity::Create);
    assert!(nothing["metadata"]["debug"][0].as_str().is_some_and(|note| note.contains("no time")), "{nothing:#}");
    assert_eq!(ocsf(both, Activity::Create)["metadata"].get("debug"), None);
}

#[test]
fn the_validator_finds_what_a_schema_cannot_say() {
    let (_, alert) = graph_alerts().into_iter().find(|(name, _)| name == "mde-credential-theft-blocked").expect("the fixture");
    let good = encode(Format::Ocsf, &alert, Activity::Create);
    assert_valid(&good);
    for (pointer, wrong) in [
        ("/activity_id", json!(3)),
        ("/device/ip", json!("10x0x0x7")),
        ("/severity", json!("Fatal")),
        ("/time", json!(1_772_446_542)),
        ("/time_dt", json!("2026-03-02T07:41:10.531Z")),
        ("/metadata/profiles", json!([])),
        ("/metadata/profiles", json!(["cloud", "host", "incident", "security_control"])),
        ("/evidences/0/verdict", json!("Benign")),
        ("/malware/0/classification_ids/0", json!(18)),
        ("/finding_info/uid", json!(null)),
    ] {
        let mut event: Value = serde_json::from_slice(&good).expect("JSON");
        *event.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} is there")) = wrong.clone();
        assert!(!faults(event.to_string().as_bytes()).is_empty(), "{pointer} = {wrong} was not noticed");
    }
}
