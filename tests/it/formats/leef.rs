//! LEEF as a reader that we did not write sees it.
//!
//! The crate leef2hashmap writes keys in small letters, takes the last pipe of a line for the end of the header, and a backslash
//! before a `t` for a tab; where a test leaves such texts out, it says so.

use std::collections::{BTreeMap, BTreeSet};

use alertferry::alert::{Finding, Kind, Shortened};
use alertferry::format::leef::{Options, Version};
use alertferry::format::{Activity, Encoder};
use alertferry::source::FeedKind;
use leef2hashmap::LeefToHashMap as _;
use proptest::prelude::*;

use super::fixtures::every_feed;
use super::lines::{Hostile, hostile, line, line_of, meant, meant_pairs, short, spoilt, text};
use super::{context, tenant};

const CARET: Options = Options { version: Version::V2_0, delimiter: '^' };
const TAB: Options = Options { version: Version::V2_0, delimiter: '\t' };
const OLD: Options = Options { version: Version::V1_0, delimiter: '^' };

/// What the reader read: the header's fields, and the pairs with their keys in small letters.
fn read(line: &str, delimiter: char) -> ([String; 4], BTreeMap<String, String>) {
    let mut read: BTreeMap<String, String> =
        line.to_hashmap(false).unwrap_or_else(|error| panic!("{error:?}: {line:?}")).into_iter().collect();
    let header = ["deviceVendor", "deviceProduct", "deviceVersion", "eventId"].map(|name| read.remove(name).expect(name));
    let count = line.rsplit('|').next().expect("a last part").split(delimiter).count();
    assert_eq!(read.len(), count, "a key stands twice, or a value was torn apart: {line:?}");
    (header, read)
}

fn delimiter(options: Options) -> char {
    if options.version == Version::V1_0 { '\t' } else { options.delimiter }
}

fn expected(alert: &Hostile, options: Options) -> ([String; 4], BTreeMap<String, String>) {
    let tenant = tenant();
    let also = [delimiter(options)];
    let id = match short(&meant(&alert.category, &[], &['|']), 255) {
        _ if meant(&alert.category, &[], &[]).is_empty() => "alert".to_owned(),
        id if id.is_empty() => "-".to_owned(), // there was nothing but pipes
        id => id,
    };
    let name = short(&meant(&alert.user, &[], &also), 255);
    let pairs = meant_pairs(
        &[
            ("cat", "microsoftDefenderForEndpoint"),
            ("sev", "8"),
            ("usrname", &name),
            ("url", &alert.url),
            ("domain", &alert.domain),
            ("eventuid", "95c9f047-c0a6-5723-9368-b6ae81a887e1"),
            ("tenantid", tenant.id.as_str()),
            ("tenantname", tenant.name.as_str()),
            ("customer", &tenant.customer),
            ("alertid", "da1"),
            ("detectorid", &alert.detector),
            ("threatname", &alert.threat),
            ("actor", &alert.actor),
            ("filename", &alert.file),
            ("sha1", "a1"),
            ("pid", "7"),
            ("title", &alert.title),
            ("msg", &alert.description),
            ("cmd", &alert.command_line),
            ("labeltier", &alert.label),
        ],
        &[],
        &also,
    );
    (["Microsoft".to_owned(), "Microsoft Defender for Endpoint".to_owned(), "1.0".to_owned(), id], pairs)
}

/// The same alert without what the reader cannot read.
fn readable(mut alert: Hostile, options: Options) -> Hostile {
    let texts = [
        &mut alert.title,
        &mut alert.description,
        &mut alert.detector,
        &mut alert.threat,
        &mut alert.actor,
        &mut alert.user,
        &mut alert.domain,
        &mut alert.file,
        &mut alert.url,
        &mut alert.command_line,
        &mut alert.label,
    ];
    for text in texts {
        *text = text.replace('|', "/");
        if options == CARET {
            *text = text.replace("\\t", "/t");
        }
    }
    alert
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_reader_reads_what_was_meant_whatever_the_texts(alert in hostile()) {
        for options in [CARET, TAB, OLD] {
            let alert = readable(alert.clone(), options);
            let line = alert.line(Encoder::Leef(options));
            prop_assert_eq!(read(&line, delimiter(options)), expected(&alert, options));
        }
    }

    #[test]
    fn every_feed_keeps_the_form_whatever_its_texts(which in any::<prop::sample::Index>(), texts in prop::collection::vec(text(), 1..40)) {
        let fixture = spoilt(which, &texts);
        for (options, pipes) in [(CARET, 6), (TAB, 6), (OLD, 5)] {
            let line = line_of(Encoder::Leef(options), &fixture);
            let parts: Vec<&str> = line.splitn(pipes + 1, '|').collect();
            prop_assert!(parts.len() == pipes + 1 && parts[..pipes].iter().all(|part| !part.is_empty()), "{}", line);
            let pairs: Vec<_> = parts[pipes].split(delimiter(options)).filter_map(|pair| pair.split_once('=')).collect();
            prop_assert_eq!(pairs.len(), parts[pipes].split(delimiter(options)).count());
            let keys: BTreeSet<String> = pairs.iter().map(|(key, _)| key.to_ascii_lowercase()).collect();
            prop_assert_eq!(keys.len(), pairs.len(), "each key once, whatever its case");
            for (key, value) in pairs {
                prop_assert!(key.chars().all(|c| c.is_ascii_alphanumeric()), "{}", key);
                prop_assert!(!value.is_empty() && value.trim() == value, "{}: {:?}", key, value);
            }
        }
    }

    #[test]
    fn pipes_in_values_stay_and_those_of_the_header_do_not(alert in hostile()) {
        for (options, pipes) in [(CARET, 6), (OLD, 5)] {
            let line = alert.line(Encoder::Leef(options));
            let attributes = line.splitn(pipes + 1, '|').last().expect("the pairs");
            let pairs: Vec<(&str, &str)> = attributes.split(delimiter(options)).filter_map(|pair| pair.split_once('=')).collect();
            let command_line = pairs.iter().find(|(key, _)| *key == "cmd").map(|(_, value)| (*value).to_owned());
            let meant = meant(&alert.command_line, &[], &[delimiter(options)]);
            prop_assert_eq!(command_line.unwrap_or_default(), meant);
        }
    }
}

#[test]
fn a_megabyte_is_read_back_whole() {
    let huge = "a=\\\n\u{202e}😀\0^".repeat(1 << 16);
    let alert = Hostile::of(vec!["t".to_owned(), huge.clone()]);
    let (_, pairs) = read(&alert.line(Encoder::Leef(CARET)), '^');
    assert!(pairs["msg"] == meant(&huge, &[], &['^']), "the description is whole");
}

#[test]
fn every_fixture_is_read() {
    for fixture in every_feed() {
        // A pipe in a value would be taken for the end of the header.
        let json = fixture.json.replace('|', "/");
        let line = line(Encoder::Leef(OLD), fixture.feed, fixture.kind, &json, &tenant());
        let (header, pairs) = read(&line, '\t');
        assert!(header.iter().all(|field| !field.is_empty()), "{}: {header:?}", fixture.name);
        assert!(pairs.contains_key("alertid") || pairs.contains_key("incidentid"), "{}: {pairs:?}", fixture.name);
        let severity: u8 = pairs["sev"].parse().expect("a number");
        assert!((1..=10).contains(&severity), "{}: {severity}", fixture.name);
        assert!(pairs.get("devtime").is_none_or(|time| time.len() == 13), "{}: {pairs:?}", fixture.name);
        assert!(pairs.contains_key("identsrc") || !pairs.contains_key("identhostname"), "{}: {pairs:?}", fixture.name);
    }
}

#[test]
fn lines_are_as_reviewed() {
    let lines: Vec<String> =
        every_feed().iter().map(|fixture| format!("{}\n{}\n", fixture.name, line_of(Encoder::Leef(CARET), fixture))).collect();
    insta::assert_snapshot!("leef", lines.join("\n"));
}

#[test]
fn both_kinds_of_address_stand_in_src_and_a_host_needs_one() {
    let read = |device: &str| {
        let json = format!(r##"{{"id":"a","evidence":[{{"@odata.type":"#x.deviceEvidence","deviceDnsName":"pc7"{device}}}]}}"##);
        read(&line(Encoder::Leef(CARET), FeedKind::GraphAlerts, Kind::Alert, &json, &tenant()), '^').1
    };
    let with = read(r#","lastIpAddress":"2001:db8::1""#);
    assert_eq!((&*with["src"], &*with["identsrc"], &*with["identhostname"]), ("2001:db8::1", "2001:db8::1", "pc7"));
    let without = read("");
    assert_eq!((without.get("identhostname"), &*without["resource"]), (None, "pc7"));
}

#[test]
fn a_shortened_finding_is_marked() {
    let tenant = tenant();
    let Ok(Finding::Alert(mut alert)) = (FeedKind::GraphAlerts.dialect().read)(Kind::Alert, r#"{"id":"a"}"#) else { panic!() };
    alert.shortened = Some(Shortened { octets: 70_000, left_out: 3, longest_text: 256 });
    let mut bytes = Vec::new();
    let context = context(&tenant, FeedKind::GraphAlerts, Activity::Create);
    Encoder::Leef(CARET).encode(&Finding::Alert(alert), &context, &mut bytes).expect("a line");
    let (_, pairs) = read(str::from_utf8(&bytes).expect("UTF-8"), '^');
    assert_eq!((&*pairs["shortened"], &*pairs["untruncatedbytes"]), ("true", "70000"));
}
