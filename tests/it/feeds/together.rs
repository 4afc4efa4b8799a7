//! Several feeds of one tenant at once: what they both show reaches a sink once.

use std::collections::BTreeSet;
use std::time::Duration;

use alertferry::simulator::Settings;

use super::{ALL, incidents, once, reading, shown, wait_for};
use crate::support::lab::Lab;

#[test]
fn an_alert_that_all_feeds_show_reaches_the_sink_once() {
    let settings =
        Settings { tenants: 2, history: 150, history_span: Duration::from_mins(30), rate: 60.0, ..Settings::default() };
    let lab = Lab::start(settings);
    let mut daemon = reading(&lab, &ALL).start();
    daemon.wait_until("alerts of every feed", |daemon| {
        let events = daemon.lines("out");
        let logs: BTreeSet<&str> = incidents(&events).iter().filter_map(|event| event["metadata"]["log_name"].as_str()).collect();
        logs.len() >= 2
    });
    daemon.kill();
    let before = once(&daemon.lines("out"));
    daemon.restart();
    let all: BTreeSet<String> =
        ["tenant-01", "tenant-02"].iter().flat_map(|tenant| shown(&lab, tenant, "graph-alerts")).collect();
    assert!(before.len() <= all.len());
    wait_for(&mut daemon, &all);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}
