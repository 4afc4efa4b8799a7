//! Tells where the members of an alert went that OCSF has no attribute for.

use super::data::Data;
use super::unmapped::Unmapped;
use super::{finding, incident};
use crate::alert::members::{Member, Members};
use crate::alert::{Finding, Incident};
use crate::format::embed::is_sound;
use crate::format::{Context, Note};

/// One note for each member that was lost, moved or not understood, in the order of the finding.
#[must_use]
pub fn explain(finding: &Finding<'_>, context: &Context<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    let alert = match finding {
        Finding::Alert(alert) => alert,
        Finding::Incident(incident) => return explain_incident(incident, context),
    };
    let finding = finding::finding(alert, context, &mut notes);
    explain_unmapped(&finding.unmapped, &mut notes);
    for (index, item) in finding.evidences.iter().enumerate() {
        let (from, to) = (format!("evidence[{index}]"), format!("evidences[{index}].data"));
        match &item.data {
            Some(Data::Whole(value)) => {
                let why = if is_sound(value) { "its type, or what it holds, has no object in OCSF" } else { ODD };
                notes.push(Note::new(&from, to, why));
            }
            Some(Data::Rest(members)) => walk(members, &from, &to, &mut notes),
            None => {}
        }
    }
    notes
}

fn explain_incident(incident: &Incident<'_>, context: &Context<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    let finding = incident::finding(incident, context, &mut notes);
    explain_unmapped(&finding.unmapped, &mut notes);
    if !incident.alerts.is_empty() {
        let why = "only what identifies them; each goes out as a finding of its own";
        notes.push(Note::new("alerts", "finding_info_list".to_owned(), why));
    }
    notes
}

fn explain_unmapped(unmapped: &Unmapped<'_>, notes: &mut Vec<Note>) {
    for (name, value) in unmapped.raw_entries() {
        let why = if is_sound(value) { "OCSF has no attribute for it, or not for its type" } else { ODD };
        notes.push(Note::new(name, format!("unmapped.{name}"), why));
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
