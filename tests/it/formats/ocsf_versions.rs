//! Older versions of OCSF: each finding is valid in every version that can be chosen, and what a version lacks stands elsewhere.

use alertferry::alert::Kind;
use alertferry::format::Activity;
use alertferry::format::ocsf::{self, Options, Version};
use alertferry::source::FeedKind;
use serde_json::{Map, Value, json};

use super::fixtures::{Fixture, every_feed, inside};
use super::ocsf_with;
use crate::support::ocsf::{Edition, faults};

fn edition(version: Version) -> &'static Edition {
    Edition::of(version.number()).expect("the schema of the version")
}

/// The first version of OCSF that has an attribute as it is now.
fn first(object: &str, name: &str) -> Option<Version> {
    let now = edition(Version::default()).attribute(object, name);
    let as_now = |version| {
        let then = edition(version).attribute(object, name);
        !then.is_null() && primitive(then) == primitive(now) && then["object"] == now["object"]
    };
    Version::ALL.into_iter().map(|(version, _)| version).find(|version| as_now(*version))
}

/// What a type is in JSON; the many kinds of text are one.
fn primitive(about: &Value) -> &str {
    match about["type"].as_str().unwrap_or_default() {
        "long_t" | "timestamp_t" | "port_t" => "integer_t",
        plain @ ("integer_t" | "float_t" | "boolean_t" | "object_t" | "json_t") => plain,
        _ => "string_t",
    }
}

fn options(version: Version) -> Options {
    Options { version, raw_data: true }
}

/// Every fixture, and the alerts inside of incidents.
fn records() -> Vec<Fixture> {
    let mut records = every_feed();
    let alerts: Vec<Fixture> = records.iter().flat_map(inside).collect();
    records.extend(alerts);
    records
}

#[test]
fn every_attribute_is_held_back_until_the_version_that_brought_it() {
    let attributes = ocsf::attributes();
    assert!(attributes.len() > 200, "{} attributes", attributes.len());
    for (object, name, since) in attributes {
        assert_eq!(Some(since), first(object, name), "{object}.{name}: correct src/format/ocsf/later.rs");
    }
}

#[test]
fn every_record_gives_a_valid_finding_in_every_version() {
    for fixture in records() {
        for (version, number) in Version::ALL {
            let finding = ocsf_with(&fixture, options(version), Activity::Update);
            assert_eq!(finding["metadata"]["version"], number);
            let faults = faults(finding.to_string().as_bytes());
            assert!(faults.is_empty(), "{} in {number}: {faults:#?}", fixture.name);
        }
    }
}

/// What stands in the newest version and could stand in an older one too, but does not.
fn needlessly_missing(
    newest: &Map<String, Value>,
    older: &Map<String, Value>,
    kind: &str,
    version: Version,
    lost: &mut Vec<String>,
) {
    for (name, value) in newest {
        let about = edition(version).attribute(kind, name);
        // Incidents had a number for it in 1.1.0.
        if about.is_null() || (kind, name.as_str(), version) == ("incident_finding", "priority", Version::V1_1_0) {
            continue;
        }
        match (value, older.get(name)) {
            (_, None) => lost.push(format!("{kind}.{name}")),
            (Value::Object(value), Some(Value::Object(older))) => {
                let inner = about["object"].as_str().filter(|inner| *inner != "object");
                if let Some(inner) = inner {
                    needlessly_missing(value, older, inner, version, lost);
                }
            }
            _ => {}
        }
    }
}

#[test]
fn what_a_version_knows_is_not_held_back() {
    // The odd ones hold values that older versions do not take.
    for fixture in every_feed().into_iter().filter(|fixture| !fixture.name.contains("odd-")) {
        let newest = ocsf_with(&fixture, options(Version::default()), Activity::Create);
        let kind = if newest["class_uid"] == 2005 { "incident_finding" } else { "detection_finding" };
        for (version, number) in Version::ALL {
            let older = ocsf_with(&fixture, options(version), Activity::Create);
            let mut lost = Vec::new();
            needlessly_missing(
                newest.as_object().expect("a finding"),
                older.as_object().expect("a finding"),
                kind,
                version,
                &mut lost,
            );
            assert!(lost.is_empty(), "{} in {number}: {lost:?}", fixture.name);
        }
    }
}

/// A finding of Microsoft Graph's alert.
fn graph(json: &str, version: Version) -> Value {
    let (feed, kind, name) = (FeedKind::GraphAlerts, Kind::Alert, String::new());
    let finding =
        ocsf_with(&Fixture { feed, kind, name, json: json.to_owned() }, Options { version, raw_data: false }, Activity::Create);
    let faults = faults(finding.to_string().as_bytes());
    assert!(faults.is_empty(), "{faults:#?}");
    finding
}

#[test]
fn evidence_that_a_version_has_no_attribute_for_stands_whole_in_data_and_is_observed_there() {
    let evidence = r#"{"@odata.type":"x.urlEvidence","url":"https://evil.example/"}"#;
    let alert = format!(r#"{{"id":"a","evidence":[{evidence}]}}"#);
    let older = graph(&alert, Version::V1_2_0);
    assert_eq!(older["evidences"], json!([{"data": serde_json::from_str::<Value>(evidence).expect("JSON")}]));
    assert_eq!(older["observables"][0]["name"], "evidences[0].data");
    let newer = graph(&alert, Version::V1_5_0);
    assert_eq!(newer["evidences"][0]["url"]["url_string"], "https://evil.example/");
    assert_eq!(newer["observables"][0]["name"], "evidences[0].url.url_string");
}

#[test]
fn numbers_that_came_later_are_other_with_their_captions() {
    let alert = r#"{"id":"a","evidence":[{"@odata.type":"x.processEvidence","processId":7,"detectionStatus":"detected"}]}"#;
    let older = graph(alert, Version::V1_1_0);
    assert_eq!((&older["cloud"]["account"]["type_id"], &older["cloud"]["account"]["type"]), (&json!(99), &json!("M365 Tenant")));
    assert_eq!((&older["action_id"], &older["action"]), (&json!(99), &json!("Observed")));
    assert_eq!((&older["observables"][0]["type_id"], &older["observables"][0]["type"]), (&json!(99), &json!("Process ID")));
    let newer = graph(alert, Version::V1_4_0);
    assert_eq!((&newer["cloud"]["account"]["type_id"], &newer["action_id"]), (&json!(17), &json!(3)));
    assert_eq!(newer["observables"][0]["type_id"], 15);
}

#[test]
fn what_an_older_class_has_no_attribute_for_stands_in_unmapped_by_the_vendors_name() {
    let alert =
        r#"{"id":"a","providerAlertId":"p","assignedTo":"kim@corp.example","incidentWebUrl":"https://x/1","systemTags":["t"]}"#;
    let older = graph(alert, Version::V1_3_0);
    let expected =
        json!({"providerAlertId": "p", "assignedTo": "kim@corp.example", "incidentWebUrl": "https://x/1", "systemTags": ["t"]});
    assert_eq!(older["unmapped"], expected);
    assert_eq!(older["metadata"]["profiles"], json!(["cloud", "datetime", "host", "security_control"]));
    assert_eq!(older["finding_info"]["title"], "a", "older versions insist on a title");
    assert_eq!(graph(alert, Version::V1_4_0).get("unmapped"), None);
}
