//! What we tell about ourselves: log lines and metrics.

pub mod metrics;

pub use metrics::Metrics;
