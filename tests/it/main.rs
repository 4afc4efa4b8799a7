//! The tests that look at alertferry from outside: the built program, real services, and the library's public face.

#[cfg(feature = "kafka")]
mod kafka;
mod service;
mod support;
