//! The way from a feed to its sinks: passes, routes, outcomes. Knows the traits of source, sink and ledger, never an adapter.
//!
//! Read [`pass`] first, then [`serve`]: one looks at a feed, the other brings one page to one sink.

pub mod aside;
pub mod board;
pub mod decide;
pub mod errand;
pub mod feed;
pub mod filter;
pub mod hold;
pub mod insist;
pub mod lane;
pub mod letters;
pub mod outcome;
pub mod outlet;
pub mod pass;
mod persist;
pub mod replay;
pub mod route;
pub mod schedule;
pub mod serve;
pub mod state;
pub mod tally;
pub mod undelivered;
mod work;

#[cfg(test)]
pub(crate) mod tests;

use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::ledger::{Ledger, LedgerError};
use crate::telemetry::Metrics;

/// What every part of the pipeline needs of the world.
#[derive(Clone)]
pub struct Ports {
    pub ledger: Arc<dyn Ledger>,
    pub metrics: Arc<Metrics>,
    /// Everything in flight, so that stopping can wait for it.
    pub tasks: TaskTracker,
    /// Why the ledger cannot be used at present.
    pub ledger_trouble: Arc<Mutex<Option<LedgerError>>>,
    /// No new passes, no further pages; what is in flight goes on.
    pub stopping: CancellationToken,
    /// The deadline: whatever is left ends now.
    pub cut_off: CancellationToken,
}

impl Ports {
    #[must_use]
    pub fn new(ledger: Arc<dyn Ledger>, metrics: Arc<Metrics>) -> Self {
        Self {
            ledger,
            metrics,
            tasks: TaskTracker::new(),
            ledger_trouble: Arc::default(),
            stopping: CancellationToken::new(),
            cut_off: CancellationToken::new(),
        }
    }
}

impl Ports {
    /// Notes whether the ledger could be used.
    pub fn note_ledger(&self, trouble: Option<&LedgerError>) {
        *self.ledger_trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble.cloned();
    }

    /// This trouble is over. Another one that was noted since is not.
    pub fn forget_ledger_trouble(&self, trouble: &LedgerError) {
        self.ledger_trouble.lock().unwrap_or_else(PoisonError::into_inner).take_if(|noted| noted == trouble);
    }
}

impl std::fmt::Debug for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ports").field("stopping", &self.stopping.is_cancelled()).finish_non_exhaustive()
    }
}
