//! Counting what became of a route's alerts.

use super::outcome::Outcome;
use super::route::Route;
use crate::telemetry::Metrics;

/// The outcomes of one page on one route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    counts: [u64; Outcome::ALL.len()],
    /// How many of the forwarded ones say less than they could.
    pub shortened: u64,
}

impl Tally {
    /// `count` more alerts ended like this.
    pub fn add(&mut self, outcome: Outcome, count: u64) {
        self.counts[outcome as usize] += count;
    }

    /// Adds what another one counted.
    pub fn merge(&mut self, other: &Self) {
        for outcome in Outcome::ALL {
            self.add(outcome, other.of(outcome));
        }
        self.shortened += other.shortened;
    }

    #[must_use]
    pub fn of(&self, outcome: Outcome) -> u64 {
        self.counts[outcome as usize]
    }

    /// Writes the counts where everybody can see them.
    pub fn publish(&self, route: &Route, metrics: &Metrics) {
        for outcome in Outcome::ALL {
            let count = self.of(outcome);
            if count > 0 {
                metrics.outcome(&route.tenant.name, route.key.feed, &route.outlet.name, outcome, count);
            }
        }
        if self.shortened > 0 {
            metrics.shortened(&route.tenant.name, route.key.feed, &route.outlet.name, self.shortened);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Tally};

    #[test]
    fn what_two_pages_counted_is_their_sum() {
        let count = |numbers: [u64; 4], shortened| {
            let mut tally = Tally { shortened, ..Tally::default() };
            Outcome::ALL.into_iter().zip(numbers).for_each(|(outcome, number)| tally.add(outcome, number));
            tally
        };
        let mut sum = count([5, 4, 3, 2], 1);
        sum.merge(&count([10, 20, 30, 40], 50));
        assert_eq!((Outcome::ALL.map(|outcome| sum.of(outcome)), sum.shortened), ([15, 24, 33, 42], 51));
        assert_eq!(sum, count([15, 24, 33, 42], 51));
    }
}
