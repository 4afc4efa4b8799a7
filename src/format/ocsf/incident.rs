//! An incident as an Incident Finding (class 2005).

use super::attacks::{Attack, attacks};
use super::captions;
use super::finding::{assignee, time};
use super::finding_info::{FindingInfo, Related, finding_info};
use super::metadata::{Cloud, Metadata, Subject, cloud, incident_product, metadata, readable};
use super::moment::{DateTime, Millis, moment};
use super::object::objects;
use super::objects::{Group, User};
use super::unmapped::Unmapped;
use crate::alert::{Finding, Incident, Kind, ReadFinding, Text, graph, xdr};
use crate::format::{Context, Note};
use crate::source::FeedKind;

objects! {
    /// Class 2005 of OCSF 1.8.0.
    IncidentFinding {
        activity_id: u32,
        activity_name: &'static str,
        category_uid: u32,
        category_name: &'static str,
        class_uid: u32,
        class_name: &'static str,
        type_uid: u32,
        type_name: Text<'a>,
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
        is_alert: bool,
        message: Option<Text<'a>>,
        desc: Option<Text<'a>>,
        comment: Option<Text<'a>>,
        verdict_id: u32,
        verdict: Text<'a>,
        priority_id: Option<u32>,
        priority: Option<Text<'a>>,
        risk_score: Option<u32>,
        metadata: Metadata<'a>,
        cloud: Cloud<'a>,
        finding_info_list: Vec<FindingInfo<'a>>,
        attacks: Vec<Attack<'a>>,
        src_url: Option<Text<'a>>,
        assignee: Option<User<'a>>,
        assignee_group: Option<Group<'a>>,
        unmapped: Unmapped<'a>,
    }
}

const CLASS: u32 = 2005;
const CLASS_NAME: &str = "Incident Finding";

/// Maps an incident; whatever surprised us on the way is added to `notes` and told in `metadata.debug`.
pub fn finding<'a>(incident: &Incident<'a>, context: &Context<'a>, notes: &mut Vec<Note>) -> IncidentFinding<'a> {
    let (activity_id, activity_name) = captions::activity(context.activity);
    let (severity_id, severity) = captions::severity(incident.severity, incident.severity_word.as_ref());
    let (status_id, status) = captions::incident_status(incident.status, incident.status_word.as_ref());
    let (verdict_id, verdict) = captions::verdict(incident.classification.as_ref(), incident.determination.as_ref());
    let (start_time, start_time_dt) = readable(incident.first_activity.as_ref()).and_then(moment).unzip();
    let (end_time, end_time_dt) = readable(incident.last_activity.as_ref()).and_then(moment).unzip();
    let (time, time_dt) = time([incident.created.as_ref(), incident.updated.as_ref()], context, notes);
    let score: Option<u32> = incident.priority.as_deref().and_then(|score| score.parse().ok());
    let priority = score.map(captions::priority);
    let unmapped = Unmapped::of_incident(incident, context, notes);
    IncidentFinding {
        activity_id,
        activity_name,
        category_uid: 2,
        category_name: "Findings",
        class_uid: CLASS,
        class_name: CLASS_NAME,
        type_uid: CLASS * 100 + activity_id,
        type_name: format!("{CLASS_NAME}: {activity_name}").into(),
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
        status_detail: incident.resolving_comment.clone(),
        is_alert: !incident.status.is_over(),
        message: incident.title.clone(),
        desc: incident.description.clone(),
        comment: incident.comments.iter().rev().find_map(|comment| comment.text.clone()),
        verdict_id,
        verdict,
        priority_id: priority.map(|(id, _)| id),
        priority: priority.map(|(_, caption)| caption.into()),
        risk_score: score,
        metadata: metadata(Subject::incident(incident), context, notes.iter().map(ToString::to_string).collect()),
        cloud: cloud(context),
        finding_info_list: list(incident, context.feed),
        attacks: attacks(&[], &incident.tactics),
        src_url: incident.url.clone(),
        assignee: incident.assigned_to.clone().map(assignee),
        assignee_group: incident.assigned_to.is_none().then(nobody),
        unmapped,
    }
}

/// OCSF wants an assignee or a group of them; a name of nobody must not look like a user's.
fn nobody<'a>() -> Group<'a> {
    Group { uid: None, name: Some("Unassigned".into()) }
}

/// The alerts inside, as far as their own findings need to be found. OCSF wants at least one entry; only one can say into which
/// other incident this one was merged: then the incident stands there itself.
fn list<'a>(incident: &Incident<'a>, feed: FeedKind) -> Vec<FindingInfo<'a>> {
    let alerts = reader(feed).into_iter().flat_map(|read| {
        incident.alerts.iter().filter_map(move |raw| match read(Kind::Alert, raw.get()) {
            Ok(Finding::Alert(alert)) => {
                Some(FindingInfo { desc: None, attacks: Vec::new(), ..finding_info(&alert, Vec::new()) })
            }
            Ok(Finding::Incident(_)) | Err(_) => None, // such an alert is a dead letter of its own
        })
    });
    let mut list: Vec<_> = alerts.collect();
    if list.is_empty() || incident.redirect_id.is_some() {
        list.insert(0, itself(incident));
    }
    list
}

/// Who reads the alerts inside a feed's incidents.
fn reader(feed: FeedKind) -> Option<ReadFinding> {
    match feed {
        FeedKind::GraphIncidents => Some(graph::read),
        FeedKind::XdrIncidents => Some(xdr::read),
        _ => None,
    }
}

fn itself<'a>(incident: &Incident<'a>) -> FindingInfo<'a> {
    let merged = incident.redirect_id.iter().map(|uid| Related { uid: uid.clone(), kind: "Incident" });
    FindingInfo {
        uid: incident.known_as().into(),
        title: incident.title.clone(),
        types: vec!["Incident".into()],
        product: incident_product(incident),
        related_events: merged.collect(),
        related_events_count: incident.redirect_id.is_some().then_some(1),
        src_url: incident.url.clone(),
        ..FindingInfo::default()
    }
}
