//! How fast we may ask: request budgets and the waiting that a server asks for.

use std::time::Duration;

/// At most this many requests in this span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub requests: u32,
    pub per: Duration,
}
