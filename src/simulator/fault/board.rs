//! Which faults are on at present, for whom, and how often they will still happen.

use std::sync::{Mutex, MutexGuard};

use super::Fault;

/// A fault that is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Active {
    /// A tenant's ID; `None` for all.
    pub tenant: Option<String>,
    pub fault: Fault,
    pub left: Option<u32>,
}

/// The faults that are on. One of each kind per tenant and one for all; a tenant's own comes first.
#[derive(Debug, Default)]
pub struct Board {
    active: Mutex<Vec<Active>>,
}

impl Board {
    fn lock(&self) -> MutexGuard<'_, Vec<Active>> {
        self.active.lock().expect("nothing panics while it holds the list of faults")
    }

    /// Replaces the fault of the same kind for the same tenant.
    pub fn set(&self, tenant: Option<String>, fault: Fault, left: Option<u32>) {
        let mut active = self.lock();
        active.retain(|old| old.tenant != tenant || old.fault.kind() != fault.kind());
        if left != Some(0) {
            active.push(Active { tenant, fault, left });
        }
    }

    /// Removes the faults of a tenant, or all; of one kind, or any.
    pub fn clear(&self, tenant: Option<&str>, kind: Option<&str>) {
        self.lock().retain(|old| {
            tenant.is_some_and(|tenant| old.tenant.as_deref() != Some(tenant))
                || kind.is_some_and(|kind| old.fault.kind() != kind)
        });
    }

    pub fn list(&self) -> Vec<Active> {
        self.lock().clone()
    }

    /// What `pick` finds in the first fault that it accepts and that concerns the tenant; uses up one of its times.
    pub fn take<T>(&self, tenant: Option<&str>, pick: impl Fn(&Fault) -> Option<T>) -> Option<T> {
        let mut active = self.lock();
        let (index, found) = find(&active, tenant, pick)?;
        if let Some(left) = &mut active[index].left {
            *left -= 1;
            if *left == 0 {
                active.remove(index);
            }
        }
        Some(found)
    }

    /// Like [`Board::take`] for faults that are a lasting condition, not an event: nothing is used up.
    pub fn look<T>(&self, tenant: Option<&str>, pick: impl Fn(&Fault) -> Option<T>) -> Option<T> {
        find(&self.lock(), tenant, pick).map(|(_, found)| found)
    }

    /// Whether this very fault is on; uses up one of its times.
    pub fn strikes(&self, tenant: Option<&str>, fault: &Fault) -> bool {
        self.take(tenant, |active| (active == fault).then_some(())).is_some()
    }
}

fn find<T>(active: &[Active], tenant: Option<&str>, pick: impl Fn(&Fault) -> Option<T>) -> Option<(usize, T)> {
    let own = active.iter().enumerate().filter(|(_, entry)| entry.tenant.is_some() && entry.tenant.as_deref() == tenant);
    let all = active.iter().enumerate().filter(|(_, entry)| entry.tenant.is_none());
    own.chain(all).find_map(|(index, entry)| pick(&entry.fault).map(|found| (index, found)))
}

#[cfg(test)]
mod tests {
    use super::{Board, Fault};

    fn html(board: &Board, tenant: &str) -> Option<u16> {
        board.take(Some(tenant), |fault| if let Fault::Html(status) = fault { Some(*status) } else { None })
    }

    #[test]
    fn a_tenants_own_fault_comes_first_and_ends_after_its_times() {
        let board = Board::default();
        board.set(None, Fault::Html(502), None);
        board.set(Some("a".to_owned()), Fault::Html(403), Some(2));
        assert_eq!((html(&board, "a"), html(&board, "b")), (Some(403), Some(502)));
        assert_eq!((html(&board, "a"), html(&board, "a"), html(&board, "a")), (Some(403), Some(502), Some(502)));
    }

    #[test]
    fn setting_replaces_the_same_kind_and_clearing_takes_only_what_was_named() {
        let board = Board::default();
        board.set(None, Fault::Html(502), None);
        board.set(None, Fault::Html(403), None);
        board.set(Some("a".to_owned()), Fault::Cut, None);
        board.set(Some("a".to_owned()), Fault::NoDate, None);
        assert_eq!(board.list().len(), 3);
        board.clear(Some("a"), Some("cut"));
        assert!(!board.strikes(Some("a"), &Fault::Cut) && board.strikes(Some("a"), &Fault::NoDate));
        board.clear(Some("a"), None);
        assert_eq!(html(&board, "a"), Some(403));
        board.clear(None, None);
        assert_eq!(board.list(), []);
    }
}
