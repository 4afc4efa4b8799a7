//! `alertferry convert`, as somebody at a shell uses it.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use alertferry::alert::Kind;
use alertferry::source::FeedKind;

use super::fixtures::{every_feed, fixtures, inside};
use crate::support::ocsf::assert_valid;

fn convert(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_alertferry"))
        .arg("convert")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(&input).expect("the program reads all of its input"));
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the writer ends");
    output
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn all_fixtures_as_one_page_become_one_valid_finding_a_line() {
    let all: Vec<String> = fixtures().into_iter().map(|(_, json)| json).collect();
    let page = format!("{{\"@odata.context\": \"x\", \"value\": [{}]}}", all.join(",\n"));
    let output = convert(&["--to", "ocsf", "--tenant", "contoso"], page.as_bytes());
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
    let lines: Vec<&str> = text(&output.stdout).lines().collect();
    assert_eq!(lines.len(), all.len());
    for line in lines {
        assert_valid(line.as_bytes());
        assert!(line.contains(r#""labels":["customer:contoso"]"#), "{line}");
    }
}

#[test]
fn records_of_every_feed_are_recognised_and_incidents_bring_their_alerts() {
    for fixture in every_feed() {
        let (output, alerts) = (convert(&["--to", "ocsf"], fixture.json.as_bytes()), inside(&fixture));
        let lines: Vec<&str> = text(&output.stdout).lines().collect();
        assert_eq!(lines.len(), alerts.len() + 1, "{}: {}", fixture.name, text(&output.stderr));
        for line in &lines {
            assert_valid(line.as_bytes());
        }
        let classes = lines.iter().map(|line| if line.contains(r#""class_uid":2005,"#) { Kind::Incident } else { Kind::Alert });
        let expected = alerts.iter().map(|_| Kind::Alert).chain([fixture.kind]);
        assert!(classes.eq(expected), "{}: alerts, and then their incident", fixture.name);
        assert!(lines.iter().all(|line| line.contains(log_name(fixture.feed))), "{}: {lines:?}", fixture.name);
    }
}

fn log_name(feed: FeedKind) -> &'static str {
    match feed {
        FeedKind::GraphAlerts => r#""log_name":"security/alerts_v2""#,
        FeedKind::GraphIncidents => r#""log_name":"security/incidents""#,
        FeedKind::MdeAlerts => r#""log_name":"api/alerts""#,
        FeedKind::XdrIncidents => r#""log_name":"api/incidents""#,
        FeedKind::RiskDetections => r#""log_name":"identityProtection/riskDetections""#,
        FeedKind::SentinelIncidents => r#""log_name":"Microsoft.SecurityInsights/incidents""#,
        FeedKind::DefenderForCloud => r#""log_name":"Microsoft.Security/alerts""#,
    }
}

#[test]
fn a_record_of_no_feed_is_refused_until_its_feed_is_named() {
    let output = convert(&["--to", "raw"], b"{\"id\":\"a\"}");
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), ""));
    insta::assert_snapshot!("convert-no-feed", text(&output.stderr));
    let output = convert(&["--to", "ocsf", "--feed", "risk-detections"], b"{\"id\":\"a\"}");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains(log_name(FeedKind::RiskDetections)));
    let output = convert(&["--to", "ocsf", "--feed", "risks"], b"");
    assert_eq!(output.status.code(), Some(64));
    assert!(text(&output.stderr).contains("defender-for-cloud"), "{}", text(&output.stderr));
}

#[test]
fn alerts_inside_that_cannot_be_read_are_named_and_the_incident_is_written() {
    let incident = br#"{"incidentId":7,"incidentName":"x","alerts":[{"alertId":"a"},{"title":"no ID"}]}"#;
    let output = convert(&["--to", "ocsf", "--explain"], incident);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout).lines().count(), 2);
    insta::assert_snapshot!("convert-bad-alert-inside", text(&output.stderr));
}

#[test]
fn raw_writes_the_vendors_documents_one_per_line() {
    let output = convert(&["--to", "raw"], b"[{\"id\": \"a\",\n \"title\": 1.50}, {\"id\":\"b\",\"title\":\"\"}]");
    assert_eq!(
        (output.status.code(), text(&output.stdout)),
        (Some(0), "{\"id\": \"a\", \"title\": 1.50}\n{\"id\":\"b\",\"title\":\"\"}\n")
    );
}

#[test]
fn bad_documents_are_named_and_the_others_converted() {
    let output = convert(
        &["--to", "raw"],
        b"{\"id\":\"a\",\"title\":1}\n{\"title\":\"no ID\"}\n{broken\n\xff\n{\"id\":\"b\",\"title\":2}\n",
    );
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout), "{\"id\":\"a\",\"title\":1}\n{\"id\":\"b\",\"title\":2}\n");
    insta::assert_snapshot!("convert-bad-documents", text(&output.stderr));
}

#[test]
fn explain_says_where_members_went() {
    let alert = br##"{"id":"a","customDetails":{"k":1},"createdDateTime":"soon","evidence":[
        {"@odata.type":"#microsoft.graph.security.ipEvidence","ipAddress":"10.0.0.1","tags":["x"]},{"@odata.type":"#x.newEvidence"}]}"##;
    let output = convert(&["--to", "ocsf", "--tenant-id", "T-1", "--explain"], alert);
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!("convert-explain", text(&output.stderr));
    assert!(text(&output.stdout).contains(r#""tenant_uid":"t-1""#), "{}", text(&output.stdout));
}

#[test]
fn help_shows_examples() {
    let output = convert(&["--help"], b"");
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("alertferry convert --to ocsf < alert.json"), "{}", text(&output.stdout));
}
