//! The tests that look at alertferry from outside: the built program, real services, and the library's public face.

mod config;
#[cfg(feature = "kafka")]
mod kafka;
mod ledger;
mod service;
mod sign_in;
mod formats;
mod simulator;
mod support;

mod file_sink;
mod syslog;
mod tidy;
