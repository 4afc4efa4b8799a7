//! Limits that hold: the most memory that the daemon ever had, as the kernel counts it, under what could make it grow.
//!
//! The quick form is about the shape (what grows with the load fails it), the long one (`ALERTFERRY_FAULTS=long`) about the numbers
//! that docs/guarantees.md states.

mod backlog;
mod hostile;
mod tenants;

use crate::support::daemon::Daemon;

const MIB: u64 = 1024 * 1024;

fn assert_at_most(what: &str, found: u64, most: u64) {
    println!("{what}: {} MiB, at most {} MiB", found / MIB, most / MIB);
    assert!(found <= most, "{what}: {} MiB, which is more than {} MiB", found / MIB, most / MIB);
}

/// Waits until a sink has been given so many alerts, however long that takes as long as some come.
fn wait_for_forwarded(daemon: &mut Daemon, sink: &str, alerts: u64) {
    let labels = [("sink", sink), ("outcome", "forwarded")];
    let forwarded = |daemon: &Daemon| daemon.metrics().sum("alertferry_alerts_total", &labels);
    let mut had = forwarded(daemon);
    while had < alerts {
        daemon.wait_until("further alerts", |daemon| forwarded(daemon) > had);
        had = forwarded(daemon);
    }
    assert_eq!(forwarded(daemon), alerts, "each once");
}
