//! `finding_info_list`: the alerts inside of an incident, each in short.

use std::collections::HashSet;

use jiff::Timestamp;

use super::attacks::{Attack, attacks};
use super::finding_info::{FindingInfo, Related, in_short};
use super::metadata::{self, readable};
use super::names;
use crate::alert::{Finding, Incident, Kind, ReadFinding, Text, graph, xdr};
use crate::format::Note;
use crate::source::FeedKind;

/// What the alerts inside say about their incident.
#[derive(Debug, Default)]
pub struct Inside<'a> {
    alerts: Vec<FindingInfo<'a>>,
    pub first_activity: Option<Timestamp>,
    pub last_activity: Option<Timestamp>,
    /// Each once.
    techniques: Vec<Text<'a>>,
    categories: Vec<Text<'a>>,
}

impl<'a> Inside<'a> {
    /// Evidence stays unread.
    pub fn read(incident: &Incident<'a>, feed: FeedKind, notes: &mut Vec<Note>) -> Self {
        let mut inside = Self::default();
        let Some(read) = reader(feed) else { return inside };
        let mut seen = HashSet::new();
        for (index, raw) in incident.alerts.iter().enumerate() {
            let Ok(Finding::Alert(alert)) = read(Kind::Alert, raw.get()) else {
                let member = format!("{}[{index}]", names::of_incident(feed).alerts);
                notes.push(Note::new(&member, "nowhere".to_owned(), "it cannot be read as an alert, and is reported by itself"));
                continue;
            };
            let first = readable(alert.first_activity.as_ref());
            let last = readable(alert.last_activity.as_ref());
            inside.first_activity = inside.first_activity.into_iter().chain(first).min();
            inside.last_activity = inside.last_activity.into_iter().chain(last).max();
            let fresh = |words: &[Text<'a>], seen: &mut HashSet<Text<'a>>| -> Vec<Text<'a>> {
                words.iter().filter(|word| seen.insert((*word).clone())).cloned().collect()
            };
            inside.techniques.extend(fresh(&alert.mitre_techniques, &mut seen));
            inside.categories.extend(fresh(&alert.categories, &mut seen));
            inside.alerts.push(in_short(&alert, attacks(&alert.mitre_techniques, &alert.categories)));
        }
        inside
    }

    /// OCSF wants at least one entry, and has no other place to say into which incident this one was merged.
    pub fn list(self, incident: &Incident<'a>, feed: FeedKind) -> Vec<FindingInfo<'a>> {
        let mut list = self.alerts;
        if list.is_empty() || incident.redirect_id.is_some() {
            list.insert(0, itself(incident, feed));
        }
        list
    }

    /// Those of all alerts inside, and the tactics that the incident itself names.
    pub fn attacks(&self, tactics: &[Text<'a>]) -> Vec<Attack<'a>> {
        let own = tactics.iter().filter(|tactic| !self.categories.contains(tactic)).cloned();
        let tactics: Vec<Text<'a>> = self.categories.iter().cloned().chain(own).collect();
        attacks(&self.techniques, &tactics)
    }
}

/// The incident itself as an entry of its list, which says into which one it was merged.
fn itself<'a>(incident: &Incident<'a>, feed: FeedKind) -> FindingInfo<'a> {
    let merged: Vec<_> = incident.redirect_id.iter().map(|uid| Related { uid: uid.clone(), kind: "Incident" }).collect();
    FindingInfo {
        uid: incident.known_as().into(),
        title: incident.title.clone(),
        types: vec!["Incident".into()],
        product: Some(metadata::incident_product(incident, feed)),
        related_events_count: (!merged.is_empty()).then_some(1),
        related_events: merged,
        src_url: incident.url.clone(),
        ..FindingInfo::default()
    }
}

/// Who reads the alerts that a feed's incidents bring with them.
fn reader(feed: FeedKind) -> Option<ReadFinding> {
    match feed {
        FeedKind::GraphIncidents => Some(graph::incident::read),
        FeedKind::XdrIncidents => Some(xdr::read),
        FeedKind::GraphAlerts
        | FeedKind::MdeAlerts
        | FeedKind::RiskDetections
        | FeedKind::SentinelIncidents
        | FeedKind::DefenderForCloud => None,
    }
}
