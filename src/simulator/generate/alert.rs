//! Writes one alert as Graph's `microsoft.graph.security.alert`, all 36 members.

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use super::evidence;
use super::object::Object;
use super::{Kind, cut, shorten};
use crate::simulator::enums;
use crate::simulator::store::{Body, Row};

/// Appends the alert's JSON. A given one comes out byte for byte, unless newer enum members must be hidden in it.
///
/// `reveal`: the client asked for enum members beyond those that it may know.
pub fn write(out: &mut Vec<u8>, row: &Row, tenant: &str, reveal: bool) {
    match &row.body {
        Body::Generated { seed, kind } => generated(out, row, tenant, (*seed, *kind), reveal),
        Body::Given(text) if reveal => out.extend_from_slice(text.as_bytes()),
        Body::Given(text) => match serde_json::from_str::<serde_json::Value>(text) {
            Ok(before) => {
                let mut after = before.clone();
                enums::hide_newer_members(&mut after);
                if before == after {
                    out.extend_from_slice(text.as_bytes());
                } else {
                    out.extend_from_slice(after.to_string().as_bytes());
                }
            }
            Err(_) => out.extend_from_slice(text.as_bytes()),
        },
    }
}

/// Everything drawn here comes from the row's seed and in the same order, so that an alert keeps its content when its status
/// changes.
fn generated(out: &mut Vec<u8>, row: &Row, tenant: &str, (seed, kind): (u64, Kind), reveal: bool) {
    let rng = &mut Rng::with_seed(seed);
    let pattern = kind.pattern();
    let title = pattern.titles[rng.usize(..pattern.titles.len())];
    let described = rng.u8(..4) > 0;
    let assigned = rng.bool();
    let disagrees = rng.u8(..10) == 0;
    let techniques = if rng.bool() { pattern.techniques } else { &pattern.techniques[..pattern.techniques.len().min(1)] };
    let last_activity = shorten(row.created - SignedDuration::from_millis(rng.i64(1_000..90_000)), rng);
    let first_activity = cut(last_activity - SignedDuration::from_millis(rng.i64(0..600_000)), 6);
    let detector = guid(rng);
    let resolved = &*row.status == "resolved";
    Object::write(out, |o| {
        o.text("id", &row.id);
        o.text("providerAlertId", row.id.get(2..).unwrap_or(&row.id));
        o.text("incidentId", &row.incident.to_string());
        o.text("status", &row.status);
        o.text("severity", &row.severity);
        if resolved {
            o.text("classification", "truePositive");
            o.text("determination", "confirmedActivity");
        } else {
            o.nulls(&["classification", "determination"]);
        }
        o.text("serviceSource", enums::shown("serviceSource", pattern.service, reveal));
        o.text("detectionSource", enums::shown("detectionSource", pattern.detection, reveal));
        o.text("productName", pattern.product);
        o.text("detectorId", &detector);
        o.text("tenantId", tenant);
        o.text("title", title);
        o.text("description", if described { description(pattern.category) } else { String::new() }.as_str());
        o.text("recommendedActions", if described { ADVICE } else { "" });
        o.text("category", if disagrees { "InitialAccess" } else { pattern.category });
        o.texts("categories", &[pattern.category]);
        if assigned && &*row.status != "new" {
            o.text("assignedTo", "analyst@corp.example");
        } else {
            o.nulls(&["assignedTo"]);
        }
        o.nulls(&["actorDisplayName"]);
        if pattern.category == "Malware" {
            o.text("threatDisplayName", "Ransom:Win32/Kekeo.A");
            o.text("threatFamilyName", "Kekeo");
        } else {
            o.nulls(&["threatDisplayName", "threatFamilyName"]);
        }
        o.texts("mitreTechniques", techniques);
        o.text("investigationState", if resolved { "successfullyRemediated" } else { "queued" });
        o.nulls(&["alertPolicyId"]);
        o.text("alertWebUrl", &format!("https://security.microsoft.com/alerts/{}?tid={tenant}", row.id));
        o.text("incidentWebUrl", &format!("https://security.microsoft.com/incident2/{}/overview?tid={tenant}", row.incident));
        o.stamp("createdDateTime", row.created);
        o.stamp("lastUpdateDateTime", row.updated);
        if resolved {
            o.stamp("resolvedDateTime", row.updated);
        } else {
            o.nulls(&["resolvedDateTime"]);
        }
        o.stamp("firstActivityDateTime", first_activity);
        o.stamp("lastActivityDateTime", last_activity);
        o.texts("systemTags", if assigned { &["Critical asset"][..] } else { &[] });
        comments(o, resolved.then_some(row.updated));
        o.object("customDetails", |o| {
            if disagrees {
                o.texts("Ticket", &["SOC-17", "SOC-18"]);
            }
        });
        o.object("additionalData", |o| {
            if described {
                o.plain("Confidence", 0.75);
            }
        });
        o.objects("evidence", evidence::choose(pattern.things, rng), |o, thing| {
            evidence::write(o, thing, rng, row.created, reveal);
        });
    });
}

const ADVICE: &str = "1. Validate the alert.\n2. Isolate the device if it is a true positive.\n3. Reset the account's password.\n\
                      See also https://security.microsoft.com/threatanalytics3?tid=x&view=overview";

fn description(category: &str) -> String {
    format!(
        "An activity of the category {category} was observed. An attacker might use it to reach further into the network.\n\n\
         This can be part of normal operation; compare with what the \"usual\" maintenance does.\tTab, \\backslash\\ and “quotes”."
    )
}

fn comments(o: &mut Object<'_>, at: Option<Timestamp>) {
    o.objects("comments", at, |o, at| {
        o.text("comment", "Confirmed with the owner – closed ✔");
        o.text("createdByDisplayName", "analyst@corp.example");
        o.stamp("createdDateTime", at);
    });
}

/// A GUID of the tenant's own chance, so that the same seed gives the same one.
pub(super) fn guid(rng: &mut Rng) -> String {
    uuid::Builder::from_random_bytes(rng.u128(..).to_be_bytes()).into_uuid().to_string()
}
