//! Several routes of a tenant, each with its own filter, format, labels and revisions: the whole program against a simulated cloud.

mod counts;
mod filters;
mod revisions;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::daemon::Daemon;
use crate::support::lab::Lab;

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

/// Whether the outcomes of each route of a tenant add up to what was read of it, as they do between two pages. A route that was
/// left behind is served by passes of its own, of which the others hear nothing: then it is less.
fn add_up(daemon: &Daemon, tenant: &str, sinks: &[&str]) -> bool {
    let metrics = daemon.metrics();
    let read = metrics.sum("alertferry_alerts_read_total", &[("tenant", tenant)]);
    let left_behind = daemon.log().contains("finishes its page in the background");
    sinks.iter().all(|sink| {
        let outcomes = metrics.sum("alertferry_alerts_total", &[("tenant", tenant), ("sink", sink)]);
        outcomes == read || (left_behind && outcomes < read)
    })
}
