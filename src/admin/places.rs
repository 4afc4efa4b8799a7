//! How many connections there may be: a bound for all, and one for each address, so that nobody shuts the others out.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Enough for every scraper and a few people, each of whose browsers opens up to six.
const ALL: usize = 64;
/// Everybody behind one proxy comes from one address.
const EACH: usize = 24;

/// The connections that are open, by who opened them.
#[derive(Debug, Default)]
pub struct Places {
    taken: Mutex<HashMap<IpAddr, usize>>,
}

/// One connection's place; it is free again when this is dropped.
#[derive(Debug)]
pub struct Place {
    of: Arc<Places>,
    peer: IpAddr,
}

impl Places {
    /// `None` when there is no place left, for anybody or for this one.
    pub fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_peer = taken.get(&peer).copied().unwrap_or_default();
        if taken.values().sum::<usize>() >= ALL || of_peer >= EACH {
            return None;
        }
        taken.insert(peer, of_peer + 1);
        Some(Place { of: Arc::clone(self), peer })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.of.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let left = taken.get(&self.peer).map_or(0, |count| count - 1);
        if left == 0 {
            taken.remove(&self.peer); // or a row would stay for each address that ever asked
        } else {
            taken.insert(self.peer, left);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{ALL, EACH, Places};

    #[test]
    fn one_address_cannot_take_every_place_and_places_come_back() {
        let places = Arc::new(Places::default());
        let take = |last: u8| places.take([10, 0, 0, last].into());
        let mut held: Vec<_> = (0..EACH).map(|_| take(1).expect("a place")).collect();
        assert!(take(1).is_none(), "more than its share");
        let mut others = Vec::new();
        for last in 2.. {
            let Some(place) = take(last) else { break };
            others.push(place);
        }
        assert_eq!(held.len() + others.len(), ALL);
        held.pop();
        held.push(take(1).expect("the place that was given back"));
        drop((held, others));
        assert!(places.taken.lock().unwrap().is_empty(), "nothing is remembered of those who have gone");
    }
}
