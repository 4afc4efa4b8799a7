//! What the tests share: services started for real, and small builders.

#[cfg(feature = "kafka")]
pub mod kafka;
pub mod service;
