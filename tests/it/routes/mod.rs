//! Several routes of a tenant, each with its own filter, format, labels and revisions: the whole program against a simulated cloud.

mod counts;
mod filters;
mod revisions;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::daemon::Daemon;
use crate::support::lab::Lab;
use crate::support::scrape::Metrics;

/// One alert of each kind that a filter may tell apart: ID, severity, service, status, category, title.
const ALERTS: [(&str, &str, &str, &str, &str, &str); 7] = [
    ("da-low", "low", "microsoftDefenderForEndpoint", "new", "Malware", "Unwanted software"),
    ("da-high", "high", "microsoftDefenderForEndpoint", "new", "Malware", "Ransomware | found = true"),
    ("da-closed", "high", "microsoftDefenderForEndpoint", "resolved", "Malware", "Ransomware was removed"),
    ("fa-mail", "medium", "microsoftDefenderForOffice365", "inProgress", "InitialAccess", "Phishing mail delivered"),
    ("fa-test", "medium", "microsoftDefenderForOffice365", "new", "InitialAccess", "TEST Phishing exercise"),
    ("aa-identity", "high", "microsoftDefenderForIdentity", "new", "CredentialAccess", "Suspected DCSync (Kerberos)"),
    ("zz-odd", "unknownFutureValue", "unknownFutureValue", "unknownFutureValue", "unknownFutureValue", "Ünlïke any other 🦊"),
];

/// Shows all of [`ALERTS`] and one without a title and category.
fn show_all(lab: &Lab, tenant: &str) {
    for (id, severity, service, status, category, title) in ALERTS {
        lab.add(
            tenant,
            &json!({
                "id": id, "severity": severity, "serviceSource": service, "status": status, "category": category,
                "categories": [category], "title": title, "evidence": []
            }),
        );
    }
    lab.add(
        tenant,
        &json!({"id": "zz-bare", "severity": "high", "status": "new", "title": null, "category": null, "categories": null}),
    );
}

/// How many alerts [`show_all`] shows.
const SHOWN: u64 = 8;

/// A file sink of the vendor's own JSON with these further keys.
fn raw(name: &str, keys: &str) -> String {
    format!("kind = \"file\"\npath = \"{{folder}}/{name}.jsonl\"\nformat = \"raw\"\n{keys}")
}

/// The alert IDs in a file of the vendor's JSON; each stands there once.
fn ids(lines: &[Value]) -> BTreeSet<String> {
    let ids: BTreeSet<String> = lines.iter().map(|line| line["id"].as_str().expect("an ID").to_owned()).collect();
    assert_eq!(ids.len(), lines.len(), "an alert was sent twice");
    ids
}

/// Waits until, from one look at the metrics to the next, each route of a tenant accounts for as many alerts as were read.
/// Since the start the sums may differ: a route that lags after a restart has passes of its own.
fn wait_until_counts_add_up(daemon: &mut Daemon, tenant: &str, sinks: &[&str]) {
    let counts = |metrics: &Metrics| -> Vec<u64> {
        let outcomes = sinks.iter().map(|sink| metrics.sum("alertferry_alerts_total", &[("tenant", tenant), ("sink", sink)]));
        std::iter::once(metrics.sum("alertferry_alerts_read_total", &[("tenant", tenant)])).chain(outcomes).collect()
    };
    let mut before = counts(&daemon.metrics());
    daemon.wait_for_metrics("routes that account for what is read", |metrics| {
        let now = counts(metrics);
        let grown: Vec<u64> = now.iter().zip(&before).map(|(now, before)| now - before).collect();
        let read = grown[0];
        if read > 0 {
            before = now;
        }
        read > 0 && grown.iter().all(|of_a_route| *of_a_route == read)
    });
}
