//! Every feed, through the built program: a child process, a simulated cloud, a file sink.

mod alone;
mod expand;
mod refusals;
mod revisions;
mod together;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use crate::support::daemon::{Daemon, GENEROUS, Setup};
use crate::support::lab::Lab;
use crate::support::service::poll;

/// Every feed there is.
pub const ALL: [&str; 7] = [
    "graph-alerts",
    "graph-incidents",
    "mde-alerts",
    "xdr-incidents",
    "risk-detections",
    "sentinel-incidents",
    "defender-for-cloud",
];

/// A daemon's configuration that reads these feeds of every tenant of the lab into a file sink `out`.
pub fn reading(lab: &Lab, feeds: &[&str]) -> Setup {
    let setup = Setup::new(lab).default("feeds", &format!("{feeds:?}")).file_sink("out");
    lab.tenants().into_iter().fold(setup, |setup, tenant| {
        let (subscription, group, workspace) = (&tenant.subscription, &tenant.resource_group, &tenant.workspace);
        let mut places = String::new();
        if feeds.contains(&"sentinel-incidents") {
            let _ = writeln!(
                places,
                "sentinel = {{ subscription = {subscription:?}, resource_group = {group:?}, workspace = {workspace:?} }}"
            );
        }
        if feeds.contains(&"defender-for-cloud") {
            let _ = writeln!(places, "defender_for_cloud = {{ subscriptions = [{subscription:?}] }}");
        }
        setup.tenant(&tenant.name, &places)
    })
}

/// What OCSF's class 2004 calls a Detection Finding.
pub fn alerts(events: &[Value]) -> Vec<&Value> {
    events.iter().filter(|event| event["class_uid"] == 2004).collect()
}

/// Incident Findings.
pub fn incidents(events: &[Value]) -> Vec<&Value> {
    events.iter().filter(|event| event["class_uid"] == 2005).collect()
}

/// The ID of an event's alert or incident.
pub fn id(event: &Value) -> String {
    let alert = event["finding_info"]["uid"].as_str();
    alert.or_else(|| event["metadata"]["correlation_uid"].as_str()).unwrap_or_else(|| panic!("no ID: {event}")).to_owned()
}

/// How often each ID stands there.
pub fn counts(events: &[&Value]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for event in events {
        *counts.entry(id(event)).or_default() += 1;
    }
    counts
}

/// The IDs of the alerts that arrived; fails when one came twice.
pub fn once(events: &[Value]) -> BTreeSet<String> {
    let counts = counts(&alerts(events));
    let twice: Vec<_> = counts.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "more than once: {twice:?}");
    counts.into_keys().collect()
}

/// Those of the tenant's alerts that a feed shows, by the IDs that Microsoft Graph gives them.
pub fn shown(lab: &Lab, tenant: &str, feed: &str) -> BTreeSet<String> {
    let belongs = |id: &String| match feed {
        "mde-alerts" => id.starts_with("da") || id.starts_with("ed"),
        "risk-detections" => id.starts_with("ad"),
        "defender-for-cloud" => id.starts_with("dc"),
        _ => true,
    };
    lab.readable(tenant).into_iter().filter(belongs).collect()
}

/// Waits until every one of these IDs has arrived.
pub fn wait_for(daemon: &mut Daemon, wanted: &BTreeSet<String>) {
    let missing = |daemon: &Daemon| {
        let events = daemon.lines("out");
        let arrived: BTreeSet<String> = alerts(&events).into_iter().map(id).collect();
        wanted.difference(&arrived).cloned().collect::<Vec<_>>()
    };
    let came = poll(GENEROUS, || missing(daemon).is_empty());
    assert!(came, "never arrived: {:?}\n{}", missing(daemon), daemon.log());
}
