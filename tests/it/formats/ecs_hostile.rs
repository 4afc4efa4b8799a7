//! Whatever stands in a record, its document is one that Elasticsearch takes.

use alertferry::format::{Activity, Format};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::fixtures::Fixture;
use super::hostile::{text, value, with_texts, with_values};
use super::{encode, encode_of};
use crate::support::ecs::faults;

fn assert_no_faults(fixture: &Fixture, record: &Value) -> Result<(), TestCaseError> {
    let faults = faults(&encode_of(fixture.feed, fixture.kind, Format::Ecs, &record.to_string(), Activity::Update));
    prop_assert!(faults.is_empty(), "{faults:#?}\n{record}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn hostile_text_in_every_text_still_gives_a_valid_document(
        which in any::<prop::sample::Index>(),
        texts in prop::collection::vec(text(), 1..40),
    ) {
        let (fixture, record) = with_texts(which, &texts);
        assert_no_faults(&fixture, &record)?;
    }

    #[test]
    fn values_of_any_type_anywhere_still_give_a_valid_document(
        which in any::<prop::sample::Index>(),
        values in prop::collection::vec(prop::option::weighted(0.2, value()), 1..60),
    ) {
        let (fixture, record) = with_values(which, &values);
        assert_no_faults(&fixture, &record)?;
    }
}

#[test]
fn what_readers_refuse_stands_in_texts() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let half = r#"{"half":"\ud800"}"#;
    let json = format!(r#"{{"id":"x","deep":{deep},"half":{half},"evidence":[{deep},{half},{{"@odata.type":"x.ipEvidence"}}]}}"#);
    let document: Value = serde_json::from_slice(&encode(Format::Ecs, &json, Activity::Create)).expect("JSON");
    assert_eq!(document["alertferry"]["evidence"], json!([deep, half, r#"{"@odata.type":"x.ipEvidence"}"#]));
    let unmapped: Value = serde_json::from_str(document["alertferry"]["unmapped"].as_str().unwrap()).expect("JSON");
    assert_eq!((unmapped["deep"].as_str(), unmapped["half"].as_str()), (Some(&*deep), Some(half)));
}
