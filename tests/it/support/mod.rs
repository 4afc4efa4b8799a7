//! What the tests share: services started for real, and small builders.

pub mod authority;
pub mod daemon;
pub mod ecs;
#[cfg(feature = "kafka")]
pub mod guarded_kafka;
#[cfg(feature = "kafka")]
pub mod kafka;
pub mod keys;
pub mod lab;
pub mod ocsf;
pub mod pages;
pub mod readers;
pub mod rsyslog;
pub mod scrape;
pub mod service;
pub mod setup;
pub mod spool;
pub mod syslog_ng;
