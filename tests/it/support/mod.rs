//! What the tests share: services started for real, and small builders.

#[cfg(feature = "kafka")]
pub mod kafka;
pub mod rsyslog;
pub mod service;
pub mod ocsf;
