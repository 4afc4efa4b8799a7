//! The admin endpoint of the running program: health, readiness, the contract's metrics, and what mends a tenant.

use std::time::Duration;

use alertferry::simulator::{Fault, Scope, Settings};

use crate::support::daemon::{Daemon, Setup};
use crate::support::lab::Lab;
use crate::support::rsyslog::Rsyslog;

/// What dashboards and alerts are built on: each metric with its labels.
const CONTRACT: [(&str, &[&str]); 9] = [
    ("alertferry_alerts_read_total", &["tenant", "feed"]),
    ("alertferry_alerts_total", &["tenant", "feed", "sink", "outcome"]),
    ("alertferry_feed_freshness_seconds", &["tenant", "feed"]),
    ("alertferry_feed_state", &["tenant", "feed", "state"]),
    ("alertferry_requests_total", &["tenant", "feed", "status"]),
    ("alertferry_sink_up", &["sink"]),
    ("alertferry_dead_letters", &["tenant", "sink"]),
    ("alertferry_ledger_ids", &[]),
    ("alertferry_credential_expiry_timestamp_seconds", &["app"]),
];

#[test]
fn it_is_alive_at_once_and_ready_when_a_sink_can_be_reached() {
    let lab = Lab::quiet(1);
    let mut rsyslog = Rsyslog::start();
    let keys = format!("kind = \"syslog\"\naddress = \"{}\"\ntransport = \"tcp\"", rsyslog.address());
    rsyslog.stop();
    let mut daemon = Setup::new(&lab).sink("soc", &keys).start();
    daemon.wait_until("a sink that was tried", |daemon| daemon.get("/readyz").body.contains("soc"));
    let (alive, ready) = (daemon.get("/healthz"), daemon.get("/readyz"));
    assert_eq!((alive.status, alive.body.as_str()), (200, "ok"));
    assert_eq!(ready.status, 503);
    assert!(ready.body.contains("no sink can be reached") && ready.body.contains(&rsyslog.address()), "{}", ready.body);
    let sinks = daemon.json("/api/v1/sinks");
    assert_eq!((&sinks[0]["up"], &sinks[0]["kind"]), (&false.into(), &"syslog".into()));

    rsyslog.start_again();
    // Nothing flows: the probe alone finds it.
    daemon.wait_until("readiness", |daemon| daemon.get("/readyz").status == 200);
    assert_eq!(daemon.json("/api/v1/sinks")[0]["up"], true);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}

#[test]
fn every_metric_of_the_contract_is_there_with_its_labels() {
    let history_span = Duration::from_mins(10);
    let lab = Lab::start(Settings { tenants: 2, history: 5, history_span, ..Settings::default() });
    lab.set_fault(&Scope::Tenant("tenant-01".to_owned()), Fault::ForeignRecord);
    let mut daemon = Setup::new(&lab).file_sink("out").env("ALERTFERRY__APPS__MAIN__CLIENT_SECRET_EXPIRES", "2099-01-31").start();
    daemon.wait_for_metrics("ledger figures", |metrics| {
        metrics.sum("alertferry_dead_letters", &[]) >= 1 && metrics.sum("alertferry_ledger_ids", &[]) >= 11
    });
    let answer = daemon.get("/metrics");
    assert!(answer.head.to_ascii_lowercase().contains("content-type: application/openmetrics-text"), "{}", answer.head);
    let metrics = daemon.metrics();
    assert!(metrics.text.ends_with("# EOF\n"), "{}", metrics.text);
    for (name, labels) in CONTRACT {
        let mut found = 0;
        for series in metrics.all(name, &[]) {
            let mut names: Vec<&str> = series.labels.iter().map(|(name, _)| name.as_str()).collect();
            let mut expected = labels.to_vec();
            names.sort_unstable();
            expected.sort_unstable();
            assert_eq!(names, expected, "{name}");
            found += 1;
        }
        assert!(found > 0, "no {name} in:\n{}", metrics.text);
    }
    for tenant in ["tenant-01", "tenant-02"] {
        let labels = [("tenant", tenant)];
        let present: Vec<_> = metrics
            .all("alertferry_feed_state", &labels)
            .filter(|series| series.count() == 1)
            .flat_map(|series| series.labels.iter().filter(|(name, _)| name == "state").map(|(_, state)| state.as_str()))
            .collect();
        assert_eq!(present, ["ok"], "one state at a time");
    }
    assert!(metrics.sum("alertferry_requests_total", &[("tenant", "tenant-02"), ("status", "200")]) >= 1);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}

#[test]
fn a_tenant_without_consent_says_so_with_what_mends_it_while_others_go_on() {
    let lab = Lab::quiet(3);
    let broken = Scope::Tenant("tenant-02".to_owned());
    lab.set_fault(&broken, Fault::TokenError(700_016));
    let mut daemon = Setup::new(&lab).default("recheck", "\"2s\"").file_sink("out").start();
    let state = |metrics: &crate::support::scrape::Metrics, tenant, state| {
        metrics.sum("alertferry_feed_state", &[("tenant", tenant), ("state", state)]) == 1
    };
    daemon.wait_for_metrics("its state", |metrics| state(metrics, "tenant-02", "needs_consent"));
    lab.tenants().iter().for_each(|tenant| drop(lab.generate(&tenant.name, 3)));
    daemon.wait_until("the others' alerts", |daemon| daemon.lines("out").len() == 6);
    let succeeded =
        |daemon: &Daemon, tenant: &str| daemon.json(&format!("/api/v1/tenants/{tenant}"))["feeds"][0]["last_success"].is_string();
    daemon.wait_until("the end of a pass", |daemon| succeeded(daemon, "tenant-01"));

    let tenants = daemon.json("/api/v1/tenants");
    let feeds: Vec<_> = tenants.as_array().expect("a list").iter().map(|tenant| &tenant["feeds"][0]).collect();
    let states: Vec<_> = feeds.iter().map(|feed| feed["state"].as_str().expect("a word")).collect();
    assert_eq!(states, ["ok", "needs_consent", "ok"]);
    let (error, advice) = (feeds[1]["last_error"].as_str().expect("text"), feeds[1]["advice"].as_str().expect("text"));
    assert!(error.contains("AADSTS700016"), "{error}");
    assert!(advice.contains("consent"), "{advice}");
    assert!(feeds[0]["last_error"].is_null() && feeds[0]["advice"].is_null(), "{}", feeds[0]);
    assert!(feeds[0]["last_success"].is_string() && feeds[1]["last_success"].is_null());
    assert_eq!(daemon.json("/api/v1/tenants/tenant-02")["feeds"][0]["state"], "needs_consent");
    assert!(daemon.get("/").body.contains("AADSTS700016"), "the status page shows it");

    lab.clear_faults();
    daemon.wait_for_metrics("recovery", |metrics| state(metrics, "tenant-02", "ok"));
    daemon.wait_until("its alerts", |daemon| daemon.lines("out").len() == 9);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}
