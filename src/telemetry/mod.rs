//! What we tell about ourselves: log lines and metrics.

pub mod alarms;
pub mod events;
pub mod harmless;
pub mod kafka;
pub mod ledger;
pub mod logging;
pub mod metrics;
mod pace;

pub use metrics::Metrics;
