//! The tests that look at alertferry from outside: the built program, real services, and the library's public face.

#[cfg(feature = "kafka")]
mod kafka;
mod service;
mod config;
mod ledger;
mod sign_in;
mod support;

mod file_sink;
mod syslog;
mod tidy;
