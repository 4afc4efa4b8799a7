//! The incidents of one tenant. They exist because alerts name them, and they move when one of those arrives or changes.

use std::collections::{BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};

use super::filter::Moment;
use super::index::{Index, Number};
use super::store::Store;

/// An incident. Its severity, status and texts are those of its alerts, read when it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// What Graph writes as a text of digits.
    pub id: u32,
    pub created: Timestamp,
    pub updated: Timestamp,
    /// Its alerts that have arrived.
    pub alerts: BTreeSet<Number>,
    /// Into which other one it was merged.
    pub redirect: Option<u32>,
    /// Whether a rule of Sentinel's own began it, and not Defender.
    pub sentinel: bool,
}

impl Incident {
    pub fn moment(&self, property: Moment) -> Timestamp {
        match property {
            Moment::Created => self.created,
            Moment::Updated => self.updated,
        }
    }

    /// The highest of its alerts, as Graph's word.
    pub fn severity<'a>(&self, store: &'a Store) -> &'a str {
        const RISING: [&str; 4] = ["informational", "low", "medium", "high"];
        let rank = |word: &str| RISING.iter().position(|known| *known == word);
        let words = self.alerts.iter().map(|number| &*store.row(*number).severity);
        words.max_by_key(|word| rank(word)).filter(|word| rank(word).is_some()).unwrap_or("unknown")
    }

    /// Graph's word.
    pub fn status(&self, store: &Store) -> &'static str {
        let all = |status: &str| self.alerts.iter().all(|number| &*store.row(*number).status == status);
        match self.redirect {
            Some(_) => "redirected",
            None if all("resolved") => "resolved",
            None if all("new") => "active",
            None => "inProgress",
        }
    }
}

#[derive(Debug, Default)]
pub struct Incidents {
    rows: Vec<Incident>,
    by_id: HashMap<u32, Number>,
    index: Index,
}

impl Incidents {
    pub fn row(&self, number: Number) -> &Incident {
        &self.rows[number as usize]
    }

    pub fn rows(&self) -> impl Iterator<Item = &Incident> {
        self.rows.iter()
    }

    pub fn find(&self, id: u32) -> Option<Number> {
        self.by_id.get(&id).copied()
    }

    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Where an incident has gone that was merged, perhaps more than once.
    pub fn target(&self, mut id: u32) -> u32 {
        // Merging refuses what is merged already, so redirects make no circle.
        while let Some(next) = self.find(id).and_then(|number| self.row(number).redirect) {
            id = next;
        }
        id
    }

    /// An alert of the incident has arrived, or has changed at `at`. The incident's last update moves, never back.
    pub fn touch(&mut self, id: u32, alert: Number, store: &Store, at: Timestamp) {
        let row = store.row(alert);
        let number = self.find(id).unwrap_or_else(|| {
            let number = Number::try_from(self.rows.len()).expect("there are no more incidents than alerts");
            let created = row.created.min(at);
            let sentinel = &*row.service == "microsoftSentinel";
            let before = at - SignedDuration::from_nanos(100);
            self.rows.push(Incident { id, created, updated: before, alerts: BTreeSet::new(), redirect: None, sentinel });
            self.by_id.insert(id, number);
            number
        });
        self.change(number, at, |incident| {
            incident.alerts.insert(alert);
        });
    }

    /// An alert belongs to another incident from now on.
    pub fn leave(&mut self, id: u32, alert: Number, at: Timestamp) {
        if let Some(number) = self.find(id) {
            self.change(number, at, |incident| {
                incident.alerts.remove(&alert);
            });
        }
    }

    /// Sends `from` to `into`. Its alerts leave it one by one afterwards.
    pub fn redirect(&mut self, from: Number, into: u32, at: Timestamp) {
        self.change(from, at, |incident| incident.redirect = Some(into));
    }

    fn change(&mut self, number: Number, at: Timestamp, change: impl FnOnce(&mut Incident)) {
        let incident = &mut self.rows[number as usize];
        self.index.remove(number, incident.created, incident.updated);
        incident.updated = at.max(incident.updated + SignedDuration::from_nanos(100));
        change(incident);
        self.index.insert(number, incident.created, incident.updated);
    }
}
