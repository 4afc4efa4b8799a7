//! When a feed is due: pure arithmetic over monotonic instants.

use std::time::Duration;

/// Re-reading of the recent past for what arrived later than the overlap reaches; off when `every` is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    pub every: Duration,
    pub reach: Duration,
}
