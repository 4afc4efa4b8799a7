//! The Detection Finding, as which alerts are written.

use super::attacks::{Attack, attacks};
use super::captions;
use super::class::{self, DETECTION};
use super::finding_info::{FindingInfo, finding_info};
use super::gather::Gathered;
use super::item::Item;
use super::later;
use super::metadata::{About, Cloud, Metadata, cloud, metadata, readable};
use super::moment::{DateTime, Millis, moment};
use super::names;
use super::object::objects;
use super::objects::{Actor, Device, Fingerprint, Malware, Resource, Ticket, User};
use super::observables::Observable;
use super::source::Source;
use super::things::assignee;
use super::time::time_of;
use super::unmapped::Unmapped;
use super::{Options, Version};
use crate::alert::{Alert, Text};
use crate::format::{Context, Note};

objects! {
    /// `policy`: at least one of its attributes.
    Policy: "policy" {
        uid: Text<'a>,
    }

    /// `remediation`
    Remediation: "remediation" {
        desc: Text<'a>,
    }

    /// Class 2004.
    DetectionFinding: "detection_finding" {
        activity_id: u32,
        activity_name: &'static str,
        category_uid: u32,
        category_name: &'static str,
        class_uid: u32,
        class_name: &'static str,
        type_uid: u32,
        type_name: &'static str,
        time: Millis,
        time_dt: Option<DateTime>,
        start_time: Option<Millis>,
        start_time_dt: Option<DateTime>,
        end_time: Option<Millis>,
        end_time_dt: Option<DateTime>,
        timezone_offset: u32,
        severity_id: u32,
        severity: Text<'a>,
        status_id: u32,
        status: Text<'a>,
        status_detail: Option<Text<'a>>,
        is_alert: Option<bool>,
        message: Option<Text<'a>>,
        comment: Option<Text<'a>>,
        verdict_id: Option<u32>,
        verdict: Option<Text<'a>>,
        action_id: u32,
        action: &'static str,
        disposition_id: u32,
        disposition: &'static str,
        metadata: Metadata<'a>,
        cloud: Cloud<'a>,
        info as "finding_info": FindingInfo<'a>,
        attacks: Vec<Attack<'a>>,
        policy: Option<Policy<'a>>,
        src_url: Option<Text<'a>>,
        tickets: Vec<Ticket<'a>>,
        assignee: Option<User<'a>>,
        device: Option<Device<'a>>,
        actor: Option<Actor<'a>>,
        malware: Vec<Malware<'a>>,
        remediation: Option<Remediation<'a>>,
        resources: Vec<Resource<'a>>,
        evidences: Vec<Item<'a>>,
        observables: Vec<Observable<'a>>,
        raw_data: Option<Text<'a>>,
        raw_data_hash: Option<Fingerprint<'a>>,
        raw_data_size: Option<u64>,
        unmapped: Unmapped<'a>,
    }
}

/// Maps an alert; whatever surprised us on the way is added to `notes` and told in `metadata.debug`.
pub fn detection_finding<'a>(
    alert: &Alert<'a>,
    context: &Context<'a>,
    options: Options,
    notes: &mut Vec<Note>,
) -> DetectionFinding<'a> {
    let version = options.version;
    let (activity_id, activity_name) = class::activity_id(context.activity);
    let (type_uid, type_name) = DETECTION.type_of(context.activity);
    let (severity_id, severity) = captions::severity(alert.severity, alert.severity_word.as_ref());
    let (status_id, status) = captions::alert_status(alert.status, alert.status_word.as_ref());
    let (verdict_id, verdict) = captions::verdict(alert.classification.as_ref(), alert.determination.as_ref());
    let (start_time, start_time_dt) = readable(alert.first_activity.as_ref()).and_then(moment).unzip();
    let (end_time, end_time_dt) = readable(alert.last_activity.as_ref()).and_then(moment).unzip();
    let names = names::of_alert(context.feed);
    let (time, time_dt) = time_of((alert.created.as_ref(), alert.updated.as_ref()), context, names.created, notes);
    let gathered = gather(alert, version);
    let unmapped = Unmapped::of_alert(alert, context, version, notes);
    let source = Source::of(alert.raw, alert.shortened, options);
    let attacks = attacks(&alert.mitre_techniques, &alert.categories);
    DetectionFinding {
        activity_id,
        activity_name,
        category_uid: class::CATEGORY.0,
        category_name: class::CATEGORY.1,
        class_uid: DETECTION.uid,
        class_name: DETECTION.name,
        type_uid,
        type_name,
        time,
        time_dt,
        start_time,
        start_time_dt,
        end_time,
        end_time_dt,
        timezone_offset: 0,
        severity_id,
        severity,
        status_id,
        status,
        status_detail: alert.investigation_state.clone(),
        is_alert: Some(!alert.status.is_over()),
        message: alert.title.clone(),
        comment: alert.comments.iter().rev().find_map(|comment| comment.text.clone()),
        verdict_id: Some(verdict_id),
        verdict: Some(verdict),
        action_id: later::number(version, "detection_finding", "action_id", gathered.done.action.0),
        action: gathered.done.action.1,
        disposition_id: gathered.done.disposition.0,
        disposition: gathered.done.disposition.1,
        metadata: metadata(About::alert(alert, context.feed), context, version, notes.iter().map(ToString::to_string).collect()),
        cloud: cloud(context, version),
        info: finding_info(alert, attacks.clone()).titled(version),
        attacks,
        policy: alert.policy_id.clone().map(|uid| Policy { uid }),
        src_url: alert.incident_url.clone(),
        tickets: ticket(alert).into_iter().collect(),
        assignee: alert.assigned_to.clone().map(assignee),
        device: gathered.device,
        actor: Some(gathered.actor).filter(|actor| actor.process.is_some() || actor.user.is_some()),
        malware: gathered.malware,
        remediation: alert.recommended_actions.clone().map(|desc| Remediation { desc }),
        resources: gathered.resources,
        evidences: gathered.items,
        observables: gathered.observables.into_list(version),
        raw_data: source.text,
        raw_data_hash: source.hash,
        raw_data_size: source.size,
        unmapped,
    }
}

/// The incident, which is where the vendor's portal tracks the work on an alert.
fn ticket<'a>(alert: &Alert<'a>) -> Option<Ticket<'a>> {
    let (uid, src_url) = (alert.incident_id.clone(), alert.incident_url.clone());
    (uid.is_some() || src_url.is_some()).then_some(Ticket { uid, kind: "Incident", src_url })
}

fn gather<'a>(alert: &Alert<'a>, version: Version) -> Gathered<'a> {
    let mut gathered = Gathered::new(version);
    if let Some(name) = alert.threat_name.as_ref().or(alert.threat_family.as_ref()) {
        gathered.add_malware(name.clone(), alert.threat_family.clone());
    }
    for thing in &alert.things {
        gathered.add_named(thing.clone());
    }
    for evidence in alert.decoded_evidence() {
        gathered.add(evidence);
    }
    gathered.finish();
    gathered
}
