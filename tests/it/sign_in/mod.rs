//! Signing in and the one GET of a vendor API, against a vendor on loopback.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail as loudly as the test")]

mod api;
mod bodies;
mod client;
mod credentials;
mod delegated;
mod expiry;
mod identity;
mod log;
mod refusals;
mod secrets;
mod tokens;
pub mod vendor;
