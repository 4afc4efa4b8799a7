//! What the tests share: services started for real, and small builders.

pub mod rsyslog;
pub mod service;
