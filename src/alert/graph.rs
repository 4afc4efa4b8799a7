//! Microsoft Graph's `security/alerts_v2` record, read into a [`Header`] or an [`Alert`].

use serde_json::value::RawValue;

use super::json::{self, Read};
use super::{Alert, Comment, Header, Severity, Status, Text, Unreadable, stamp};

/// Reads what decides over a record, and skips the rest.
///
/// A member of an odd type does not fail the record, except `id`: an alert without one cannot be told from another.
/// Where a member stands twice, the first one counts, here as in [`parse`].
///
/// # Errors
/// When the record is no JSON object, or has no ID.
pub fn header(raw: &str) -> Result<Header, Unreadable> {
    let (mut id, mut tenant, mut service) = (None, None, None);
    let (mut created, mut updated) = (None, None);
    let (mut severity, mut status) = (None, None);
    json::members(raw, |name, value| {
        match &*name {
            "id" => json::text(value).put(&mut id),
            "tenantId" => json::text(value).put(&mut tenant),
            "serviceSource" => json::text(value).put(&mut service),
            "createdDateTime" => json::stamp(value).put(&mut created),
            "lastUpdateDateTime" => json::stamp(value).put(&mut updated),
            "severity" => word(value, Severity::Other, Severity::from_word).put(&mut severity),
            "status" => word(value, Status::Other, Status::from_word).put(&mut status),
            _ => true,
        };
    })
    .map_err(|error| no_object(&error))?;
    let created = created.and_then(|stamp| stamp.at);
    Ok(Header {
        id: id.ok_or_else(no_id)?.into_owned(),
        tenant_id: tenant.map(|id| id.to_ascii_lowercase()),
        created,
        updated: updated.and_then(|stamp| stamp.at).or(created),
        severity: severity.unwrap_or_default(),
        status: status.unwrap_or_default(),
        service: service.map(Text::into_owned),
    })
}

fn word<T>(value: &RawValue, odd: T, read: fn(&str) -> T) -> Read<T> {
    match json::text(value) {
        Read::Absent => Read::Absent,
        Read::Found(word) => Read::Found(read(&word)),
        Read::Odd => Read::Found(odd),
    }
}

/// Reads a whole record. What it does not understand stands in [`Alert::extra`]; evidence stays undecoded.
///
/// # Errors
/// As [`header`].
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
        "severity" => {
            let understood = json::text(value).put(&mut alert.severity_word);
            alert.severity = match &alert.severity_word {
                Some(word) => Severity::from_word(word),
                None if understood => alert.severity,
                None => Severity::Other,
            };
            understood
        }
        "status" => {
            let understood = json::text(value).put(&mut alert.status_word);
            alert.status = match &alert.status_word {
                Some(word) => Status::from_word(word),
                None if understood => alert.status,
                None => Status::Other,
            };
            understood
        }
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

fn no_id() -> Unreadable {
    Unreadable("it has no `id`, or one that is not a text; a non-empty text was expected".to_owned())
}

/// Serde's own words for a wrong type repeat the value, which may be anything and of any length.
fn no_object(error: &serde_json::Error) -> Unreadable {
    if error.is_data() {
        Unreadable("it is not a JSON object".to_owned())
    } else {
        Unreadable(format!("it is not JSON: {error}"))
    }
}

/// Which revision of an alert this is: its last update, else its creation.
#[must_use]
pub fn revision(alert: &Alert<'_>) -> Option<jiff::Timestamp> {
    let read = |stamp: &Option<stamp::Stamp<'_>>| stamp.as_ref().and_then(|stamp| stamp.at);
    read(&alert.updated).or_else(|| read(&alert.created))
}

#[cfg(test)]
mod tests;
