//! `syslog`: RFC 5424 messages to a receiver over TCP.
