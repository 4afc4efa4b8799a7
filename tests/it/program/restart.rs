//! Across restarts: nothing twice, changes once more where they are asked for, late arrivals once.

use std::time::Duration;

use alertferry::simulator::Settings;

use super::{counts, once};
use crate::support::daemon::Setup;
use crate::support::lab::Lab;
use crate::support::ocsf;

const READ: &str = "alertferry_alerts_read_total";

fn lab(tenants: usize, history: usize) -> Lab {
    Lab::start(Settings { tenants, history, history_span: Duration::from_mins(10), ..Settings::default() })
}

#[test]
fn nothing_is_sent_twice_across_a_clean_restart() {
    let lab = lab(3, 20);
    // The overlap reaches over all of the history, so that only the ledger tells what is known.
    let mut daemon = Setup::new(&lab).default("overlap", "\"20m\"").file_sink("out").start();
    daemon.wait_until("60 alerts", |daemon| daemon.lines("out").len() >= 60);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());

    let fresh = lab.generate("tenant-02", 5);
    daemon.restart();
    daemon.wait_for_metrics("all that is known dropped", |metrics| {
        metrics.outcome("tenant-01", "duplicate") >= 20
            && metrics.outcome("tenant-02", "duplicate") >= 20
            && metrics.outcome("tenant-02", "forwarded") >= 5
            && metrics.outcome("tenant-03", "duplicate") >= 20
    });
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    let sent = once(&daemon.lines("out"));
    assert!(fresh.iter().all(|id| sent.contains(id)));
    assert_eq!(sent.len(), 65);
}

#[test]
fn a_change_is_forwarded_once_more_where_changes_are_asked_for_and_nowhere_else() {
    let lab = lab(1, 0);
    let id = lab.generate("tenant-01", 1).remove(0);
    let mut daemon = Setup::new(&lab)
        .file_sink("new")
        .sink("changes", "kind = \"file\"\npath = \"{folder}/changes.jsonl\"\nsend = \"changes\"")
        .start();
    let activities = |daemon: &crate::support::daemon::Daemon| -> Vec<(u64, u64)> {
        let number = |value: &serde_json::Value| value.as_u64().expect("a number");
        daemon.lines("changes").iter().map(|event| (number(&event["activity_id"]), number(&event["status_id"]))).collect()
    };
    daemon.wait_until("its first revision", |daemon| daemon.lines("changes").len() == 1);
    assert!(lab.change("tenant-01", &id));
    daemon.wait_until("its second revision", |daemon| daemon.lines("changes").len() == 2);
    daemon.stop();
    daemon.restart();
    for revisions in 3..=6 {
        if activities(&daemon).last().is_some_and(|(activity, _)| *activity == 3) {
            break;
        }
        assert!(lab.change("tenant-01", &id));
        daemon.wait_until("the next revision", |daemon| daemon.lines("changes").len() == revisions);
    }
    // Two more looks at what is known by now.
    let read = daemon.metrics().sum(READ, &[]);
    daemon.wait_for_metrics("two more looks", |metrics| metrics.sum(READ, &[]) >= read + 2);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());

    let seen = activities(&daemon);
    let (close, before) = seen.split_last().expect("revisions");
    assert_eq!(before[0].0, 1, "the first revision is Create: {seen:?}");
    assert!(before[1..].iter().all(|(activity, _)| *activity == 2), "those between are Update: {seen:?}");
    assert_eq!(*close, (3, 4), "the one that resolves it is Close: {seen:?}");
    assert_eq!(daemon.lines("new").len(), 1, "a sink of new alerts heard of it once");
    for event in daemon.lines("changes") {
        assert_eq!(event["finding_info"]["uid"], *id);
        ocsf::assert_valid(event.to_string().as_bytes());
    }
}

#[test]
fn late_arrivals_within_the_overlap_arrive_once() {
    let lab = lab(2, 10);
    let mut daemon = Setup::new(&lab).default("overlap", "\"5m\"").file_sink("out").start();
    daemon.wait_until("the history", |daemon| daemon.lines("out").len() == 20);
    let cursor = lab.now("tenant-01");
    let mut late = Vec::new();
    for minutes in 1..=4 {
        let at = cursor - Duration::from_secs(60 * minutes);
        late.extend(lab.generate_at("tenant-01", 3, at));
        daemon.wait_until("late arrivals", |daemon| late.iter().all(|id| counts(&daemon.lines("out")).contains_key(id)));
    }
    daemon.stop();
    late.extend(lab.generate_at("tenant-02", 3, cursor - Duration::from_mins(4)));
    daemon.restart();
    daemon.wait_until("late arrivals of the time between", |daemon| daemon.lines("out").len() >= 35);
    daemon.wait_for_metrics("another look", |metrics| {
        ["tenant-01", "tenant-02"].iter().all(|tenant| metrics.outcome(tenant, "duplicate") >= 10)
    });
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    assert_eq!(once(&daemon.lines("out")).len(), 35);
}
