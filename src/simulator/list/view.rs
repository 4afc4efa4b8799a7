//! One API's rows in one tenant, and how they are written.

use jiff::Timestamp;
use serde_json::Value;

use crate::simulator::api::{Manners, Rows, Scene, Whole};
use crate::simulator::directory::Contents;
use crate::simulator::filter::{Filter, Moment, Seen, Word};
use crate::simulator::incidents::Incident;
use crate::simulator::index::{Index, Number};
use crate::simulator::store::{Row, Store};

use super::page::Table;

#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    pub contents: &'a Contents,
    pub manners: &'a Manners,
    pub scene: Scene<'a>,
    pub now: Timestamp,
}

/// A row of either kind.
#[derive(Debug, Clone, Copy)]
pub enum Item<'a> {
    Alert(&'a Row),
    Incident(&'a Incident),
}

impl<'a> View<'a> {
    pub fn item(&self, number: Number) -> Item<'a> {
        match self.manners.rows {
            Rows::Alerts { .. } => Item::Alert(self.contents.store.row(number)),
            Rows::Incidents { .. } => Item::Incident(self.contents.incidents.row(number)),
        }
    }

    /// Appends the record of an item of this list.
    pub fn write(&self, out: &mut Vec<u8>, item: Item<'_>, scene: &Scene<'_>) {
        match (&self.manners.rows, item) {
            (Rows::Alerts { write, .. }, Item::Alert(row)) => write(out, row, scene),
            (Rows::Incidents { record }, Item::Incident(incident)) => {
                let whole = Whole { incident, store: &self.contents.store };
                serde_json::to_writer(out, &record(&whole, scene)).expect("a vector takes all writes");
            }
            (Rows::Alerts { .. }, Item::Incident(_)) | (Rows::Incidents { .. }, Item::Alert(_)) => {}
        }
    }

    /// The record of a row, as a value.
    pub fn record(&self, number: Number) -> Value {
        let mut out = Vec::new();
        self.write(&mut out, self.item(number), &self.scene);
        serde_json::from_slice(&out).unwrap_or_default()
    }

    /// The row itself, or the first alert of the incident.
    pub fn alert(&self, number: Number) -> Option<Number> {
        match self.item(number) {
            Item::Alert(_) => Some(number),
            Item::Incident(incident) => incident.alerts.first().copied(),
        }
    }

    /// The row whose record has this ID, if it may be read by now.
    pub fn find(&self, id: &str) -> Option<Number> {
        let number = match self.manners.rows {
            Rows::Alerts { .. } => self.contents.store.find(id),
            Rows::Incidents { .. } => id.parse().ok().and_then(|id| self.contents.incidents.find(id)),
        };
        number.filter(|number| self.shows(*number))
    }
}

impl Table for View<'_> {
    fn index(&self) -> &Index {
        match self.manners.rows {
            Rows::Alerts { .. } => self.contents.store.index(),
            Rows::Incidents { .. } => self.contents.incidents.index(),
        }
    }

    fn shows(&self, number: Number) -> bool {
        match (&self.manners.rows, self.item(number)) {
            (Rows::Alerts { shows, .. }, Item::Alert(row)) => row.readable_at <= self.now && shows(row),
            // It came to be when its first alert was readable.
            _ => true,
        }
    }

    fn matches(&self, number: Number, filter: &Filter) -> bool {
        filter.matches(&Sight { view: *self, number })
    }

    fn moment(&self, number: Number, property: Moment) -> Timestamp {
        match self.item(number) {
            Item::Alert(row) => row.moment(property),
            Item::Incident(incident) => incident.moment(property),
        }
    }
}

/// A row as its filter sees it.
struct Sight<'a> {
    view: View<'a>,
    number: Number,
}

impl Seen for Sight<'_> {
    fn moment(&self, property: Moment) -> Timestamp {
        self.view.moment(self.number, property)
    }

    fn word(&self, property: Word) -> &str {
        let store: &Store = &self.view.contents.store;
        match (self.view.item(self.number), property) {
            (Item::Alert(row), property) => row.word(property),
            (Item::Incident(incident), Word::Severity) => incident.severity(store),
            (Item::Incident(incident), Word::Status) => incident.status(store),
            (Item::Incident(_), Word::Service) => "",
        }
    }

    fn record(&self) -> Value {
        self.view.record(self.number)
    }
}
