//! `send` of a route: what a sink gets of one tenant's changes, and what its ledger remembers when that is set otherwise.

use serde_json::Value;

use super::raw;
use crate::support::daemon::{Daemon, Setup};
use crate::support::lab::Lab;

const READ: &str = "alertferry_alerts_read_total";

/// How often a sink's file holds an alert.
fn times(daemon: &Daemon, sink: &str, id: &str) -> usize {
    daemon.lines(sink).iter().filter(|line: &&Value| line["id"] == id).count()
}

fn two_more_looks(daemon: &mut Daemon) {
    let read = daemon.metrics().sum(READ, &[]);
    daemon.wait_for_metrics("two more looks", |metrics| metrics.sum(READ, &[]) >= read + 2);
}

#[test]
fn a_route_that_sends_changes_from_now_on_keeps_what_it_remembers() {
    let lab = Lab::quiet(2);
    let first = lab.generate("tenant-01", 1).remove(0);
    let second = lab.generate("tenant-02", 1).remove(0);
    let mut daemon =
        Setup::new(&lab).sink("out", &raw("out", "")).tenant("tenant-02", "routes.out = { send = \"changes\" }").start();
    daemon.wait_until("both", |daemon| times(daemon, "out", &first) == 1 && times(daemon, "out", &second) == 1);
    assert!(lab.change("tenant-01", &first) && lab.change("tenant-02", &second));
    daemon.wait_until("the change of the second", |daemon| times(daemon, "out", &second) == 2);
    two_more_looks(&mut daemon);
    assert_eq!(times(&daemon, "out", &first), 1, "the first one's route sends new alerts only");
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());

    daemon.setup.set_default("routes", "{ out = { send = \"changes\" } }");
    daemon.restart();
    two_more_looks(&mut daemon);
    assert_eq!(times(&daemon, "out", &first), 1, "the revision that it knows of is no news");
    assert!(lab.change("tenant-01", &first));
    daemon.wait_until("the next change of the first", |daemon| times(daemon, "out", &first) == 2);
    two_more_looks(&mut daemon);
    assert_eq!((times(&daemon, "out", &first), times(&daemon, "out", &second)), (2, 2));
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}

#[test]
fn an_alert_goes_out_once_it_passes_and_what_was_filtered_is_not_remembered() {
    let lab = Lab::quiet(1);
    let id = lab.generate("tenant-01", 1).remove(0);
    let mut daemon = Setup::new(&lab)
        .sink("all", &raw("all", "send = \"changes\""))
        .sink("late", &raw("late", "filter = { statuses = [\"resolved\"] }"))
        .start();
    for revision in 1.. {
        assert!(revision < 8, "it was never resolved");
        daemon.wait_until("the next revision", |daemon| times(daemon, "all", &id) == revision);
        if daemon.lines("all").iter().any(|line| line["status"] == "resolved") {
            break;
        }
        assert_eq!(times(&daemon, "late", &id), 0);
        assert!(lab.change("tenant-01", &id));
    }
    daemon.wait_until("it, once it is resolved", |daemon| times(daemon, "late", &id) == 1);
    two_more_looks(&mut daemon);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    assert_eq!(times(&daemon, "late", &id), 1);
}
