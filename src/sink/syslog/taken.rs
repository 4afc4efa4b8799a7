//! A count of signs that the receiver takes what it is sent, for those who wait behind a long page.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Shared by a sink and the line that it has open.
#[derive(Debug, Clone, Default)]
pub struct Taken(Arc<AtomicU64>);

impl Taken {
    /// The receiver acknowledged or answered something.
    pub fn more(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
