//! A tenant with far more alerts waiting than a page holds: memory is that of pages, not of the backlog.

use std::time::Duration;

use alertferry::simulator::Settings;
use serde_json::json;

use super::{AS_DEPLOYED, MIB, assert_at_most, wait_for_forwarded};
use crate::faults::size;
use crate::support::daemon::Setup;
use crate::support::lab::Lab;

const TENANT: &str = "tenant-01";
/// Whatever happens, this is more than one tenant needs.
const MOST: u64 = 384 * MIB;

#[test]
fn memory_does_not_grow_with_what_waits_at_the_vendor() {
    let (alerts, octets) = size((3_000, 16 * 1024), (100_000, 4 * 1024));
    let lab = Lab::start(Settings { tenants: 1, ..Settings::default() });
    let (now, tenant) = (lab.now(TENANT), lab.tenants()[0].tenant_id.clone());
    let filler = "x".repeat(octets);
    for number in 0..alerts {
        let at = (now - Duration::from_millis(10 * (alerts - number))).to_string();
        let alert = json!({
            "id": format!("da{number}"), "tenantId": tenant, "createdDateTime": at, "lastUpdateDateTime": at,
            "title": "One of many", "severity": "low", "status": "new", "description": filler,
        });
        lab.add_text(TENANT, &alert.to_string());
    }
    let mut daemon = Setup::new(&lab)
        .env(AS_DEPLOYED.0, AS_DEPLOYED.1)
        .default("page_size", "{ graph-alerts = 100 }")
        .default("budget", "{ graph-alerts = \"10000/s\" }")
        .default("sweep", "{ every = \"0s\" }")
        .sink("out", "kind = \"file\"\nformat = \"raw\"\npath = \"{folder}/out.jsonl\"")
        .start();
    daemon.wait_until("a first part of the backlog", |daemon| daemon.metrics().outcome(TENANT, "forwarded") >= alerts / 10);
    let early = daemon.peak();
    wait_for_forwarded(&mut daemon, "out", alerts);
    let total = daemon.peak();
    println!("a backlog of {alerts} alerts, {} MiB in all", alerts * u64::try_from(octets).unwrap() / MIB);
    // A cache for the ledger's file grows to its own bound of 64 MiB as IDs come in.
    assert_at_most("memory that came with the rest of the backlog", total - early, size(20, 96) * MIB);
    assert_at_most("memory with a backlog", total, MOST);
}
