//! A record that names another tenant: never forwarded, kept aside once, visible everywhere.

use std::time::Duration;

use alertferry::simulator::{Fault, Scope, Settings};

use super::once;
use crate::support::daemon::{Setup, alertferry};
use crate::support::lab::Lab;

#[test]
fn another_tenants_record_is_kept_aside_once_and_never_forwarded() {
    let history_span = Duration::from_mins(10);
    let lab = Lab::start(Settings { tenants: 2, history: 8, history_span, ..Settings::default() });
    lab.set_fault(&Scope::Tenant("tenant-02".to_owned()), Fault::ForeignRecord);
    // Every pass reads all of the history, and with it the foreign record again.
    let mut daemon = Setup::new(&lab).default("overlap", "\"20m\"").file_sink("out").file_sink("other").start();
    daemon.wait_for_metrics("the record met again and again", |metrics| {
        metrics.outcome("tenant-01", "duplicate") >= 32 && metrics.outcome("tenant-02", "duplicate") >= 32
    });
    // The ledger's figures are read now and then.
    daemon.wait_for_metrics("the gauge", |metrics| {
        metrics.sum("alertferry_dead_letters", &[("tenant", "tenant-02"), ("sink", "")]) == 1
    });
    let metrics = daemon.metrics();
    let dead = |tenant, sink| {
        metrics.sum("alertferry_alerts_total", &[("tenant", tenant), ("sink", sink), ("outcome", "dead_lettered")])
    };
    assert_eq!([dead("tenant-02", "out"), dead("tenant-02", "other")], [1, 1], "once for each route");
    assert_eq!([dead("tenant-01", "out"), dead("tenant-01", "other")], [0, 0]);

    let letters = daemon.json("/api/v1/dead-letters");
    let letters = letters.as_array().expect("a list");
    assert_eq!(letters.len(), 1, "{letters:?}");
    let letter = &letters[0];
    assert_eq!((&letter["tenant"], &letter["feed"], &letter["sink"]), (&"tenant-02".into(), &"graph-alerts".into(), &().into()));
    let foreign = letter["alert_id"].as_str().expect("an ID").to_owned();

    let while_it_runs = list(&daemon.config());
    assert!(while_it_runs.contains(&foreign) && while_it_runs.contains("tenant-02"), "{while_it_runs}");
    assert!(while_it_runs.contains(&lab.tenants()[1].tenant_id), "the reason names who was asked: {while_it_runs}");
    assert_eq!(while_it_runs.lines().count(), 1, "{while_it_runs}");

    let alarms = || daemon.log().lines().filter(|line| line.contains("\"ERROR\"") && line.contains(&foreign)).count();
    assert_eq!(alarms(), 1, "an alarm, once: {}", daemon.log());

    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    assert_eq!(list(&daemon.config()), while_it_runs, "after it stopped");
    daemon.restart();
    daemon.wait_for_metrics("the record met after the restart", |metrics| metrics.outcome("tenant-02", "duplicate") >= 18);
    assert_eq!(daemon.metrics().outcome("tenant-02", "dead_lettered"), 0, "a restart does not forget it");
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    assert_eq!(list(&daemon.config()), while_it_runs);

    for sink in ["out", "other"] {
        let sent = once(&daemon.lines(sink));
        assert!(!sent.contains(&foreign));
        assert_eq!(sent.len(), 16);
    }
}

fn list(config: &str) -> String {
    let output = alertferry(&["dead-letters", "list", "--config", config]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}
