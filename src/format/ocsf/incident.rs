//! The Incident Finding, as which incidents are written.

use super::Options;
use super::attacks::Attack;
use super::captions;
use super::class::{self, INCIDENT};
use super::finding_info::FindingInfo;
use super::inside::Inside;
use super::metadata::{About, Cloud, Metadata, cloud, metadata, readable};
use super::moment::{DateTime, Millis, moment};
use super::names;
use super::object::objects;
use super::objects::{Fingerprint, Group, User};
use super::source::Source;
use super::things::assignee;
use super::time::time_of;
use super::unmapped::Unmapped;
use crate::alert::{Incident, Text};
use crate::format::{Context, Note};

objects! {
    /// Class 2005.
    IncidentFinding: "incident_finding" {
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
        status_code: Option<Text<'a>>,
        status_detail: Option<Text<'a>>,
        is_alert: Option<bool>,
        message: Option<Text<'a>>,
        desc: Option<Text<'a>>,
        comment: Option<Text<'a>>,
        verdict_id: u32,
        verdict: Text<'a>,
        priority_id: Option<u32>,
        priority: Option<&'static str>,
        risk_score: Option<u32>,
        metadata: Metadata<'a>,
        cloud: Cloud<'a>,
        finding_info_list: Vec<FindingInfo<'a>>,
        attacks: Vec<Attack<'a>>,
        src_url: Option<Text<'a>>,
        assignee: Option<User<'a>>,
        assignee_group: Option<Group<'a>>,
        raw_data: Option<Text<'a>>,
        raw_data_hash: Option<Fingerprint<'a>>,
        raw_data_size: Option<u64>,
        unmapped: Unmapped<'a>,
    }
}

/// Maps an incident; whatever surprised us on the way is added to `notes` and told in `metadata.debug`.
pub fn incident_finding<'a>(
    incident: &Incident<'a>,
    context: &Context<'a>,
    options: Options,
    notes: &mut Vec<Note>,
) -> IncidentFinding<'a> {
    let version = options.version;
    let (activity_id, activity_name) = class::activity_id(context.activity);
    let (type_uid, type_name) = INCIDENT.type_of(context.activity);
    let (severity_id, severity) = captions::severity(incident.severity, incident.severity_word.as_ref());
    let (status_id, status) = captions::incident_status(incident.status, incident.status_word.as_ref());
    let (verdict_id, verdict) = captions::verdict(incident.classification.as_ref(), incident.determination.as_ref());
    let score: Option<u32> = incident.priority.as_deref().and_then(|score| score.parse().ok()).filter(|score| *score <= 100);
    let (priority_id, priority) = score.map(captions::priority).unzip();
    let names = names::of_incident(context.feed);
    let (time, time_dt) = time_of((incident.created.as_ref(), incident.updated.as_ref()), context, names.created, notes);
    let inside = Inside::read(incident, context.feed, notes);
    let start = readable(incident.first_activity.as_ref()).or(inside.first_activity);
    let end = readable(incident.last_activity.as_ref()).or(inside.last_activity);
    let (start_time, start_time_dt) = start.and_then(moment).unzip();
    let (end_time, end_time_dt) = end.and_then(moment).unzip();
    let unmapped = Unmapped::of_incident(incident, context, version, notes);
    let source = Source::of(incident.raw, incident.shortened, options);
    let last_comment = incident.comments.iter().rev().find_map(|comment| comment.text.clone());
    let assignee = incident.assigned_to.clone().map(assignee);
    // The class insists on somebody, or some group.
    let nobody = Group { name: Some("Unassigned".into()), ..Group::default() };
    IncidentFinding {
        activity_id,
        activity_name,
        category_uid: class::CATEGORY.0,
        category_name: class::CATEGORY.1,
        class_uid: INCIDENT.uid,
        class_name: INCIDENT.name,
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
        status_code: incident.status_word.clone(),
        status_detail: incident.redirect_id.as_ref().map(|id| Text::Owned(format!("Merged into incident {id}"))),
        is_alert: Some(!incident.status.is_over()),
        message: incident.title.clone(),
        desc: incident.description.clone().or_else(|| incident.summary.clone()),
        comment: last_comment.or_else(|| incident.resolving_comment.clone()),
        verdict_id,
        verdict,
        priority_id,
        priority,
        risk_score: score,
        metadata: metadata(
            About::incident(incident, context.feed),
            context,
            version,
            notes.iter().map(ToString::to_string).collect(),
        ),
        cloud: cloud(context, version),
        attacks: inside.attacks(&incident.tactics),
        finding_info_list: inside.list(incident, context.feed).into_iter().map(|info| info.titled(version)).collect(),
        src_url: incident.url.clone(),
        assignee_group: assignee.is_none().then_some(nobody),
        assignee,
        raw_data: source.text,
        raw_data_hash: source.hash,
        raw_data_size: source.size,
        unmapped,
    }
}
