//! Findings as documents of ECS.

use alertferry::format::{Activity, Format};
use serde_json::Value;

use super::encode_of;
use super::fixtures::{Fixture, every_feed};

fn bytes_of(fixture: &Fixture, activity: Activity) -> Vec<u8> {
    encode_of(fixture.feed, fixture.kind, Format::Ecs, &fixture.json, activity)
}

fn document_of(fixture: &Fixture) -> Value {
    serde_json::from_slice(&bytes_of(fixture, Activity::Create)).expect("JSON")
}

#[test]
fn documents_are_as_reviewed() {
    for fixture in every_feed() {
        insta::assert_json_snapshot!(format!("ecs-{}", fixture.name), document_of(&fixture));
    }
}
