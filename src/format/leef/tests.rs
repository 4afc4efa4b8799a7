//! What a header says, and which delimiters there are.

use std::collections::BTreeMap;

use super::{Options, Version, can_delimit, encode};
use crate::alert::graph;
use crate::alert::{Finding, Kind};
use crate::format::{Activity, Context};
use crate::source::FeedKind;
use crate::tenant::Tenant;

fn written(json: &str, options: Options) -> Result<String, String> {
    let tenant = Tenant { name: "t".into(), id: "i".into(), customer: "c".to_owned(), labels: BTreeMap::new() };
    let collected = "2026-03-02T23:00:00Z".parse().expect("a date");
    let context =
        Context { tenant: &tenant, feed: FeedKind::GraphAlerts, activity: Activity::Create, collected, replayed: false };
    let finding: Finding<'_> = graph::read(Kind::Alert, json).expect("a readable alert");
    let mut out = Vec::new();
    encode(&finding, &context, options, &mut out).map_err(|error| error.to_string())?;
    Ok(String::from_utf8(out).expect("UTF-8"))
}

#[test]
fn the_header_names_the_delimiter_where_there_is_a_choice() {
    let json = r#"{"id":"a","category":"Cred|ential\nAccess","productName":"P|1","serviceSource":"s"}"#;
    for (version, delimiter, start) in [
        (Version::V1_0, '^', "LEEF:1.0|Microsoft|P 1|1.0|Cred ential Access|cat=s\tsev=1\t"),
        (Version::V2_0, '^', "LEEF:2.0|Microsoft|P 1|1.0|Cred ential Access|^|cat=s^sev=1^"),
        (Version::V2_0, '\t', "LEEF:2.0|Microsoft|P 1|1.0|Cred ential Access|x09|cat=s\tsev=1\t"),
        (Version::V2_0, '\u{1f}', "LEEF:2.0|Microsoft|P 1|1.0|Cred ential Access|x1F|cat=s\u{1f}sev=1\u{1f}"),
    ] {
        let line = written(json, Options { version, delimiter }).expect("a line");
        assert!(line.starts_with(start), "{line}");
    }
}

#[test]
fn an_event_id_is_static_and_short_and_never_missing() {
    let long = format!(r#"{{"id":"a","category":"{}"}}"#, "x".repeat(300));
    for (json, id) in [
        (r#"{"id":"a","categories":["Execution","Malware"]}"#, "Execution"),
        (r#"{"id":"a"}"#, "alert"),
        (r#"{"id":"a","category":" \n"}"#, "alert"),
        (long.as_str(), &"x".repeat(255)),
    ] {
        let line = written(json, Options::default()).expect("a line");
        assert_eq!(line.split('|').nth(4), Some(id));
    }
}

#[test]
fn a_delimiter_that_values_or_the_format_need_is_refused() {
    for (delimiter, good) in [
        ('^', true),
        ('\t', true),
        ('~', true),
        ('=', false),
        ('|', false),
        ('x', false),
        ('\n', false),
        (' ', false),
        ('¦', false),
        (',', false),
    ] {
        assert_eq!(can_delimit(delimiter), good, "{delimiter:?}");
        assert_eq!(written(r#"{"id":"a"}"#, Options { version: Version::V2_0, delimiter }).is_ok(), good, "{delimiter:?}");
    }
    let refused = written(r#"{"id":"a"}"#, Options { version: Version::V2_0, delimiter: '=' }).expect_err("no line");
    assert!(refused.contains("'='"), "{refused}");
    assert!(written(r#"{"id":"a"}"#, Options { version: Version::V1_0, delimiter: '=' }).is_ok(), "1.0 has no choice");
}
