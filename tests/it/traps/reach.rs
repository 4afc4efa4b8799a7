//! Alerts that can be read only some time after the moment that they carry.

use std::time::Duration;

use super::bench::{TENANT, Watch as _, cloud, history, setup};

/// Lets the cursor move past everything, and only then shows alerts that carry an earlier moment.
fn late(by: Duration, overlap: &str, sweep: &str) -> (crate::support::daemon::Daemon, crate::support::lab::Lab) {
    let lab = cloud(history(20), &[]);
    let mut daemon = setup(&lab, 10).default("overlap", overlap).default("sweep", sweep).start();
    daemon.settle(&lab);
    daemon.wait_for_a_pass();
    lab.generate_at(TENANT, 15, lab.now(TENANT) - by);
    (daemon, lab)
}

#[test]
fn an_alert_that_is_readable_20_seconds_late_arrives_by_the_overlap() {
    let (mut daemon, lab) = late(Duration::from_secs(20), "\"1m\"", "{ every = \"0s\" }");
    daemon.settle(&lab);
}

#[test]
fn an_alert_that_is_readable_5_minutes_late_arrives_by_the_overlap() {
    let (mut daemon, lab) = late(Duration::from_mins(5), "\"10m\"", "{ every = \"0s\" }");
    daemon.settle(&lab);
}
