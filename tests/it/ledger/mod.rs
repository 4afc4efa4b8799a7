//! The ledger from outside: one behaviour for every kind, whole steps after a kill, and clear words when its file is no good.

#![expect(
    clippy::unwrap_used,
    reason = "a panic is how a test fails; the exception for tests does not reach the functions that they share"
)]

mod aside;
mod behaviour;
mod build;
mod care;
mod compact;
mod crash;
mod dead_letters;
mod files;
mod layouts;
mod looks;
mod model;
mod place;
pub mod points;
mod space;
