//! The ledger from outside: one behaviour for every kind, whole steps after a kill, and clear words when its file is no good.

mod behaviour;
mod build;
mod crash;
mod model;
mod refusals;
