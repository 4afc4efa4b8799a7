//! What we tell about ourselves: log lines and metrics.

pub mod events;
pub mod logging;
pub mod metrics;

pub use metrics::Metrics;
