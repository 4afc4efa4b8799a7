//! What is written on demand, or only of a finding that was shortened.

use alertferry::alert::{Finding, Shortened};
use alertferry::format::ocsf::{Options, Version};
use alertferry::format::{Activity, Encoder};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::fixtures::{Fixture, every_feed};
use super::{context, ocsf_with, tenant};
use crate::support::ocsf::assert_valid;

const WITH_SOURCE: Options = Options { version: Version::V1_8_0, raw_data: true };

#[test]
fn the_source_stands_beside_the_finding_byte_for_byte_with_its_hash_and_size() {
    for fixture in every_feed() {
        let finding = ocsf_with(&fixture, WITH_SOURCE, Activity::Create);
        assert_eq!(finding["raw_data"], fixture.json, "{}", fixture.name);
        assert_eq!(finding["raw_data_size"], fixture.json.len(), "{}", fixture.name);
        let hash = json!({"algorithm_id": 3, "algorithm": "SHA-256", "value": format!("{:x}", Sha256::digest(&fixture.json))});
        assert_eq!(finding["raw_data_hash"], hash, "{}", fixture.name);
        let without = ocsf_with(&fixture, Options::default(), Activity::Create);
        assert!(["raw_data", "raw_data_size", "raw_data_hash"].iter().all(|name| without[name].is_null()), "{}", fixture.name);
    }
}

fn shortened(fixture: &Fixture, options: Options) -> Value {
    let mut finding = (fixture.feed.dialect().read)(fixture.kind, &fixture.json).expect("a readable record");
    let mark = Some(Shortened { octets: 1_048_577, left_out: 3, longest_text: 100 });
    match &mut finding {
        Finding::Alert(alert) => alert.shortened = mark,
        Finding::Incident(incident) => incident.shortened = mark,
    }
    let (tenant, mut bytes) = (tenant(), Vec::new());
    let context = context(&tenant, fixture.feed, Activity::Create);
    Encoder::Ocsf(options).encode(&finding, &context, &mut bytes).expect("a record can be written");
    assert_valid(&bytes);
    serde_json::from_slice(&bytes).expect("JSON")
}

#[test]
fn shortened_findings_say_so_and_hold_no_source() {
    for fixture in every_feed() {
        let finding = shortened(&fixture, WITH_SOURCE);
        let marks = (&finding["metadata"]["is_truncated"], &finding["metadata"]["untruncated_size"]);
        assert_eq!(marks, (&json!(true), &json!(1025)), "{}", fixture.name);
        assert!(["raw_data", "raw_data_size", "raw_data_hash"].iter().all(|name| finding[name].is_null()), "{}", fixture.name);
        let whole = ocsf_with(&fixture, WITH_SOURCE, Activity::Create);
        assert!(whole["metadata"].get("is_truncated").is_none(), "{}", fixture.name);
        // The marks came with 1.6.0.
        let older = shortened(&fixture, Options { version: Version::V1_5_0, raw_data: true });
        assert!(older["metadata"].get("is_truncated").is_none() && older["raw_data"].is_null(), "{}", fixture.name);
    }
}
