//! Tells where the members of a record went that OCSF has no attribute for.

use super::Options;
use super::data::Data;
use super::detection::detection_finding;
use super::incident::incident_finding;
use super::item::Item;
use super::names::{self, Names};
use super::unmapped::Unmapped;
use crate::alert::json;
use crate::alert::members::{Member, Members};
use crate::alert::{Alert, Finding, Incident};
use crate::format::embed::is_sound;
use crate::format::{Context, Note};

/// One note for each member that was lost, moved or not understood, in the order of the finding.
#[must_use]
pub fn explain(finding: &Finding<'_>, context: &Context<'_>) -> Vec<Note> {
    match finding {
        Finding::Alert(alert) => explain_alert(alert, context),
        Finding::Incident(incident) => explain_incident(incident, context),
    }
}

fn explain_alert(alert: &Alert<'_>, context: &Context<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    let finding = detection_finding(alert, context, Options::default(), &mut notes);
    unmapped(&finding.unmapped, &mut notes);
    let names = names::of_alert(context.feed);
    let devices = count_devices(alert, names);
    // What the record itself names stands before the evidence.
    let before = finding.evidences.len().saturating_sub(alert.evidence.len());
    for (index, item) in finding.evidences.iter().enumerate().skip(before) {
        let from = match (names.devices, index - before) {
            (Some(name), index) if index < devices => format!("{name}[{index}]"),
            (_, index) => format!("{}[{}]", names.evidence, index - devices),
        };
        evidence(item, &from, &format!("evidences[{index}].data"), &mut notes);
    }
    notes
}

fn explain_incident(incident: &Incident<'_>, context: &Context<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    let finding = incident_finding(incident, context, Options::default(), &mut notes);
    if !incident.alerts.is_empty() {
        let alerts = names::of_incident(context.feed).alerts;
        notes.push(Note::new(alerts, "finding_info_list".to_owned(), "in short; each alert inside is a finding of its own"));
    }
    unmapped(&finding.unmapped, &mut notes);
    notes
}

/// How many pieces of evidence were listed as devices.
fn count_devices(alert: &Alert<'_>, names: &Names) -> usize {
    let Some(devices) = names.devices else { return 0 };
    let mut count = None;
    let read = json::members(alert.raw, |name, value| {
        if name == devices && count.is_none() {
            count = json::elements(value).found().map(|devices| devices.len());
        }
    });
    count.filter(|_| read.is_ok()).unwrap_or(0)
}

fn unmapped(unmapped: &Unmapped<'_>, notes: &mut Vec<Note>) {
    for (name, sound) in unmapped.moved() {
        let why = if sound { "OCSF has no attribute for it, or not for its type" } else { ODD };
        notes.push(Note::new(name, format!("unmapped.{name}"), why));
    }
}

fn evidence(item: &Item<'_>, from: &str, to: &str, notes: &mut Vec<Note>) {
    match &item.data {
        Some(Data::Whole(value)) => {
            let why = if is_sound(value) { "its type, or what it holds, has no object in OCSF" } else { ODD };
            notes.push(Note::new(from, to.to_owned(), why));
        }
        Some(Data::Rest(members)) => walk(members, from, to, notes),
        Some(Data::Ours(_)) | None => {}
    }
}

const ODD: &str = "strict readers refuse such JSON, so it stands there as a text";

fn walk(members: &Members<'_>, from: &str, to: &str, notes: &mut Vec<Note>) {
    for (name, member) in members.left() {
        let (from, to) = (format!("{from}.{name}"), format!("{to}.{name}"));
        match member {
            Member::Whole(value) => {
                let why = if is_sound(value) { "OCSF has no attribute for it, or not for its value" } else { ODD };
                notes.push(Note::new(&from, to, why));
            }
            Member::Part(members) => walk(members, &from, &to, notes),
            Member::Taken => {}
        }
    }
}
