//! The tests that look at alertferry from outside: the built program, real services, and the library's public face.

mod config;
mod file_sink;
mod formats;
#[cfg(feature = "kafka")]
mod kafka;
mod ledger;
mod service;
mod sign_in;
mod simulator;
mod support;
mod syslog;
mod tidy;
