//! Tenants that fall silent, by their own rhythm and by a bound, also across a restart; and one that was always quiet.

use std::time::Duration;

use super::{comes, kinds, setup, told};
use crate::support::lab::Lab;

const HOUR: Duration = Duration::from_hours(1);

#[test]
fn a_tenant_that_had_something_every_few_hours_is_silent_after_two_days_and_a_quiet_one_is_not() {
    let lab = Lab::quiet(2);
    // Twelve days of one every second hour, the last two days ago; the other had one alert, three days ago.
    for hours in (48..48 + 12 * 24).step_by(2) {
        lab.generate_at("tenant-01", 1, lab.now("tenant-01") - hours * HOUR);
    }
    lab.generate_at("tenant-02", 1, lab.now("tenant-02") - 3 * 24 * HOUR);
    let mut daemon = setup(&lab, "").default("lookback", "\"14d\"").file_sink("out").start();
    let about = [("tenant", "tenant-01"), ("feed", "graph-alerts")];
    let alarm = comes(&mut daemon, "silent", &about);
    let message = alarm["message"].as_str().unwrap();
    assert!(message.contains("nothing new for 2d") && message.contains("usual is about one in 2h"), "{message}");
    assert_eq!(kinds(&daemon), ["silent"]);
    let state = |daemon: &crate::support::daemon::Daemon| daemon.json("/api/v1/tenants/tenant-01")["feeds"][0]["state"].clone();
    assert_eq!(state(&daemon), "silent");
    assert_eq!(daemon.json("/api/v1/tenants/tenant-01")["feeds"][0]["advice"], alarm["advice"]);
    let metrics = daemon.metrics();
    assert_eq!(metrics.sum("alertferry_feed_state", &[("tenant", "tenant-01"), ("state", "silent")]), 1);
    assert_eq!(metrics.sum("alertferry_feed_state", &[("tenant", "tenant-01"), ("state", "ok")]), 0);

    // What was learnt outlives the process; the window of its first pass holds none of it.
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    daemon.restart();
    daemon.wait_until("the alarm of the next run", |daemon| kinds(daemon) == ["silent"]);

    lab.generate("tenant-01", 1);
    daemon.wait_until("the end of the silence", |daemon| kinds(daemon).is_empty());
    assert_eq!(told(&daemon, "silent", "An alarm is over").len(), 1);
    assert_eq!(state(&daemon), "ok");
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}

#[test]
fn a_bound_of_the_tenants_own_holds_from_the_start_and_never_is_never() {
    let lab = Lab::quiet(3);
    for tenant in lab.tenants() {
        lab.generate_at(&tenant.name, 1, lab.now(&tenant.name) - HOUR / 2);
    }
    let mut daemon = setup(&lab, "silent_after = \"never\"")
        .file_sink("out")
        .tenant("tenant-01", "alarms = { silent_after = \"20m\" }")
        .tenant("tenant-02", "alarms = { silent_after = \"40m\" }")
        .start();
    let alarm = comes(&mut daemon, "silent", &[("tenant", "tenant-01")]);
    assert!(alarm["message"].as_str().unwrap().contains("nothing new for 3"), "{alarm}");
    daemon.wait_until("all alerts", |daemon| daemon.lines("out").len() == 3);
    assert_eq!(kinds(&daemon), ["silent"]);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}
