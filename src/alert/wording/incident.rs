//! Reads a whole record as an incident.

use serde_json::value::RawValue;

use super::{Field, Ids, Wording, lists, words};
use crate::alert::json::{self, Read};
use crate::alert::members::Members;
use crate::alert::{Incident, Text, Unreadable};

#[derive(Default)]
struct Reading<'a> {
    incident: Incident<'a>,
    ids: Ids<'a>,
    system_tags: Vec<Text<'a>>,
    alerts: Option<Vec<&'a RawValue>>,
}

/// What is not understood stands in [`Incident::extra`]; the alerts inside stay undecoded.
///
/// # Errors
/// When the record is no JSON object, or has no ID.
pub(in crate::alert) fn incident<'a>(raw: &'a str, wording: &Wording) -> Result<Incident<'a>, Unreadable> {
    let mut reading = Reading { incident: Incident { raw, ..Incident::default() }, ..Reading::default() };
    let mut rest = Vec::new();
    wording.walk(raw, |field, place, value| {
        if !field.is_some_and(|field| reading.put(wording, field, value)) {
            rest.push((place.path(), value));
        }
    })?;
    let identity = (wording.identity)(&reading.ids).ok_or_else(|| wording.no_id())?;
    let Reading { mut incident, ids, system_tags, alerts } = reading;
    (incident.id, incident.provider_id, incident.provider_name) = (identity.id, identity.provider_id, ids.provider);
    incident.tags.extend(system_tags);
    lists::each_once(&mut incident.tags);
    incident.alerts = alerts.unwrap_or_default();
    incident.extra = rest;
    Ok(incident)
}

impl<'a> Reading<'a> {
    /// Puts a member where it belongs; `false` when it must be kept among the extra ones.
    fn put(&mut self, wording: &Wording, field: Field, value: &'a RawValue) -> bool {
        if let Some(understood) = self.ids.put(wording, field, value) {
            return understood;
        }
        let incident = &mut self.incident;
        match field {
            Field::Number => json::text_or_number(value).put(&mut incident.number),
            Field::RedirectId => json::text_or_number(value).put(&mut incident.redirect_id),
            Field::Tenant => json::text(value).put(&mut incident.tenant_id),
            Field::Title => json::text(value).put(&mut incident.title),
            Field::Description => json::text(value).put(&mut incident.description),
            Field::Summary => json::text(value).put(&mut incident.summary),
            Field::Severity => words::severity(value, &mut incident.severity_word, &mut incident.severity),
            Field::Status => words::status(wording, value, &mut incident.status_word, &mut incident.status),
            Field::Classification => words::put(&mut incident.classification, value, words::classification),
            Field::Determination => words::put(&mut incident.determination, value, words::determination),
            Field::AssignedTo => json::text(value).put(&mut incident.assigned_to),
            Field::Owner => lists::put_owner(&mut incident.assigned_to, value),
            Field::ResolvingComment => json::text(value).put(&mut incident.resolving_comment),
            Field::LastModifiedBy => json::text(value).put(&mut incident.last_modified_by),
            Field::Priority => json::text_or_number(value).put(&mut incident.priority),
            Field::Url => json::text(value).put(&mut incident.url),
            Field::Created => json::stamp(value).put(&mut incident.created),
            Field::Updated => json::stamp(value).put(&mut incident.updated),
            Field::FirstActivity => json::stamp(value).put(&mut incident.first_activity),
            Field::LastActivity => json::stamp(value).put(&mut incident.last_activity),
            Field::Tags => lists::put_texts(&mut incident.tags, value),
            Field::SystemTags => lists::put_texts(&mut self.system_tags, value),
            Field::Labels => lists::put_labels(&mut incident.tags, value),
            Field::Counts => put_counts(incident, value),
            Field::Comments => lists::put_comments(&mut incident.comments, value),
            Field::Alerts => match json::elements(value) {
                Read::Odd => false,
                alerts => alerts.put(&mut self.alerts),
            },
            _ => false,
        }
    }
}

/// Sentinel's numbers about an incident come with names of products and tactics.
fn put_counts<'a>(incident: &mut Incident<'a>, value: &'a RawValue) -> bool {
    let Some(mut counts) = Members::read(value) else { return value.get() == "null" };
    if incident.products.is_empty() {
        incident.products = counts.texts("alertProductNames");
        lists::each_once(&mut incident.products);
    }
    if incident.tactics.is_empty() {
        incident.tactics = counts.texts("tactics");
        lists::each_once(&mut incident.tactics);
    }
    counts.left().next().is_none()
}
