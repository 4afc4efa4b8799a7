//! The steps, one by one, and that the first of them that fits is taken.

use std::collections::BTreeMap;

use super::less::{Shorter, Step, steps};
use super::{Fit, Oversize, encode_within};
use crate::alert::{Finding, Kind};
use crate::format::{Activity, Context, Encoder, Format, event_uid, ocsf};
use crate::source::FeedKind;
use crate::tenant::Tenant;

fn tenant() -> Tenant {
    let labels = BTreeMap::new();
    Tenant { name: "contoso".into(), id: "t".into(), customer: "Contoso".to_owned(), labels }
}

fn context(tenant: &Tenant) -> Context<'_> {
    let collected = "2026-03-02T23:00:00Z".parse().expect("a date");
    Context { tenant, feed: FeedKind::GraphAlerts, activity: Activity::Create, collected, replayed: false }
}

fn alert(json: &str) -> Finding<'_> {
    (FeedKind::GraphAlerts.dialect().read)(Kind::Alert, json).expect("an alert")
}

/// An alert with so many pieces of evidence: of every eight, the first is a device, the last a process, and the rest a type that
/// nobody knows.
fn with_evidence(pieces: usize) -> String {
    let piece = |place: usize| match place % 8 {
        0 => format!(r##"{{"@odata.type":"#microsoft.graph.security.deviceEvidence","hostName":"host-{place}"}}"##),
        7 => format!(
            r##"{{"@odata.type":"#microsoft.graph.security.processEvidence","processCommandLine":"{}"}}"##,
            "x".repeat(2000)
        ),
        _ => r##"{"@odata.type":"#microsoft.graph.security.toasterEvidence"}"##.to_owned(),
    };
    let evidence: Vec<String> = (0..pieces).map(piece).collect();
    format!(
        r#"{{"id":"a","title":"{}","description":"{}","recommendedActions":"Look.","comments":[{{"comment":"c"}}],"novel":1,
        "lastUpdateDateTime":"2026-03-02T07:44:02.1466667Z","evidence":[{}]}}"#,
        "t".repeat(300),
        "d".repeat(5000),
        evidence.join(",")
    )
}

#[test]
fn each_step_says_no_more_than_the_one_before() {
    let json = with_evidence(100);
    let (finding, tenant) = (alert(&json), tenant());
    let encoder = Encoder::Ocsf(ocsf::Options { raw_data: true, ..ocsf::Options::default() });
    let steps: Vec<Step> = steps(encoder, &finding, usize::MAX).collect();
    let pieces: Vec<_> =
        steps.iter().filter_map(|step| if let Step::Pieces(pieces) = step { Some(*pieces) } else { None }).collect();
    assert_eq!((pieces.as_slice(), steps.len()), ([50, 25, 12, 8].as_slice(), 11));
    let shorter = Shorter::new(&finding, 1);
    let mut before = usize::MAX;
    for step in steps.into_iter().skip(1) {
        let mut bytes = Vec::new();
        encoder.encode(&shorter.by(step), &context(&tenant), &mut bytes).expect("JSON");
        assert!(bytes.len() < before, "{step:?} has {} octets after {before}", bytes.len());
        before = bytes.len();
    }
}

#[test]
fn what_is_left_out_is_counted_and_what_tells_most_is_kept() {
    let json = with_evidence(100);
    let finding = alert(&json);
    let shorter = Shorter::new(&finding, 7);
    let kept = |step| {
        let Finding::Alert(alert) = shorter.by(step) else { panic!("no alert") };
        let marks = alert.shortened.expect("it is marked");
        assert_eq!((marks.octets, marks.left_out), (7, 100 - alert.evidence.len()));
        alert
    };
    let few = kept(Step::Texts { pieces: 4, text: 80, title: 120 });
    let names: Vec<_> = few.decoded_evidence().filter_map(|evidence| evidence.type_name).collect();
    let expected = ["device", "process", "device", "process"].map(|kind| format!("#microsoft.graph.security.{kind}Evidence"));
    assert_eq!(names, expected);
    assert_eq!(few.title.as_deref().map(|title| title.chars().count()), Some(121));
    let lines: Vec<_> = few.decoded_evidence().filter_map(|evidence| evidence.rest.peek_text("processCommandLine")).collect();
    assert!(lines.is_empty(), "a command line is taken, not left: {lines:?}");
    for evidence in few.decoded_evidence() {
        if let crate::alert::evidence::Thing::Process(process) = evidence.thing {
            assert_eq!(process.command_line.expect("it is cut, not gone").chars().count(), 81);
        }
    }
    let least = kept(Step::Least);
    assert_eq!((&*least.id, least.evidence.len(), least.description), ("a", 0, None));
}

#[test]
fn the_event_keeps_its_id_in_every_step() {
    let tenant = tenant();
    let json = with_evidence(10).replace("6667Z", &format!("6667Z{}", " ".repeat(90)));
    let incident = r#"{"name":"11112222-3333-4444-5555-666677778888","properties":{"providerName":"Microsoft XDR","providerIncidentId":"412",
        "lastModifiedTimeUtc":"2026-03-02T07:44:02Z","title":"t"}}"#;
    let sentinel = (FeedKind::SentinelIncidents.dialect().read)(Kind::Incident, incident).expect("an incident");
    for finding in [alert(&json), sentinel] {
        let uid = |finding: &Finding<'_>| match finding {
            Finding::Alert(alert) => event_uid(&context(&tenant), &alert.id, alert.revision()),
            Finding::Incident(incident) => event_uid(&context(&tenant), &incident.known_as(), incident.revision()),
        };
        let shorter = Shorter::new(&finding, 1);
        for step in steps(Encoder::of(Format::Ocsf), &finding, usize::MAX) {
            assert_eq!(uid(&shorter.by(step)), uid(&finding), "{step:?}");
        }
    }
}

#[test]
fn refusals_say_how_long_it_is_and_what_would_take_it() {
    let tenant = tenant();
    let json = format!(r#"{{"id":"{}"}}"#, "i".repeat(9000));
    let refusal = |format, room| {
        let error = encode_within(Encoder::of(format), &alert(&json), &context(&tenant), room, &mut Vec::new());
        error.expect_err("it does not fit").reason
    };
    let octets = json.len();
    assert_eq!(
        refusal(Format::Raw, (100, Oversize::DeadLetter)),
        format!(
            "whole, it would have {octets} octets, and the sink has room for 100: with max_bytes higher by at least {} it would fit",
            octets - 100
        )
    );
    assert!(refusal(Format::Raw, (100, Oversize::Shorten)).starts_with("raw is never shortened, and it would have"));
    assert!(refusal(Format::Ocsf, (100, Oversize::Shorten)).starts_with("even in its shortest form it would have"));
}

#[test]
fn tries_stay_few_however_much_evidence_there_is() {
    let json = with_evidence(2000);
    let finding = alert(&json);
    for (room, most) in [(900_000, 14), (8000, 14), (2048, 12), (0, 7)] {
        let tried = steps(Encoder::of(Format::Ocsf), &finding, room).count();
        assert!(tried <= most, "{tried} tries for {room} octets");
    }
    let (tenant, mut out) = (tenant(), b"before".to_vec());
    let fit = encode_within(Encoder::of(Format::Ocsf), &finding, &context(&tenant), (8000, Oversize::Shorten), &mut out);
    assert_eq!(fit, Ok(Fit::Shortened));
    assert!(out.starts_with(b"before{") && out.len() <= 8006);
}
