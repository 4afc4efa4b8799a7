//! Limits that hold: the most memory that the daemon ever had, as the kernel counts it, under what could make it grow.
//!
//! The quick form is about the shape (what grows with the load fails it), the long one (`ALERTFERRY_FAULTS=long`) about the numbers
//! that docs/guarantees.md states.

mod backlog;
mod hanging;
mod hostile;
mod tenants;

use std::path::Path;

use crate::faults::size;
use crate::support::daemon::Daemon;

const MIB: u64 = 1024 * 1024;

/// The allocator gives memory back at once, as deploy/ and the Dockerfile set it; otherwise what was just freed counts for a while too.
const AS_DEPLOYED: (&str, &str) = ("MIMALLOC_PURGE_DELAY", "0");

/// Holds what was measured against its bound, and keeps both in `target/limits/` for the table of scripts/faults.sh.
fn assert_at_most(what: &str, found: u64, most: u64) {
    println!("{what}: {} MiB, at most {} MiB", found / MIB, most / MIB);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/limits");
    std::fs::create_dir_all(&folder).expect("a folder for what was measured");
    let line = format!("{}\t{what}\t{}\t{}\n", size("quick", "long"), found / MIB, most / MIB);
    std::fs::write(folder.join(format!("{}.tsv", what.replace(' ', "-"))), line).expect("a file in our folder");
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
