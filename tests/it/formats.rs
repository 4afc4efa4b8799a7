//! The formats, from the vendor's JSON to the bytes that a sink sends.

mod cef;
mod convert;
mod ecs;
mod ecs_hostile;
mod feeds;
mod fixtures;
mod hostile;
mod incidents;
mod leef;
mod lines;
mod lossless;
mod ocsf_options;
mod ocsf_second;
mod ocsf_versions;
mod oversize;
mod replayed;
mod table;
mod things;

use std::collections::BTreeMap;

use alertferry::alert::Kind;
use alertferry::format::{Activity, Context, Encoder, Format, ocsf};
use alertferry::source::FeedKind;
use alertferry::tenant::Tenant;
use serde_json::{Value, json};

use crate::support::ocsf::{assert_valid, faults};
use fixtures::{Fixture, every_feed, fixtures};

fn tenant() -> Tenant {
    Tenant {
        name: "contoso".into(),
        id: "99990000-aaaa-bbbb-cccc-ddddeeeeffff".into(),
        customer: "Contoso Ltd".to_owned(),
        labels: BTreeMap::from([("tier".to_owned(), "gold".to_owned()), ("region".to_owned(), "eu:west".to_owned())]),
    }
}

fn context(tenant: &Tenant, feed: FeedKind, activity: Activity) -> Context<'_> {
    Context { tenant, feed, activity, collected: "2026-03-02T23:00:00.1239Z".parse().expect("a date"), replayed: false }
}

fn encode(format: Format, json: &str, activity: Activity) -> Vec<u8> {
    encode_of(FeedKind::GraphAlerts, Kind::Alert, format, json, activity)
}

fn encode_of(feed: FeedKind, kind: Kind, format: Format, json: &str, activity: Activity) -> Vec<u8> {
    encode_with(feed, kind, Encoder::of(format), json, activity)
}

fn encode_with(feed: FeedKind, kind: Kind, encoder: Encoder, json: &str, activity: Activity) -> Vec<u8> {
    let mut bytes = Vec::new();
    let finding = (feed.dialect().read)(kind, json).expect("a readable record");
    encoder.encode(&finding, &context(&tenant(), feed, activity), &mut bytes).expect("a record can be written");
    bytes
}

fn ocsf_of(fixture: &Fixture, activity: Activity) -> Value {
    ocsf_with(fixture, ocsf::Options::default(), activity)
}

fn ocsf_with(fixture: &Fixture, options: ocsf::Options, activity: Activity) -> Value {
    let bytes = encode_with(fixture.feed, fixture.kind, Encoder::Ocsf(options), &fixture.json, activity);
    serde_json::from_slice(&bytes).expect("JSON")
}

fn ocsf(json: &str, activity: Activity) -> Value {
    serde_json::from_slice(&encode(Format::Ocsf, json, activity)).expect("JSON")
}

#[test]
fn every_fixture_gives_a_valid_finding_whatever_the_activity() {
    for Fixture { feed, kind, name, json } in every_feed() {
        for activity in [Activity::Create, Activity::Update, Activity::Close] {
            let bytes = encode_of(feed, kind, Format::Ocsf, &json, activity);
            let faults = faults(&bytes);
            assert!(faults.is_empty(), "{name}: {faults:#?}");
        }
    }
}

#[test]
fn findings_and_what_is_said_of_them_are_as_reviewed() {
    let tenant = tenant();
    for fixture in every_feed() {
        let finding = (fixture.feed.dialect().read)(fixture.kind, &fixture.json).expect("a readable record");
        let notes = ocsf::explain(&finding, &context(&tenant, fixture.feed, Activity::Create));
        let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
        let finding = ocsf_of(&fixture, Activity::Create);
        insta::assert_json_snapshot!(fixture.name, json!({ "finding": finding, "explained": notes }));
    }
}

#[test]
fn raw_is_byte_for_byte() {
    for Fixture { feed, kind, name, json } in every_feed() {
        assert_eq!(encode_of(feed, kind, Format::Raw, &json, Activity::Create), json.as_bytes(), "{name}");
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
    let (_, alert) = fixtures().into_iter().find(|(name, _)| name == "mde-credential-theft-blocked").expect("the fixture");
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
