//! `$expand` that fails for ever, as it does where incidents are big: what it would have brought comes all the same.

use std::time::Duration;

use alertferry::simulator::{Fault, Scope, Settings};

use super::{incidents, once, reading, shown, wait_for};
use crate::support::lab::Lab;

/// The fault strikes reading a row alone as well, so that what is inside cannot be had at all.
#[test]
fn incidents_whose_alerts_cannot_be_read_go_out_and_the_operator_is_told() {
    let lab = Lab::start(Settings { history: 12, history_span: Duration::from_mins(30), ..Settings::default() });
    lab.set_fault(&Scope::All, Fault::ExpandFails);
    let quick = "{ first = \"100ms\", most = \"200ms\" }";
    let mut daemon = reading(&lab, &["graph-alerts", "graph-incidents"]).default("feed_retry", quick).start();
    let wanted = lab.incidents("tenant-01").len();
    wait_for(&mut daemon, &shown(&lab, "tenant-01", "graph-alerts"));
    daemon.wait_until("every incident", |daemon| {
        let events = daemon.lines("out");
        super::counts(&incidents(&events)).len() == wanted
    });
    daemon.wait_for_metrics("a feed that is well again", |metrics| {
        let labels = [("tenant", "tenant-01"), ("feed", "graph-incidents"), ("state", "ok")];
        metrics.sum("alertferry_feed_state", &labels) == 1
    });
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    assert_eq!(once(&daemon.lines("out")), shown(&lab, "tenant-01", "graph-alerts"));
    let log = daemon.log();
    assert!(log.contains("$expand") && log.contains("graph-alerts"), "{log}");
}

#[test]
fn evidence_of_defender_for_endpoint_is_read_row_by_row_or_left_out() {
    let lab = Lab::start(Settings { history: 40, history_span: Duration::from_mins(30), ..Settings::default() });
    lab.set_fault(&Scope::All, Fault::ExpandFails);
    let quick = "{ first = \"100ms\", most = \"200ms\" }";
    let mut daemon = reading(&lab, &["mde-alerts"]).default("feed_retry", quick).start();
    let all = shown(&lab, "tenant-01", "mde-alerts");
    wait_for(&mut daemon, &all);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    assert_eq!(once(&daemon.lines("out")), all);
}
