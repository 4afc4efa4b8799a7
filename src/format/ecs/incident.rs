//! How an incident becomes a document: what people know it by, how far its handling has come, and what its alerts have in common.
//! The alerts inside are documents of their own; `labels.incident_id` is the same in all of them.

use std::collections::BTreeMap;

use super::cloud::{self, Service, Target};
use super::document::{self, Document, Ecs};
use super::event::{self, Event};
use super::labels::Labels;
use super::moment::Moment;
use super::origin::{self, Rule};
use super::ours::{Ours, Unmapped};
use super::threat::Threat;
use super::{Options, VERSION};
use crate::alert::{Alert, Finding, Incident, Kind, ReadFinding, Text, graph, xdr};
use crate::format::attack::tactic_of_category;
use crate::format::{Context, event_uid};
use crate::source::FeedKind;

pub fn of_incident<'a>(incident: &Incident<'a>, context: &Context<'a>, options: Options) -> Document<'a> {
    let alerts = inside(incident, context.feed);
    let known_as = incident.known_as();
    let techniques = alerts.iter().flat_map(|alert| &alert.mitre_techniques);
    let categories = alerts.iter().flat_map(|alert| &alert.categories).chain(&incident.tactics);
    let first = alerts.iter().filter_map(|alert| Moment::of(alert.first_activity.as_ref())).min_by_key(|moment| moment.0);
    let last = alerts.iter().filter_map(|alert| Moment::of(alert.last_activity.as_ref())).max_by_key(|moment| moment.0);
    let texts = [&incident.description, &incident.summary, &incident.title];
    let mut document = Document {
        timestamp: Some(document::timestamp(incident.updated.as_ref(), incident.created.as_ref(), context)),
        ecs: Ecs { version: Some(VERSION) },
        message: texts.into_iter().flatten().next().cloned(),
        event: Event {
            original: document::original(incident.raw, options, incident.shortened),
            ..event::of_incident(incident, context.feed, (first, last))
        },
        rule: Rule { name: incident.title.clone(), ..Rule::default() },
        threat: Threat::of(techniques, categories),
        observer: origin::observer_of_incident(incident, context.feed),
        organization: origin::organization(context),
        cloud: cloud::cloud(context, Service::default(), Target::default()),
        tags: document::tags(&incident.tags, incident.shortened, context),
        labels: labels(incident, &known_as, context),
        alertferry: Ours {
            event_uid: Some(event_uid(context, &known_as, incident.revision()).to_string()),
            collected: Some(Moment(context.collected)),
            evidence: Vec::new(),
            alert_ids: alerts.iter().map(|alert| alert.id.clone()).collect(),
            unmapped: unmapped(incident, context),
        },
        ..Document::default()
    };
    document.related.add_users([&incident.assigned_to]);
    document
}

/// The alerts inside that can be read; those that cannot are reported by themselves.
fn inside<'a>(incident: &Incident<'a>, feed: FeedKind) -> Vec<Box<Alert<'a>>> {
    let read: ReadFinding = match feed {
        FeedKind::XdrIncidents => xdr::read,
        _ => graph::incident::read,
    };
    let alert = |raw: &&'a serde_json::value::RawValue| match read(Kind::Alert, raw.get()) {
        Ok(Finding::Alert(alert)) => Some(alert),
        _ => None,
    };
    incident.alerts.iter().filter_map(alert).collect()
}

fn labels<'a>(incident: &Incident<'a>, known_as: &str, context: &Context<'a>) -> BTreeMap<Text<'a>, Text<'a>> {
    let known = known_as.strip_prefix("incident:").unwrap_or(known_as);
    let mut labels = Labels::of(context);
    labels.put_severity(incident.severity, incident.severity_word.as_ref());
    labels.put_status(incident.status, incident.status_word.as_ref());
    labels.put("classification", incident.classification.clone());
    labels.put("determination", incident.determination.clone());
    labels.put("incident_id", Some(Text::Owned(known.to_owned())));
    labels.put("incident_number", incident.number.clone());
    labels.put("provider_incident_id", incident.provider_id.clone());
    labels.put("redirect_incident_id", incident.redirect_id.clone());
    labels.put_shortened(incident.shortened);
    labels.with_those_of_the_tenant(context)
}

fn unmapped<'a>(incident: &Incident<'a>, context: &Context<'a>) -> Unmapped<'a> {
    let mut unmapped = Unmapped::of(&incident.extra);
    if incident.description.is_some() {
        unmapped.text("summary", incident.summary.as_ref());
    }
    unmapped.text("resolvingComment", incident.resolving_comment.as_ref());
    unmapped.text("lastModifiedBy", incident.last_modified_by.as_ref());
    unmapped.text("assignedTo", incident.assigned_to.as_ref());
    unmapped.text("providerName", incident.provider_name.as_ref());
    if event::risk_score(incident).is_none() {
        unmapped.text("priorityScore", incident.priority.as_ref());
    }
    unmapped.texts("products", &incident.products);
    if incident.tactics.iter().any(|tactic| tactic_of_category(tactic).is_none()) {
        unmapped.texts("tactics", &incident.tactics);
    }
    unmapped.comments(&incident.comments);
    unmapped.text("tenantId", document::foreign(incident.tenant_id.as_ref(), context));
    unmapped.stamp("createdDateTime", incident.created.as_ref());
    unmapped.stamp("lastUpdateDateTime", incident.updated.as_ref());
    unmapped.stamp("firstActivityDateTime", incident.first_activity.as_ref());
    unmapped.stamp("lastActivityDateTime", incident.last_activity.as_ref());
    unmapped
}
