//! The tests that look at alertferry from outside: the built program, real services, and the library's public face.

mod support;

mod file_sink;
mod syslog;
