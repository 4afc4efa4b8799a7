//! The tests that look at alertferry from outside: the built program, real services, and the library's public face.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should fail right there")]

mod alarms;
mod config;
mod credentials;
mod faults;
mod feeds;
mod feeds_reader;
mod file_sink;
mod formats;
#[cfg(feature = "kafka")]
mod kafka;
mod ledger;
mod limits;
mod onboarding;
mod oversize;
mod program;
mod records;
mod relp;
mod replay;
mod routes;
mod security;
mod service;
mod sign_in;
mod simulator;
mod soak;
mod support;
mod syslog;
mod syslog_tls;
mod tidy;
mod traps;
