//! Messages that are too long for their sink: shortened, they are whole documents all the same.

use alertferry::alert::Kind;
use alertferry::format::shorten::{Fit, Oversize, encode_within};
use alertferry::format::{Activity, EncodeError, Encoder, Format, cef, ecs, leef, ocsf};
use alertferry::source::FeedKind;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::fixtures::{Fixture, every_feed};
use super::{context, tenant};
use crate::support::ocsf::faults;

/// Every format that writes something else than the vendor's own bytes, with copies of these and without.
fn encoders() -> Vec<Encoder> {
    let tabs = leef::Options { version: leef::Version::V1_0, ..leef::Options::default() };
    let strict = cef::Options { strict_lengths: true, ..cef::Options::default() };
    let copies = ocsf::Options { raw_data: true, ..ocsf::Options::default() };
    let options =
        [Encoder::Ocsf(copies), Encoder::Ecs(ecs::Options { original: true }), Encoder::Cef(strict), Encoder::Leef(tabs)];
    let plain = Format::ALL.into_iter().map(|(format, _)| Encoder::of(format)).filter(|encoder| *encoder != Encoder::Raw);
    plain.chain(options).collect()
}

fn within(encoder: Encoder, fixture: &Fixture, room: usize) -> Result<(Fit, Vec<u8>), EncodeError> {
    let finding = (fixture.feed.dialect().read)(fixture.kind, &fixture.json).expect("a readable record");
    let (tenant, mut out) = (tenant(), Vec::new());
    let context = context(&tenant, fixture.feed, Activity::Create);
    let fit = encode_within(encoder, &finding, &context, (room, Oversize::Shorten), &mut out)?;
    Ok((fit, out))
}

/// What is wrong with a shortened message; empty when nothing is.
fn complaints(encoder: Encoder, octets: usize, message: &[u8]) -> Vec<String> {
    let Ok(text) = std::str::from_utf8(message) else { return vec!["cut inside of a character".to_owned()] };
    let mut found = Vec::new();
    if text.contains(['\n', '\r']) {
        found.push("more than one line".to_owned());
    }
    let document: Value = match serde_json::from_str(text) {
        Ok(document) => document,
        Err(error) if encoder.format().is_json() => return vec![format!("no JSON: {error}")],
        Err(_) => Value::Null,
    };
    let marked = match encoder {
        Encoder::Ocsf(_) => {
            found.extend(faults(message));
            document["metadata"]["is_truncated"] == true && document["metadata"]["untruncated_size"].is_u64()
        }
        Encoder::Ecs(_) => {
            let tags = document["tags"].as_array().is_some_and(|tags| tags.contains(&json!("shortened")));
            tags && document["labels"]["untruncated_bytes"].as_str().is_some_and(|said| said == octets.to_string())
        }
        Encoder::Cef(_) => text.contains(&format!("flexNumber1={octets} ")) || text.ends_with(&format!("flexNumber1={octets}")),
        Encoder::Leef(_) => text.contains("shortened=true") && text.contains(&format!("untruncatedBytes={octets}")),
        Encoder::Raw => false,
    };
    if !marked {
        found.push("not marked as shortened".to_owned());
    }
    found
}

#[test]
fn every_fixture_fits_where_there_is_room_for_the_least_of_it() {
    for encoder in encoders() {
        let mut shortened = 0;
        for fixture in every_feed() {
            let (_, whole) = within(encoder, &fixture, usize::MAX).expect("there is room");
            for room in [whole.len() - 1, whole.len() / 2, whole.len() / 4, 4000, 3000] {
                let name = format!("{} as {encoder:?} in {room} octets", fixture.name);
                let Ok((fit, message)) = within(encoder, &fixture, room) else {
                    assert!(room < 3000, "{name} does not fit");
                    continue;
                };
                assert!(message.len() <= room, "{name} has {} octets", message.len());
                if fit == Fit::Shortened {
                    shortened += 1;
                    let complaints = complaints(encoder, whole.len(), &message);
                    assert!(complaints.is_empty(), "{name}: {complaints:#?}\n{}", String::from_utf8_lossy(&message));
                }
            }
        }
        assert!(shortened > 20, "{encoder:?} was hardly ever shortened");
    }
}

/// As `docs/formats.md` says: so many octets are enough for the least of each of our samples.
#[test]
fn the_least_of_a_finding_is_as_short_as_the_documentation_says() {
    for (format, most) in [(Format::Ocsf, 2600), (Format::Ecs, 2000), (Format::Cef, 1500), (Format::Leef, 1500)] {
        for fixture in every_feed() {
            let refusal = within(Encoder::of(format), &fixture, 0).expect_err("nothing fits").reason;
            let words = refusal.strip_prefix("even in its shortest form it would have ").expect("how long it is");
            let octets: usize = words.split(' ').next().expect("a word").parse().expect("a number");
            println!("{} as {}: {octets}", fixture.name, format.as_str());
            assert!(octets <= most, "{} as {}: {octets}", fixture.name, format.as_str());
        }
    }
}

/// How much an OCSF document says of what gets shorter.
fn said(document: &Value) -> [usize; 4] {
    let list = |name: &str| document[name].as_array().map_or(0, Vec::len);
    let text = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
    [
        list("evidences"),
        text(&document["message"]),
        text(&document["finding_info"]["desc"]),
        usize::from(document["unmapped"].is_object()),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z ]{0,40}",
        2 => r#"[ -~äß—€😀|=\\^\n\r\t"]{0,300}"#,
        1 => (r#"[a-z😀\\"|=\n]"#, 0_usize..9000).prop_map(|(unit, times)| unit.repeat(times)),
    ]
}

fn evidence() -> impl Strategy<Value = Value> {
    let kind = prop::sample::select(vec!["device", "user", "file", "process", "ip", "url", "registryKey", "toaster", "malware"]);
    (kind, text(), text()).prop_map(|(kind, one, other)| {
        let of_type = format!("#microsoft.graph.security.{kind}Evidence");
        match kind {
            "device" => json!({"@odata.type": of_type, "hostName": one, "novel": other}),
            "user" => json!({"@odata.type": of_type, "userAccount": {"accountName": one, "displayName": other}}),
            "file" => json!({"@odata.type": of_type, "fileDetails": {"fileName": one, "filePath": other}}),
            "process" => {
                json!({"@odata.type": of_type, "processId": 7, "processCommandLine": one, "imageFile": {"fileName": other}})
            }
            "ip" => json!({"@odata.type": of_type, "ipAddress": "2001:db8::7", "note": one, "roles": [other]}),
            "url" => json!({"@odata.type": of_type, "url": one, "remediationStatusDetails": other}),
            "registryKey" => json!({"@odata.type": of_type, "registryHive": "HKLM", "registryKey": one}),
            _ => json!({"@odata.type": of_type, "name": one, "toast": {"shade": [other, 1, null]}}),
        }
    })
}

fn alert() -> impl Strategy<Value = String> {
    let lists = (prop::collection::vec(text(), 0..4), prop::collection::vec(evidence(), 0..30));
    (text(), text(), text(), text(), lists).prop_map(|(title, description, advice, novel, (comments, evidence))| {
        let comments: Vec<Value> = comments.into_iter().map(|text| json!({ "comment": text })).collect();
        json!({
            "id": "da637551227677560813_-961444813", "title": title, "description": description, "recommendedActions": advice,
            "novel": [novel], "severity": "high", "status": "new", "createdDateTime": "2026-03-02T07:41:10.5284915Z",
            "lastUpdateDateTime": "2026-03-02T07:44:02.1466667Z", "comments": comments, "evidence": evidence,
        })
        .to_string()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_alert_and_the_room_the_message_fits_is_sound_and_is_marked(json in alert(), room in 3000_usize..30_000) {
        let fixture = Fixture { feed: FeedKind::GraphAlerts, kind: Kind::Alert, name: "an alert".to_owned(), json };
        for encoder in encoders() {
            let (_, whole) = within(encoder, &fixture, usize::MAX).expect("there is room");
            let (fit, message) = within(encoder, &fixture, room).expect("there is room for the least of it");
            prop_assert!(message.len() <= room);
            prop_assert_eq!(&within(encoder, &fixture, room).expect("it fitted before").1, &message, "the same alert in the same room");
            prop_assert_eq!(fit == Fit::Whole, whole.len() <= room);
            if fit == Fit::Shortened {
                let complaints = complaints(encoder, whole.len(), &message);
                prop_assert!(complaints.is_empty(), "{:?}: {:#?}", encoder, complaints);
            }
        }
    }

    #[test]
    fn more_room_never_says_less(json in alert(), room in 2500_usize..30_000, more in 1_usize..30_000) {
        let fixture = Fixture { feed: FeedKind::GraphAlerts, kind: Kind::Alert, name: "an alert".to_owned(), json };
        let said = |room| {
            let message = within(Encoder::of(Format::Ocsf), &fixture, room).expect("there is room for the least of it").1;
            said(&serde_json::from_slice(&message).expect("JSON"))
        };
        for (less, more) in said(room).into_iter().zip(said(room + more)) {
            prop_assert!(less <= more);
        }
    }
}
