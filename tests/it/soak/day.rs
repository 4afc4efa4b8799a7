//! What one simulated day showed.

use std::fmt;

/// Figures at the end of a day.
#[derive(Debug, Clone)]
pub struct Day {
    pub number: u32,
    /// The program's own memory (`RssAnon`), the median of the day, in KiB.
    pub memory: u64,
    /// The ledger's file once its log is carried into it, in KiB.
    pub ledger: u64,
    /// What of it is free, to be used again, in KiB.
    pub free: u64,
    /// The ledger's write-ahead log, in KiB.
    pub log: u64,
    /// IDs that the ledger remembers.
    pub ids: u64,
    /// Alerts forwarded in this day.
    pub alerts: u64,
    /// Octets that the program had the system write to the disk, for each of them.
    pub written: u64,
    /// Processor time, for each of them, in microseconds.
    pub cpu: u64,
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, memory, ledger, free, log, ids, alerts, written, cpu } = self;
        write!(f, "day {number:>2}: {memory} KiB memory, {ledger} KiB ledger ({free} free), {log} KiB log, {ids} IDs, ")?;
        write!(f, "{alerts} alerts, {written} octets and {cpu} µs each")
    }
}
