//! Older versions of OCSF: each finding is valid in every version that can be chosen, and what a version lacks stands elsewhere.

use alertferry::format::Activity;
use alertferry::format::ocsf::{self, Options, Version};
use serde_json::{Map, Value};

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
