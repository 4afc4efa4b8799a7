//! A feed that is refused says why, and leaves the other feeds of its tenant alone.

use std::time::Duration;

use alertferry::simulator::{Fault, Scope, Settings, Spec};

use super::{ALL, once, reading, shown, wait_for};
use crate::support::daemon::Daemon;
use crate::support::lab::Lab;

fn spec(fault: Fault, feed: &str) -> Spec {
    Spec { scope: Scope::All, feed: Some(feed.parse().expect("a feed")), fault, times: None }
}

fn state(daemon: &Daemon, feed: &str) -> (String, String, String) {
    let tenant = daemon.json("/api/v1/tenants/tenant-01");
    let feeds = tenant["feeds"].as_array().expect("feeds").clone();
    let found = feeds.iter().find(|one| one["feed"] == feed).unwrap_or_else(|| panic!("no {feed}: {tenant}")).clone();
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    (text("state"), text("last_error"), text("advice"))
}

#[test]
fn a_missing_permission_is_named_at_its_feed_only() {
    for feed in ["graph-incidents", "mde-alerts", "xdr-incidents", "risk-detections", "sentinel-incidents", "defender-for-cloud"]
    {
        let lab = Lab::start(Settings { history: 40, history_span: Duration::from_mins(30), ..Settings::default() });
        lab.set(spec(Fault::MissingRoles, feed));
        let mut daemon = reading(&lab, &ALL).start();
        daemon.wait_until("the feed in need of consent", |daemon| state(daemon, feed).0 == "needs_consent");
        wait_for(&mut daemon, &shown(&lab, "tenant-01", "graph-alerts"));
        let (_, error, advice) = state(&daemon, feed);
        assert!(!error.is_empty() && !advice.is_empty(), "{feed}: {error} / {advice}");
        for other in ALL.iter().filter(|other| **other != feed) {
            daemon.wait_until("the other feeds well", |daemon| state(daemon, other).0 == "ok");
        }
        assert_eq!(daemon.stop(), Some(0));
        once(&daemon.lines("out"));
    }
}

#[test]
fn a_customer_without_the_product_is_told_apart_from_trouble() {
    let feeds = ["graph-alerts", "mde-alerts", "xdr-incidents", "sentinel-incidents", "defender-for-cloud"];
    let lab = Lab::start(Settings { history: 40, history_span: Duration::from_mins(30), ..Settings::default() });
    for feed in &feeds[1..] {
        lab.set(spec(Fault::NoProduct(None), feed));
    }
    let mut daemon = reading(&lab, &feeds).start();
    wait_for(&mut daemon, &shown(&lab, "tenant-01", "graph-alerts"));
    for feed in &feeds[1..] {
        daemon.wait_until("a feed that waits for somebody", |daemon| {
            let (state, error, advice) = state(daemon, feed);
            ["needs_consent", "broken"].contains(&state.as_str()) && !error.is_empty() && !advice.is_empty()
        });
    }
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn documented_rates_are_kept_by_all_feeds_at_once() {
    let lab = Lab::start(Settings { history: 60, history_span: Duration::from_mins(30), rate: 30.0, ..Settings::default() });
    for feed in ALL {
        lab.set(spec(Fault::Limits, feed));
    }
    let mut daemon = reading(&lab, &ALL).start();
    wait_for(&mut daemon, &shown(&lab, "tenant-01", "graph-alerts"));
    for feed in ALL {
        daemon.wait_until("a complete pass of each feed", |daemon| state(daemon, feed).0 == "ok");
    }
    assert_eq!(daemon.stop(), Some(0));
}
