//! CEF as readers that we did not write see it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use alertferry::alert::{Finding, Kind, Shortened};
use alertferry::format::{Activity, Encoder, cef};
use alertferry::source::FeedKind;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::fixtures::every_feed;
use super::lines::{Hostile, hostile, line, line_of, meant, meant_pairs, short, spoilt, text};
use super::{context, tenant};
use crate::support::readers::{CefReaders, Read};

const PLAIN: Encoder = Encoder::Cef(cef::Options { strict_lengths: false, ipv6_in_src: false, high_is_ten: false });
const STRICT: Encoder = Encoder::Cef(cef::Options { strict_lengths: true, ipv6_in_src: false, high_is_ten: false });

/// Line breaks have an escape, in values.
const KEPT: [char; 2] = ['\n', '\r'];

/// What the exact readers read; they must agree, and each key must stand once.
fn read(readers: &RefCell<CefReaders>, line: &str) -> (Vec<String>, BTreeMap<String, String>) {
    let answers = readers.borrow_mut().read(line, &["cefp", "liblognorm"]);
    let of = |name: &str| answers[name].clone().unwrap_or_else(|why| panic!("{name} refused {line:?}: {why}"));
    let (cefp, liblognorm): (Read, Read) = (of("cefp"), of("liblognorm"));
    assert_eq!(cefp.header, liblognorm.header, "{line:?}");
    let count = cefp.pairs.len();
    let pairs: BTreeMap<_, _> = cefp.pairs.into_iter().collect();
    assert_eq!(pairs.len(), count, "a key stands twice in {line:?}");
    assert_eq!(pairs, liblognorm.pairs.into_iter().collect(), "{line:?}");
    (cefp.header, pairs)
}

fn expected_header(alert: &Hostile) -> Vec<String> {
    let field = |text: &str, longest, otherwise: &str| {
        let said = short(&meant(text, &[], &[]), longest);
        if said.is_empty() { otherwise.to_owned() } else { said }
    };
    let product = "Microsoft Defender for Endpoint";
    let category = field(&alert.category, 1023, "alert");
    let class = field(&alert.detector, 1023, &category);
    let name = field(&alert.title, 512, "Microsoft Defender for Endpoint alert");
    ["0", "Microsoft", product, "1.0", &class, &name, "8"].map(str::to_owned).to_vec()
}

fn expected_pairs(alert: &Hostile) -> BTreeMap<String, String> {
    let tenant = tenant();
    let mut pairs = meant_pairs(
        &[
            ("externalId", "da1"),
            ("cat", &alert.category),
            ("deviceFacility", tenant.name.as_str()),
            ("cs2", tenant.id.as_str()),
            ("alertferryCustomer", &tenant.customer),
            ("suser", &alert.user),
            ("suid", "S-1"),
            ("sntdom", &alert.domain),
            ("spid", "7"),
            ("fname", &alert.file),
            ("fileHash", "a1"),
            ("cs1", &alert.threat),
            ("cs4", &alert.actor),
            ("request", &alert.url),
            ("msg", &alert.description),
            ("alertferryCommandLine", &alert.command_line),
            ("alertferryLabelTier", &alert.label),
        ],
        &KEPT,
        &[],
    );
    for (key, label) in [("cs1", "ThreatName"), ("cs2", "TenantId"), ("cs4", "Actor")] {
        if pairs.contains_key(key) {
            pairs.insert(format!("{key}Label"), label.to_owned());
        }
    }
    pairs
}

#[test]
fn readers_read_what_was_meant_whatever_the_texts() {
    let readers = RefCell::new(CefReaders::start());
    let config = ProptestConfig { cases: 300, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&hostile(), |alert| {
            let (header, pairs) = read(&readers, &alert.line(PLAIN));
            prop_assert_eq!(header, expected_header(&alert));
            prop_assert_eq!(pairs, expected_pairs(&alert));
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn readers_agree_on_every_feed_whatever_its_texts() {
    let readers = RefCell::new(CefReaders::start());
    let input = (any::<prop::sample::Index>(), prop::collection::vec(text(), 1..40));
    TestRunner::new(ProptestConfig { cases: 128, ..ProptestConfig::default() })
        .run(&input, |(which, texts)| {
            let fixture = spoilt(which, &texts);
            for options in [PLAIN, STRICT] {
                let (header, pairs) = read(&readers, &line_of(options, &fixture));
                prop_assert!(header.iter().all(|field| !field.is_empty()), "{:?}", header);
                for (key, value) in pairs {
                    prop_assert!(key.chars().all(|c| c.is_ascii_alphanumeric()), "{}", key);
                    prop_assert!(!value.is_empty() && value.trim() == value, "{}: {:?}", key, value);
                }
            }
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn a_megabyte_is_read_back_whole() {
    let readers = RefCell::new(CefReaders::start());
    let huge = "a=\\|\n\u{202e}😀\0".repeat(1 << 16);
    let alert = Hostile::of(vec![huge.clone(), huge.clone(), "c".to_owned(), "d".to_owned()]);
    let (header, pairs) = read(&readers, &alert.line(PLAIN));
    assert_eq!(header, expected_header(&alert));
    assert!(pairs["msg"] == meant(&huge, &KEPT, &[]), "the description is whole");
}

#[test]
fn every_fixture_is_read_alike_by_all_readers() {
    let readers = RefCell::new(CefReaders::start());
    for fixture in every_feed() {
        for options in [PLAIN, STRICT] {
            let line = line_of(options, &fixture);
            let (header, pairs) = read(&readers, &line);
            assert!(header.iter().all(|field| !field.is_empty()), "{}: {header:?}", fixture.name);
            assert!(pairs.contains_key("externalId"), "{}: {pairs:?}", fixture.name);
            let labels: Vec<&String> = pairs.iter().filter(|(key, _)| key.ends_with("Label")).map(|(_, label)| label).collect();
            assert_eq!(labels.iter().collect::<BTreeSet<_>>().len(), labels.len(), "{}: {labels:?}", fixture.name);
            // jc knows no backslash and no = in a header, and leaves values as they are written.
            let plain = !header.iter().any(|field| field.contains(['\\', '=', '|']));
            let jc = readers.borrow_mut().read(&line, &["jc"]).remove("jc").expect("an answer");
            assert!(jc.is_ok() || !plain, "{}: {jc:?} {line}", fixture.name);
            if let Ok(jc) = jc {
                let keys: BTreeSet<&String> = jc.pairs.iter().map(|(key, _)| key).collect();
                assert_eq!((jc.header, keys), (header, pairs.keys().collect()), "{}", fixture.name);
            }
        }
    }
}

#[test]
fn lines_are_as_reviewed() {
    let lines: Vec<String> =
        every_feed().iter().map(|fixture| format!("{}\n{}\n", fixture.name, line_of(PLAIN, fixture))).collect();
    insta::assert_snapshot!("cef", lines.join("\n"));
}

/// The lengths of ArcSight's dictionary, by the standard's document version 27.
fn dictionary(key: &str) -> usize {
    match key {
        "externalId" => 40,
        "act" => 63,
        "proto" => 31,
        "dvchost" => 100,
        "fileHash" | "sntdom" | "dntdom" | "sourceDnsDomain" | "deviceExternalId" | "destinationDnsDomain" => 255,
        "cs1" | "cs2" | "cs3" | "cs4" | "cs5" | "cs6" => 4000,
        key if key.starts_with("alertferry") => 4000,
        _ => 1023,
    }
}

#[test]
fn strict_lines_keep_to_the_dictionary_and_lose_no_id() {
    let readers = RefCell::new(CefReaders::start());
    let text = "\\=|\n😀 ".repeat(2000);
    let alert = Hostile::of(vec![text.clone(); 12]);
    let mut json = alert.json();
    json["id"] = format!("ad{}", "7f".repeat(32)).into();
    json["incidentId"] = "412".into();
    let tenant = alert.tenant();
    let (header, pairs) = read(&readers, &line(STRICT, FeedKind::GraphAlerts, Kind::Alert, &json.to_string(), &tenant));
    assert_eq!(header, expected_header(&alert));
    for (key, value) in &pairs {
        assert!(value.encode_utf16().count() <= dictionary(key), "{key} has {} characters", value.encode_utf16().count());
    }
    assert_eq!(pairs["msg"], short(&meant(&text, &KEPT, &[]), 1023), "cut there, and not before");
    assert_eq!((&*pairs["flexString2"], &*pairs["flexString2Label"]), (json["id"].as_str().expect("an ID"), "AlertId"));
    assert_eq!(pairs["externalId"], "9acae1c2b2706dfd62d9a0ade96c1b90", "the first half of the ID's SHA-256");
    let (_, whole) = read(&readers, &line(PLAIN, FeedKind::GraphAlerts, Kind::Alert, &json.to_string(), &tenant));
    assert_eq!((&whole["externalId"], whole.get("flexString2")), (&pairs["flexString2"], None));
}

#[test]
fn addresses_of_ip_6_stand_in_labelled_fields_unless_asked_otherwise() {
    let readers = RefCell::new(CefReaders::start());
    let json = r##"{"id":"a","evidence":[
        {"@odata.type":"#x.deviceEvidence","lastIpAddress":"fe80::1"},
        {"@odata.type":"#x.networkConnectionEvidence","sourceAddress":{"ipAddress":"2001:db8::1"},"sourcePort":1,
            "destinationAddress":{"ipAddress":"::ffff:10.0.0.1"},"destinationPort":443,"protocol":"tcp"}]}"##;
    let pairs = |options| read(&readers, &line(Encoder::Cef(options), FeedKind::GraphAlerts, Kind::Alert, json, &tenant())).1;
    let labelled = pairs(cef::Options::default());
    for (key, value) in [
        ("c6a1", "fe80::1"),
        ("c6a1Label", "Device IPv6 Address"),
        ("c6a2", "2001:db8::1"),
        ("c6a2Label", "Source IPv6 Address"),
        ("spt", "1"),
        ("dst", "10.0.0.1"),
        ("dpt", "443"),
        ("proto", "tcp"),
    ] {
        assert_eq!(labelled.get(key).map(String::as_str), Some(value), "{key}");
    }
    assert!(!["src", "dvc", "c6a3"].iter().any(|key| labelled.contains_key(*key)), "{labelled:?}");
    let plain = pairs(cef::Options { ipv6_in_src: true, ..cef::Options::default() });
    assert_eq!((&*plain["src"], &*plain["dvc"]), ("2001:db8::1", "fe80::1"));
    assert!(!plain.keys().any(|key| key.starts_with("c6a")), "{plain:?}");
}

#[test]
fn a_shortened_finding_is_marked() {
    let readers = RefCell::new(CefReaders::start());
    let tenant = tenant();
    let Ok(Finding::Alert(mut alert)) = (FeedKind::GraphAlerts.dialect().read)(Kind::Alert, r#"{"id":"a"}"#) else { panic!() };
    alert.shortened = Some(Shortened { octets: 70_000, left_out: 3, longest_text: 256 });
    let mut bytes = Vec::new();
    let context = context(&tenant, FeedKind::GraphAlerts, Activity::Create);
    PLAIN.encode(&Finding::Alert(alert), &context, &mut bytes).expect("a line");
    let (_, pairs) = read(&readers, str::from_utf8(&bytes).expect("UTF-8"));
    assert_eq!((&*pairs["flexNumber1"], &*pairs["flexNumber1Label"]), ("70000", "UntruncatedBytes"));
}
