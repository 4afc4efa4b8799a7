//! The alerts of one tenant, in memory, found by last update, by creation and by ID.

use std::collections::HashMap;

use jiff::Timestamp;

use super::filter::{Moment, Word};
use super::generate::Kind;
use super::index::{Index, Number};

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
    /// 0 where it belongs to none.
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
    pub fn moment(&self, property: Moment) -> Timestamp {
        match property {
            Moment::Created => self.created,
            Moment::Updated => self.updated,
        }
    }

    pub fn word(&self, property: Word) -> &str {
        match property {
            Word::Severity => &self.severity,
            Word::Service => &self.service,
            Word::Status => &self.status,
        }
    }
}

#[derive(Debug, Default)]
pub struct Store {
    rows: Vec<Row>,
    by_id: HashMap<Box<str>, Number>,
    index: Index,
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

    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Adds an alert, or puts it in the place of the one with the same ID.
    pub fn put(&mut self, row: Row) -> Number {
        let number = if let Some(number) = self.find(&row.id) {
            let old = &self.rows[number as usize];
            self.index.remove(number, old.created, old.updated);
            number
        } else {
            let number = Number::try_from(self.rows.len()).expect("no test bench holds four thousand million alerts");
            self.by_id.insert(row.id.clone(), number);
            number
        };
        self.index.insert(number, row.created, row.updated);
        if number as usize == self.rows.len() {
            self.rows.push(row);
        } else {
            self.rows[number as usize] = row;
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Body, Row, Store};
    use crate::simulator::filter::{Moment, Span};

    #[test]
    fn an_alert_that_comes_again_takes_its_new_place_and_leaves_the_old_one() {
        let mut store = Store::default();
        for (id, second) in [("a", 10), ("b", 20), ("a", 30)] {
            let at = Timestamp::from_second(second).expect("a date");
            store.put(Row {
                id: id.into(),
                created: at,
                updated: at,
                readable_at: at,
                severity: "low".into(),
                service: "unknown".into(),
                status: "new".into(),
                incident: 1,
                body: Body::Given("{}".into()),
            });
        }
        let ids = store.index().walk(Moment::Updated, false, Span::ALL, None).map(|number| &*store.row(number).id);
        assert_eq!(ids.collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(store.rows().count(), 2);
        assert_eq!(store.index().walk(Moment::Created, false, Span::ALL, None).count(), 2);
    }
}
