//! Whatever stands in a record's texts, the finding stays valid, and nothing panics.

use alertferry::format::ocsf::{Options, Version};
use alertferry::format::{Activity, Encoder, Format};
use proptest::prelude::*;
use serde_json::Value;

use super::fixtures::{Fixture, every_feed};
use super::{encode, encode_with, ocsf};
use crate::support::ocsf::faults;

/// Texts that somebody could put into an alert's title, a file's name or a mail's subject.
pub(super) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "\\PC{0,40}",
        Just(String::new()),
        Just("\u{0}\u{1}\n\r\t\u{2028}\"\\".to_owned()),
        "[a-z]{1,3}@[a-z.@ ]{0,8}",
        "[0-9x.:a-f%]{1,45}",
        any::<std::net::IpAddr>().prop_map(|ip| ip.to_string()),
        any::<u128>().prop_map(|bits| bits.to_string()),
        "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:00:00(\\.[0-9]{0,9})?(Z|[+-][0-9]{2}:00)?",
        "([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}",
        Just("x".repeat(70_000)),
    ]
}

pub(super) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => text().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(".{0,8}", inner, 0..4).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Puts hostile values in place of some; types of evidence stay, so that the mapping behind them is reached.
fn spoil(value: &mut Value, name: &str, spoilt: &mut impl FnMut(&Value) -> Option<Value>) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| spoil(value, name, spoilt)),
        Value::Array(values) => values.iter_mut().for_each(|value| spoil(value, name, spoilt)),
        Value::String(_) if ["@odata.type", "entityType", "type", "kind"].contains(&name) => return,
        _ => {}
    }
    if let Some(new) = spoilt(value) {
        *value = new;
    }
}

/// The records that `serde_json`'s own tree can hold.
fn records() -> Vec<(Fixture, Value)> {
    let records = every_feed().into_iter().filter_map(|fixture| Some((serde_json::from_str(&fixture.json).ok()?, fixture)));
    records.map(|(value, fixture)| (fixture, value)).collect()
}

/// A record without an ID cannot be read: it gets one wherever feeds look for it.
fn named(record: &mut Value) {
    let members = record.as_object_mut().expect("an object");
    for name in ["id", "name", "alertId", "incidentId"] {
        members.insert(name.to_owned(), "x".into());
    }
    if let Some(properties) = members.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("systemAlertId".to_owned(), "x".into());
    }
}

/// A record with such texts in place of its own, in turn.
pub(super) fn with_texts(which: prop::sample::Index, texts: &[String]) -> (Fixture, Value) {
    let mut texts = texts.iter().cycle();
    spoilt(which, |value| value.is_string().then(|| texts.next().cloned().map(Value::from)).flatten())
}

/// A record with these values in place of its own, in turn; it keeps its own where there is `None`.
pub(super) fn with_values(which: prop::sample::Index, values: &[Option<Value>]) -> (Fixture, Value) {
    let mut values = values.iter().cycle();
    spoilt(which, |_| values.next().cloned().flatten())
}

fn spoilt(which: prop::sample::Index, mut new: impl FnMut(&Value) -> Option<Value>) -> (Fixture, Value) {
    let mut records = records();
    let (fixture, mut record) = records.swap_remove(which.index(records.len()));
    // The record itself stays an object.
    let members = record.as_object_mut().expect("an object");
    members.iter_mut().for_each(|(name, value)| spoil(value, name, &mut new));
    named(&mut record);
    (fixture, record)
}

fn assert_no_faults(fixture: &Fixture, record: &Value, options: Options) -> Result<(), TestCaseError> {
    let bytes = encode_with(fixture.feed, fixture.kind, Encoder::Ocsf(options), &record.to_string(), Activity::Update);
    let faults = faults(&bytes);
    // Any date between 1970 and 9999 may come out of a hostile text; the validator's "of this century" is for honest ones.
    let faults: Vec<_> = faults.into_iter().filter(|fault| !fault.contains("of this century")).collect();
    prop_assert!(faults.is_empty(), "{options:?}: {faults:#?}\n{record}");
    Ok(())
}

/// The newest version half of the time.
fn options() -> impl Strategy<Value = Options> {
    let version =
        prop_oneof![Just(Version::default()), prop::sample::select(Version::ALL.to_vec()).prop_map(|(version, _)| version)];
    (version, any::<bool>()).prop_map(|(version, raw_data)| Options { version, raw_data })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn hostile_text_in_every_text_still_gives_a_valid_finding(
        which in any::<prop::sample::Index>(),
        texts in prop::collection::vec(text(), 1..40),
        options in options(),
    ) {
        let (fixture, record) = with_texts(which, &texts);
        assert_no_faults(&fixture, &record, options)?;
    }

    #[test]
    fn values_of_any_type_anywhere_still_give_a_valid_finding(
        which in any::<prop::sample::Index>(),
        values in prop::collection::vec(prop::option::weighted(0.2, value()), 1..60),
        options in options(),
    ) {
        let (fixture, record) = with_values(which, &values);
        assert_no_faults(&fixture, &record, options)?;
    }

    #[test]
    fn raw_stays_byte_for_byte(extra in value(), spaces in "[ \t]{0,3}") {
        let json = format!("{{{spaces}\"id\":{spaces}\"x\",\"extra\":{extra}}}{spaces}");
        prop_assert_eq!(encode(Format::Raw, &json, Activity::Create), json.into_bytes());
    }
}

#[test]
fn what_readers_refuse_is_kept_as_text() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let half = r#"{"half":"\ud800"}"#;
    let json = format!(
        r#"{{"id":"x","deep":{deep},"half":{half},"evidence":[{deep},{half},{{"@odata.type":"x.ipEvidence","deep":{deep}}}]}}"#
    );
    let finding = ocsf(&json, Activity::Create);
    assert_eq!(finding["unmapped"]["deep"], deep.as_str());
    assert_eq!(finding["unmapped"]["half"], half);
    assert_eq!(finding["evidences"][0]["data"], deep.as_str());
    assert_eq!(finding["evidences"][1]["data"], half);
    assert!(finding["evidences"][2]["data"].as_str().is_some_and(|data| data.contains(&deep)));
}
