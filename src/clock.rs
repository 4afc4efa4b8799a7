//! The wall clock: the only place that asks the machine what time it is.
//!
//! Waiting uses tokio's clock, so that tests can pause it; dates come from here.

use jiff::Timestamp;

/// The present moment by this machine's clock.
#[must_use]
pub fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "this is clock.rs")]
    Timestamp::now()
}
