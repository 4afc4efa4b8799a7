//! Rows in the order of their last update and of their creation.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::filter::{Moment, Span};

/// Which row: its number in the order of arrival.
pub type Number = u32;

/// A place in an order: rows at one moment stand in the order of their arrival.
pub type Place = (Timestamp, Number);

#[derive(Debug, Default)]
pub struct Index {
    by_updated: BTreeSet<Place>,
    by_created: BTreeSet<Place>,
}

impl Index {
    pub fn insert(&mut self, number: Number, created: Timestamp, updated: Timestamp) {
        self.by_updated.insert((updated, number));
        self.by_created.insert((created, number));
    }

    pub fn remove(&mut self, number: Number, created: Timestamp, updated: Timestamp) {
        self.by_updated.remove(&(updated, number));
        self.by_created.remove(&(created, number));
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

    use super::Index;
    use crate::simulator::filter::{Moment, Span};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a date")
    }

    #[test]
    fn rows_come_in_either_order_and_from_any_place_on() {
        let mut index = Index::default();
        for (number, second) in [(0, 30), (1, 10), (2, 20), (3, 20)] {
            index.insert(number, at(0), at(second));
        }
        let walk = |descending, after: Option<(i64, u32)>| {
            let after = after.map(|(second, number)| (at(second), number));
            index.walk(Moment::Updated, descending, Span::ALL, after).collect::<Vec<_>>()
        };
        assert_eq!(walk(false, None), [1, 2, 3, 0]);
        assert_eq!(walk(true, None), [0, 3, 2, 1]);
        assert_eq!(walk(false, Some((20, 2))), [3, 0]);
        assert_eq!(walk(true, Some((20, 3))), [2, 1]);
        let nowhere = Span { from: Timestamp::MAX, to: Timestamp::MIN };
        assert_eq!(index.walk(Moment::Updated, false, nowhere, None).count(), 0);
        index.remove(3, at(0), at(20));
        assert_eq!(index.walk(Moment::Created, false, Span::ALL, None).collect::<Vec<_>>(), [0, 1, 2]);
    }
}
