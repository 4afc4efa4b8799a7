//! Incidents as Incident Findings.

use alertferry::alert::Kind;
use alertferry::format::{Activity, Format, ocsf};
use alertferry::source::FeedKind;
use serde_json::{Value, json};

use super::{context, encode_of, tenant};
use crate::support::ocsf::faults;

fn incident(feed: FeedKind, json: &str, activity: Activity) -> Value {
    let bytes = encode_of(feed, Kind::Incident, Format::Ocsf, json, activity);
    let faults = faults(&bytes);
    assert!(faults.is_empty(), "{faults:#?}");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn graph(json: &str) -> Value {
    incident(FeedKind::GraphIncidents, json, Activity::Create)
}

#[test]
fn alerts_inside_stand_in_short_and_are_not_repeated() {
    let json = r#"{"id":"412","createdDateTime":"2026-03-02T07:00:00Z","alerts":[
        {"id":"da1","title":"One","description":"long","firstActivityDateTime":"2026-03-02T06:00:00Z","mitreTechniques":["T1003"],"evidence":[{}]},
        {"title":"no ID"},
        {"id":"da2","title":"Two","lastActivityDateTime":"2026-03-02T06:30:00Z","mitreTechniques":["T1003"],"category":"Execution"}]}"#;
    let finding = graph(json);
    let list = finding["finding_info_list"].as_array().expect("a list");
    let told: Vec<_> = list.iter().map(|info| (info["uid"].as_str(), info["title"].as_str(), info.get("desc"))).collect();
    assert_eq!(told, [(Some("da1"), Some("One"), None), (Some("da2"), Some("Two"), None)]);
    assert_eq!(finding.get("unmapped"), None, "{finding:#}");
    assert_eq!(
        finding["attacks"],
        json!([
            {
                "technique": {"uid": "T1003", "name": "OS Credential Dumping", "src_url": "https://attack.mitre.org/techniques/T1003"},
                "tactic": {"uid": "TA0006", "name": "Credential Access", "src_url": "https://attack.mitre.org/tactics/TA0006"},
                "version": "18.1",
            },
            {"tactic": {"uid": "TA0002", "name": "Execution", "src_url": "https://attack.mitre.org/tactics/TA0002"}},
        ]),
        "each once"
    );
    assert_eq!(
        (&finding["start_time_dt"], &finding["end_time_dt"]),
        (&json!("2026-03-02T06:00:00.000Z"), &json!("2026-03-02T06:30:00.000Z"))
    );

    let tenant = tenant();
    let incident = (FeedKind::GraphIncidents.dialect().read)(Kind::Incident, json).expect("a readable incident");
    let notes = ocsf::explain(&incident, &context(&tenant, FeedKind::GraphIncidents, Activity::Create));
    let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        [
            "alerts[1] -> nowhere: it cannot be read as an alert, and is reported by itself",
            "alerts -> finding_info_list: in short; each alert inside is a finding of its own",
        ]
    );
}

#[test]
fn states_are_those_of_the_class() {
    for (word, id, caption, alert) in [
        ("active", 1, "New", true),
        ("inProgress", 2, "In Progress", true),
        ("awaitingAction", 3, "On Hold", true),
        ("resolved", 4, "Resolved", false),
        ("redirected", 5, "Closed", false),
        ("escalated", 99, "escalated", true),
    ] {
        let finding = graph(&format!(r#"{{"id":"1","status":"{word}"}}"#));
        assert_eq!((&finding["status_id"], &finding["status"]), (&json!(id), &json!(caption)), "{word}");
        assert_eq!((&finding["status_code"], finding.get("unmapped")), (&json!(word), None), "the vendor's word stands once");
        assert_eq!(finding["is_alert"], alert, "{word}");
    }
}

#[test]
fn a_merged_incident_says_into_which_one() {
    let finding =
        incident(FeedKind::XdrIncidents, r#"{"incidentId":414,"redirectIncidentId":412,"status":"Redirected"}"#, Activity::Close);
    assert_eq!((&finding["type_uid"], &finding["status_detail"]), (&json!(200_503), &json!("Merged into incident 412")));
    let itself = &finding["finding_info_list"][0];
    assert_eq!((&itself["uid"], &itself["related_events"][0]["uid"]), (&json!("incident:414"), &json!("412")));
    assert_eq!(finding["metadata"]["correlation_uid"], "414");
}

#[test]
fn somebody_or_nobody_is_assigned() {
    let finding = graph(r#"{"id":"1","assignedTo":"kim@contoso.example"}"#);
    assert_eq!(finding["assignee"], json!({"name": "kim@contoso.example", "email_addr": "kim@contoso.example"}));
    assert_eq!(finding.get("assignee_group"), None);
    let finding = graph(r#"{"id":"1"}"#);
    assert_eq!((finding.get("assignee"), &finding["assignee_group"]), (None, &json!({"name": "Unassigned"})));
}

#[test]
fn one_incident_has_one_correlation_through_all_feeds() {
    let correlated = |feed, json| {
        let finding = incident(feed, json, Activity::Create);
        let words = [&finding["metadata"]["correlation_uid"], &finding["metadata"]["product"]["uid"]];
        words.map(|word| word.as_str().expect("a text").to_owned())
    };
    for (feed, json, uid, product) in [
        (FeedKind::GraphIncidents, r#"{"id":"412"}"#, "412", "microsoft365Defender"),
        (FeedKind::XdrIncidents, r#"{"incidentId":412}"#, "412", "microsoft365Defender"),
        (
            FeedKind::SentinelIncidents,
            r#"{"name":"1111","properties":{"providerName":"Microsoft XDR","providerIncidentId":"412"}}"#,
            "412",
            "microsoft365Defender",
        ),
        (
            FeedKind::SentinelIncidents,
            r#"{"name":"1111","properties":{"providerName":"Azure Sentinel","providerIncidentId":"7"}}"#,
            "1111",
            "microsoftSentinel",
        ),
    ] {
        assert_eq!(correlated(feed, json), [uid, product], "{json}");
    }
}

#[test]
fn an_event_id_is_the_same_for_a_revision_and_another_for_the_next() {
    let uid = |json: &str, activity| incident(FeedKind::GraphIncidents, json, activity)["metadata"]["uid"].clone();
    let first = r#"{"id":"412","lastUpdateDateTime":"2026-03-02T07:44:02.15Z"}"#;
    assert_eq!(uid(first, Activity::Create), uid(&first.replace(".15Z", ".150Z"), Activity::Update));
    assert_ne!(uid(first, Activity::Create), uid(&first.replace(".15Z", ".16Z"), Activity::Create));
    assert_ne!(uid(first, Activity::Create), uid(&first.replace("412", "413"), Activity::Create));
    let of_alert = encode_of(FeedKind::GraphIncidents, Kind::Alert, Format::Ocsf, first, Activity::Create);
    let of_alert: Value = serde_json::from_slice(&of_alert).expect("JSON");
    assert_ne!(uid(first, Activity::Create), of_alert["metadata"]["uid"], "an alert of the same ID is another record");
}

#[test]
fn the_vendors_own_words_are_shown_beside_the_verdict() {
    let json = r#"{"incidentId":1,"classification":"FalsePositive","determination":"InsufficientData"}"#;
    let finding = incident(FeedKind::XdrIncidents, json, Activity::Update);
    assert_eq!((&finding["verdict_id"], &finding["verdict"]), (&json!(7), &json!("Insufficient Data")));
    assert_eq!(finding["unmapped"]["determination"], "InsufficientData", "not in Graph's word for it");
    assert_eq!(finding["unmapped"].get("determination (again)"), None);
}

#[test]
fn what_readers_refuse_is_kept_as_text_and_inside_of_alerts_left_alone() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let half = r#"{"half":"\ud800"}"#;
    let finding = graph(&format!(
        r#"{{"id":"1","deep":{deep},"half":{half},"alerts":[{{"id":"a","deep":{deep},"evidence":[{deep},{half}]}},{deep}]}}"#
    ));
    assert_eq!((&finding["unmapped"]["deep"], &finding["unmapped"]["half"]), (&json!(deep), &json!(half)));
    assert_eq!(finding["finding_info_list"], json!([{"uid": "a"}]));
}
