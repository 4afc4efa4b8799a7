//! `finding_info_list`: the alerts inside of an incident, each in short.

use std::collections::HashSet;

use jiff::Timestamp;

use super::attacks::{Attack, attacks};
use super::finding_info::{FindingInfo, in_short};
use super::metadata::readable;
use super::names;
use crate::alert::{Finding, Incident, Kind, ReadFinding, Text, graph, xdr};
use crate::format::Note;
use crate::source::FeedKind;

/// What the alerts inside say about their incident.
#[derive(Debug, Default)]
pub struct Inside<'a> {
    pub alerts: Vec<FindingInfo<'a>>,
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

    /// Those of all alerts inside, and the tactics that the incident itself names.
    pub fn attacks(&self, tactics: &[Text<'a>]) -> Vec<Attack<'a>> {
        let own = tactics.iter().filter(|tactic| !self.categories.contains(tactic)).cloned();
        let tactics: Vec<Text<'a>> = self.categories.iter().cloned().chain(own).collect();
        attacks(&self.techniques, &tactics)
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
