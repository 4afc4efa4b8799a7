//! Which faults are on at present, for whom, and how often they will still happen.

use std::sync::{Mutex, MutexGuard};

use super::Fault;
use crate::simulator::feed::Feed;

/// A fault that is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Active {
    /// A tenant's ID; `None` for all.
    pub tenant: Option<String>,
    /// `None` for all, and for signing in.
    pub feed: Option<Feed>,
    pub fault: Fault,
    pub left: Option<u32>,
}

/// Whose request it is, and for which feed. `None` where that is not known or does not matter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Whom<'a> {
    pub tenant: Option<&'a str>,
    pub feed: Option<Feed>,
}

impl<'a> From<Option<&'a str>> for Whom<'a> {
    fn from(tenant: Option<&'a str>) -> Self {
        Self { tenant, feed: None }
    }
}

/// The faults that are on. One of each kind per tenant and feed; what names more of both comes first, a tenant before a feed.
#[derive(Debug, Default)]
pub struct Board {
    active: Mutex<Vec<Active>>,
}

impl Board {
    fn lock(&self) -> MutexGuard<'_, Vec<Active>> {
        self.active.lock().expect("nothing panics while it holds the list of faults")
    }

    /// Replaces the fault of the same kind for the same tenant and feed.
    pub fn set(&self, new: Active) {
        let mut active = self.lock();
        active.retain(|old| (&old.tenant, old.feed, old.fault.kind()) != (&new.tenant, new.feed, new.fault.kind()));
        if new.left != Some(0) {
            active.push(new);
        }
    }

    /// Removes the faults of a tenant, or all; of a feed, or all; of one kind, or any.
    pub fn clear(&self, whom: Whom<'_>, kind: Option<&str>) {
        self.lock().retain(|old| {
            whom.tenant.is_some_and(|tenant| old.tenant.as_deref() != Some(tenant))
                || whom.feed.is_some_and(|feed| old.feed != Some(feed))
                || kind.is_some_and(|kind| old.fault.kind() != kind)
        });
    }

    pub fn list(&self) -> Vec<Active> {
        self.lock().clone()
    }

    /// What `pick` finds in the first fault that it accepts and that concerns the request; uses up one of its times.
    pub fn take<'a, T>(&self, whom: impl Into<Whom<'a>>, pick: impl Fn(&Fault) -> Option<T>) -> Option<T> {
        let mut active = self.lock();
        let (index, found) = find(&active, whom.into(), pick)?;
        if let Some(left) = &mut active[index].left {
            *left -= 1;
            if *left == 0 {
                active.remove(index);
            }
        }
        Some(found)
    }

    /// Like [`Board::take`] for faults that are a lasting condition, not an event: nothing is used up.
    pub fn look<'a, T>(&self, whom: impl Into<Whom<'a>>, pick: impl Fn(&Fault) -> Option<T>) -> Option<T> {
        find(&self.lock(), whom.into(), pick).map(|(_, found)| found)
    }

    /// Whether this very fault is on; uses up one of its times.
    pub fn strikes<'a>(&self, whom: impl Into<Whom<'a>>, fault: &Fault) -> bool {
        self.take(whom, |active| (active == fault).then_some(())).is_some()
    }
}

fn find<T>(active: &[Active], whom: Whom<'_>, pick: impl Fn(&Fault) -> Option<T>) -> Option<(usize, T)> {
    let concerns = |entry: &Active| {
        (entry.tenant.is_none() || entry.tenant.as_deref() == whom.tenant) && (entry.feed.is_none() || entry.feed == whom.feed)
    };
    let candidates = active.iter().enumerate().filter(|(_, entry)| concerns(entry));
    let found = candidates.filter_map(|(index, entry)| pick(&entry.fault).map(|found| (index, found)));
    // The first of those that name most.
    found.min_by_key(|(index, _)| (active[*index].tenant.is_none(), active[*index].feed.is_none()))
}

#[cfg(test)]
mod tests {
    use super::{Active, Board, Fault, Whom};
    use crate::simulator::feed::Feed;

    fn on(board: &Board, tenant: Option<&str>, feed: Option<Feed>, fault: Fault, left: Option<u32>) {
        board.set(Active { tenant: tenant.map(str::to_owned), feed, fault, left });
    }

    fn html(board: &Board, tenant: &str) -> Option<u16> {
        board.take(Some(tenant), |fault| if let Fault::Html(status) = fault { Some(*status) } else { None })
    }

    #[test]
    fn a_tenants_own_fault_comes_first_and_ends_after_its_times() {
        let board = Board::default();
        on(&board, None, None, Fault::Html(502), None);
        on(&board, Some("a"), None, Fault::Html(403), Some(2));
        assert_eq!((html(&board, "a"), html(&board, "b")), (Some(403), Some(502)));
        assert_eq!((html(&board, "a"), html(&board, "a"), html(&board, "a")), (Some(403), Some(502), Some(502)));
    }

    #[test]
    fn setting_replaces_the_same_kind_and_clearing_takes_only_what_was_named() {
        let board = Board::default();
        on(&board, None, None, Fault::Html(502), None);
        on(&board, None, None, Fault::Html(403), None);
        on(&board, Some("a"), None, Fault::Cut, None);
        on(&board, Some("a"), None, Fault::NoDate, None);
        assert_eq!(board.list().len(), 3);
        board.clear(Some("a").into(), Some("cut"));
        assert!(!board.strikes(Some("a"), &Fault::Cut) && board.strikes(Some("a"), &Fault::NoDate));
        board.clear(Some("a").into(), None);
        assert_eq!(html(&board, "a"), Some(403));
        board.clear(Whom::default(), None);
        assert_eq!(board.list(), []);
    }

    #[test]
    fn a_fault_of_a_feed_leaves_other_feeds_and_signing_in_alone_and_a_tenant_comes_before_a_feed() {
        let board = Board::default();
        let whom = |tenant, feed| Whom { tenant: Some(tenant), feed };
        on(&board, None, Some(Feed::MdeAlerts), Fault::Html(403), None);
        let html = |whom: Whom<'_>| board.take(whom, |fault| if let Fault::Html(status) = fault { Some(*status) } else { None });
        assert_eq!(html(whom("a", Some(Feed::MdeAlerts))), Some(403));
        assert_eq!((html(whom("a", Some(Feed::GraphAlerts))), html(whom("a", None))), (None, None));
        on(&board, Some("a"), None, Fault::Html(502), None);
        assert_eq!((html(whom("a", Some(Feed::MdeAlerts))), html(whom("b", Some(Feed::MdeAlerts)))), (Some(502), Some(403)));
        board.clear(Whom { tenant: None, feed: Some(Feed::MdeAlerts) }, None);
        assert_eq!(html(whom("b", Some(Feed::MdeAlerts))), None);
    }
}
