//! The alerts of one tenant, in memory, found by last update, by creation and by ID.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::filter::{Facts, Moment, Span};
use super::generate::Kind;

/// What is kept of an alert. A generated one is written out anew for each answer, from its seed, so that a tenant with
/// 100,000 alerts costs some 50 MB (measured) and not the half gigabyte of their text.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: Box<str>,
    pub created: Timestamp,
    pub updated: Timestamp,
    /// From when on a list shows it, by the tenant's clock.
    pub readable_at: Timestamp,
    pub severity: Box<str>,
    pub service: Box<str>,
    pub status: Box<str>,
    pub incident: u32,
    pub body: Body,
}

#[derive(Debug, Clone)]
pub enum Body {
    Generated {
        seed: u64,
        kind: Kind,
    },
    /// Served byte for byte.
    Given(Box<str>),
}

impl Row {
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            created: self.created,
            updated: self.updated,
            severity: &self.severity,
            service: &self.service,
            status: &self.status,
        }
    }

    pub fn moment(&self, property: Moment) -> Timestamp {
        match property {
            Moment::Created => self.created,
            Moment::Updated => self.updated,
        }
    }
}

/// Which row: its number in the order of arrival.
pub type Number = u32;

/// A place in an order: rows at one moment stand in the order of their arrival.
pub type Place = (Timestamp, Number);

#[derive(Debug, Default)]
pub struct Store {
    rows: Vec<Row>,
    by_id: HashMap<Box<str>, Number>,
    by_updated: BTreeSet<Place>,
    by_created: BTreeSet<Place>,
}

impl Store {
    pub fn row(&self, number: Number) -> &Row {
        &self.rows[number as usize]
    }

    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }

    pub fn find(&self, id: &str) -> Option<Number> {
        self.by_id.get(id).copied()
    }

    /// Adds an alert, or puts it in the place of the one with the same ID.
    pub fn put(&mut self, row: Row) -> Number {
        let number = if let Some(number) = self.find(&row.id) {
            let old = &self.rows[number as usize];
            self.by_updated.remove(&(old.updated, number));
            self.by_created.remove(&(old.created, number));
            number
        } else {
            let number = Number::try_from(self.rows.len()).expect("no test bench holds four thousand million alerts");
            self.by_id.insert(row.id.clone(), number);
            number
        };
        self.by_updated.insert((row.updated, number));
        self.by_created.insert((row.created, number));
        if number as usize == self.rows.len() {
            self.rows.push(row);
        } else {
            self.rows[number as usize] = row;
        }
        number
    }

    /// Rows in the order of `property`, within `span`, after the place `after`.
    pub fn walk(
        &self,
        property: Moment,
        descending: bool,
        span: Span,
        after: Option<Place>,
    ) -> Box<dyn Iterator<Item = Number> + '_> {
        if span.is_empty() {
            return Box::new(std::iter::empty());
        }
        let index = match property {
            Moment::Created => &self.by_created,
            Moment::Updated => &self.by_updated,
        };
        let (from, to) = ((span.from, Number::MIN), (span.to, Number::MAX));
        if descending {
            let to = after.map_or(to, |place| place.min(to));
            if from > to {
                return Box::new(std::iter::empty());
            }
            Box::new(index.range(from..=to).rev().filter(move |place| Some(**place) != after).map(|place| place.1))
        } else {
            let from = after.map_or(from, |place| place.max(from));
            if from > to {
                return Box::new(std::iter::empty());
            }
            Box::new(index.range(from..=to).filter(move |place| Some(**place) != after).map(|place| place.1))
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Body, Row, Store};
    use crate::simulator::filter::{Moment, Span};

    fn row(id: &str, second: i64) -> Row {
        let at = Timestamp::from_second(second).expect("a date");
        Row {
            id: id.into(),
            created: at,
            updated: at,
            readable_at: at,
            severity: "low".into(),
            service: "unknown".into(),
            status: "new".into(),
            incident: 1,
            body: Body::Given("{}".into()),
        }
    }

    fn ids(store: &Store, descending: bool, after: Option<(i64, u32)>) -> Vec<String> {
        let after = after.map(|(second, number)| (Timestamp::from_second(second).expect("a date"), number));
        store.walk(Moment::Updated, descending, Span::ALL, after).map(|number| store.row(number).id.to_string()).collect()
    }

    #[test]
    fn rows_come_in_either_order_and_from_any_place_on() {
        let mut store = Store::default();
        for (id, second) in [("a", 30), ("b", 10), ("c", 20), ("d", 20)] {
            store.put(row(id, second));
        }
        assert_eq!(ids(&store, false, None), ["b", "c", "d", "a"]);
        assert_eq!(ids(&store, true, None), ["a", "d", "c", "b"]);
        assert_eq!(ids(&store, false, Some((20, 2))), ["d", "a"]);
        assert_eq!(ids(&store, true, Some((20, 3))), ["c", "b"]);
        let nowhere = Span { from: Timestamp::MAX, to: Timestamp::MIN };
        assert_eq!(store.walk(Moment::Updated, false, nowhere, None).count(), 0);
    }

    #[test]
    fn an_alert_that_comes_again_takes_its_new_place_and_leaves_the_old_one() {
        let mut store = Store::default();
        for (id, second) in [("a", 10), ("b", 20), ("a", 30)] {
            store.put(row(id, second));
        }
        assert_eq!(ids(&store, false, None), ["b", "a"]);
        assert_eq!(store.rows().count(), 2);
        assert_eq!(store.walk(Moment::Created, false, Span::ALL, None).count(), 2);
    }
}
