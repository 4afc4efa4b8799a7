//! One feed at a time: all that it shows arrives once, before and after a restart.

use std::collections::BTreeSet;
use std::time::Duration;

use alertferry::simulator::{IncidentTruth, Settings};

use super::{alerts, id, incidents, once, reading, shown, wait_for};
use crate::support::lab::Lab;

/// What was there, what comes while it runs, and what comes while it does not.
fn carries(feed: &str) {
    let lab = Lab::start(Settings { history: 240, history_span: Duration::from_mins(30), ..Settings::default() });
    let mut daemon = reading(&lab, &[feed]).start();
    wait_for(&mut daemon, &shown(&lab, "tenant-01", feed));
    lab.generate("tenant-01", 60);
    wait_for(&mut daemon, &shown(&lab, "tenant-01", feed));
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    lab.generate("tenant-01", 60);
    daemon.restart();
    let all = shown(&lab, "tenant-01", feed);
    assert!(all.len() > 10, "the lab has made too few alerts for {feed}");
    wait_for(&mut daemon, &all);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());

    let events = daemon.lines("out");
    assert_eq!(once(&events), all, "{feed}");
    let with_incidents = feed.contains("incidents");
    assert_eq!(!incidents(&events).is_empty(), with_incidents, "{feed}");
    let provider = |event: &&serde_json::Value| event["metadata"]["log_name"].as_str().unwrap_or_default().to_owned();
    let logs: BTreeSet<String> = events.iter().map(|event| provider(&event)).collect();
    assert_eq!(logs.len(), 1, "one feed, one log: {logs:?}");
    if with_incidents {
        let named: BTreeSet<String> = incidents(&events).into_iter().map(id).collect();
        let truth: BTreeSet<String> = lab.incidents("tenant-01").iter().map(|truth| known_as(feed, truth)).collect();
        assert_eq!(named, truth, "{feed}");
        for incident in incidents(&events) {
            let inside = incident["finding_info_list"].as_array().cloned().unwrap_or_default();
            let inside = inside.iter().filter_map(|info| info["uid"].as_str()).filter(|uid| !uid.starts_with("incident:"));
            assert_eq!(
                inside.clone().find(|uid| !all.contains(*uid)),
                None,
                "{} names an alert that did not arrive",
                id(incident)
            );
        }
    }
    assert!(alerts(&events).iter().all(|event| event["metadata"]["tenant_uid"].is_string()));
}

/// Sentinel knows its own incidents by a GUID, and Defender's by Defender's number.
fn known_as(feed: &str, truth: &IncidentTruth) -> String {
    let of_sentinel = feed == "sentinel-incidents" && truth.sentinel;
    if of_sentinel { truth.name.clone() } else { truth.id.clone() }
}

#[test]
fn graph_incidents_carries_its_incidents_and_the_alerts_inside() {
    carries("graph-incidents");
}

#[test]
fn mde_alerts_carries_the_alerts_of_defender_for_endpoint() {
    carries("mde-alerts");
}

#[test]
fn xdr_incidents_carries_its_incidents_and_the_alerts_inside() {
    carries("xdr-incidents");
}

#[test]
fn risk_detections_carries_the_alerts_of_identity_protection() {
    carries("risk-detections");
}

#[test]
fn sentinel_incidents_carries_its_incidents_and_their_alerts() {
    carries("sentinel-incidents");
}

#[test]
fn defender_for_cloud_carries_its_alerts() {
    carries("defender-for-cloud");
}
