//! Reads a whole record.

use serde_json::value::RawValue;

use super::{graded, no_id, no_object};
use crate::alert::json::{self, Read};
use crate::alert::{Alert, Comment, Severity, Status, Text, Unreadable};

/// Reads a whole record. What it does not understand stands in [`Alert::extra`]; evidence stays undecoded.
///
/// # Errors
/// As [`header`](super::header).
pub fn parse(raw: &str) -> Result<Alert<'_>, Unreadable> {
    let mut alert = Alert { raw, ..Alert::default() };
    let (mut id, mut category) = (None, None);
    json::members(raw, |name, value| {
        let understood = match &*name {
            "id" => json::text(value).put(&mut id),
            "category" => json::text(value).put(&mut category),
            _ => put(&mut alert, &name, value),
        };
        if !understood {
            alert.extra.push((name, value));
        }
    })
    .map_err(|error| no_object(&error))?;
    alert.id = id.ok_or_else(no_id)?;
    alert.categories.extend(category);
    each_once(&mut alert.categories);
    Ok(alert)
}

/// Puts a member where it belongs; `false` when it must be kept among the extra ones.
fn put<'a>(alert: &mut Alert<'a>, name: &str, value: &'a RawValue) -> bool {
    match name {
        "providerAlertId" => json::text(value).put(&mut alert.provider_id),
        "incidentId" => json::text_or_number(value).put(&mut alert.incident_id),
        "incidentWebUrl" => json::text(value).put(&mut alert.incident_url),
        "tenantId" => json::text(value).put(&mut alert.tenant_id),
        "title" => json::text(value).put(&mut alert.title),
        "description" => json::text(value).put(&mut alert.description),
        "recommendedActions" => json::text(value).put(&mut alert.recommended_actions),
        "severity" => graded(value, &mut alert.severity_word, &mut alert.severity, Severity::Other, Severity::from_word),
        "status" => graded(value, &mut alert.status_word, &mut alert.status, Status::Other, Status::from_word),
        "classification" => json::text(value).put(&mut alert.classification),
        "determination" => json::text(value).put(&mut alert.determination),
        "investigationState" => json::text(value).put(&mut alert.investigation_state),
        "serviceSource" => json::text(value).put(&mut alert.service_source),
        "productName" => json::text(value).put(&mut alert.product_name),
        "detectionSource" => json::text(value).put(&mut alert.detection_source),
        "detectorId" => json::text(value).put(&mut alert.detector_id),
        "alertPolicyId" => json::text(value).put(&mut alert.policy_id),
        "categories" => put_texts(&mut alert.categories, value),
        "mitreTechniques" => put_texts(&mut alert.mitre_techniques, value),
        "systemTags" => put_texts(&mut alert.system_tags, value),
        "threatDisplayName" => json::text(value).put(&mut alert.threat_name),
        "threatFamilyName" => json::text(value).put(&mut alert.threat_family),
        "actorDisplayName" => json::text(value).put(&mut alert.actor),
        "assignedTo" => json::text(value).put(&mut alert.assigned_to),
        "alertWebUrl" => json::text(value).put(&mut alert.url),
        "createdDateTime" => json::stamp(value).put(&mut alert.created),
        "lastUpdateDateTime" => json::stamp(value).put(&mut alert.updated),
        "resolvedDateTime" => json::stamp(value).put(&mut alert.resolved),
        "firstActivityDateTime" => json::stamp(value).put(&mut alert.first_activity),
        "lastActivityDateTime" => json::stamp(value).put(&mut alert.last_activity),
        "comments" => put_comments(&mut alert.comments, value),
        "evidence" => match json::elements(value) {
            Read::Absent => true,
            Read::Found(evidence) if alert.evidence.is_empty() => {
                alert.evidence = evidence;
                true
            }
            Read::Found(_) | Read::Odd => false,
        },
        _ => false,
    }
}

fn put_texts<'a>(slot: &mut Vec<Text<'a>>, value: &'a RawValue) -> bool {
    let (texts, whole) = json::texts(value);
    if !slot.is_empty() {
        return texts.is_empty() && whole;
    }
    *slot = texts;
    each_once(slot);
    whole
}

/// Quadratic in the number of words, so a list that no vendor sends is left as it is.
fn each_once(words: &mut Vec<Text<'_>>) {
    const PLAUSIBLE: usize = 100;
    if words.len() > PLAUSIBLE {
        return;
    }
    let mut kept: Vec<Text<'_>> = Vec::with_capacity(words.len());
    for word in words.drain(..) {
        if !kept.contains(&word) {
            kept.push(word);
        }
    }
    *words = kept;
}

fn put_comments<'a>(slot: &mut Vec<Comment<'a>>, value: &'a RawValue) -> bool {
    let comments = match json::elements(value) {
        Read::Absent => return true,
        Read::Found(comments) if slot.is_empty() => comments,
        Read::Found(_) | Read::Odd => return false,
    };
    let mut whole = true;
    for comment in comments {
        let (mut text, mut author, mut created) = (None, None, None);
        let read = json::members(comment.get(), |name, value| {
            whole &= match &*name {
                "comment" => json::text(value).put(&mut text),
                "createdByDisplayName" | "createdBy" => json::text(value).put(&mut author),
                "createdDateTime" | "createdTime" => json::text(value).put(&mut created),
                "@odata.type" => true,
                _ => false,
            };
        });
        whole &= read.is_ok();
        slot.push(Comment { text, author, created });
    }
    whole
}
