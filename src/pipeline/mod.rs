//! The way from a feed to its sinks: passes, routes, outcomes. Knows the traits of source, sink and ledger, never an adapter.

pub mod filter;
pub mod outcome;
pub mod schedule;
