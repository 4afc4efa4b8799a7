//! What the alerts inside of an incident say about it; each of them is a finding of its own as well.

use std::collections::HashSet;

use crate::alert::{Alert, Finding, Incident, Kind, Text, graph, xdr};
use crate::source::FeedKind;

use super::text::millis;

/// Categories, techniques and the span of what happened.
#[derive(Debug, Default)]
pub struct Inside<'a> {
    /// Each once.
    pub categories: Vec<Text<'a>>,
    pub techniques: Vec<Text<'a>>,
    /// Milliseconds since 1970.
    pub first_activity: Option<i64>,
    pub last_activity: Option<i64>,
}

impl<'a> Inside<'a> {
    /// Evidence stays unread, and so do alerts that are none.
    pub fn read(incident: &Incident<'a>, feed: FeedKind) -> Self {
        let mut inside = Self::default();
        let mut seen = HashSet::new();
        for raw in &incident.alerts {
            let alert = match feed {
                FeedKind::XdrIncidents => xdr::read(Kind::Alert, raw.get()),
                _ => graph::incident::read(Kind::Alert, raw.get()),
            };
            if let Ok(Finding::Alert(alert)) = alert {
                inside.add(&alert, &mut seen);
            }
        }
        inside
    }

    fn add(&mut self, alert: &Alert<'a>, seen: &mut HashSet<Text<'a>>) {
        for (known, words) in [(&mut self.categories, &alert.categories), (&mut self.techniques, &alert.mitre_techniques)] {
            known.extend(words.iter().filter(|word| seen.insert((*word).clone())).cloned());
        }
        self.first_activity = self.first_activity.into_iter().chain(millis(alert.first_activity.as_ref())).min();
        self.last_activity = self.last_activity.into_iter().chain(millis(alert.last_activity.as_ref())).max();
    }
}
