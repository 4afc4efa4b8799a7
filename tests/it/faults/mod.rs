//! The fault suite: each fault that has hurt collectors, played against the built program and real sinks, and scored.
//!
//! One `#[test]` is one scenario. It compares what the simulated cloud holds with what arrived at a sink, and hands in a
//! [`score::Score`]: how many alerts were lost, how many repeated, how late the last came, and what the operator was told. A
//! quick form runs with all tests; `make faults` runs the long form and prints the table. Each scenario has a row in
//! docs/guarantees.md, "Proven under fault".

#[cfg(feature = "kafka")]
mod changes;
mod clocks;
mod crash_points;
mod disk;
mod documents;
mod expand;
#[cfg(feature = "kafka")]
mod gathered;
mod hostile;
mod huge;
#[cfg(feature = "kafka")]
mod kills;
mod late;
mod ledger_in_use;
pub mod machine;
mod network;
mod ordeal;
mod out_of_files;
mod pages;
mod receivers;
mod road;
pub mod scene;
mod score;
mod sign_in;
mod sign_in_away;
mod sinks;
mod stop;
mod storm;
mod tail;
mod throttled;
mod ties;
mod told;

pub use crash_points::died_at;

/// Whether the long form was asked for: `ALERTFERRY_FAULTS=long`.
pub fn long() -> bool {
    std::env::var("ALERTFERRY_FAULTS").is_ok_and(|form| form == "long")
}

/// A size, a count or a span: of the quick form, or of the long one.
pub fn size<T>(quick: T, in_long: T) -> T {
    if long() { in_long } else { quick }
}
