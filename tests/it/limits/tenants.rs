//! A thousand tenants, a sink that is dead and one that hangs: what waits, waits at the vendor.

use std::net::TcpListener;
use std::time::Duration;

use alertferry::simulator::Settings;

use super::{AS_DEPLOYED, MIB, assert_at_most, wait_for_forwarded};
use crate::faults::size;
use crate::support::daemon::Setup;
use crate::support::lab::Lab;
use crate::support::service::free_port;

/// The program itself (a debug build maps some 35 MiB of its file), and the room of a sink that hangs: 64 MiB of pages.
const PROGRAM: u64 = 128 * MIB;
/// The long form fills the room of the sink that hangs: 64 MiB of pages, each as it was read and encoded, and those being read.
const HANGING: u64 = 192;
/// What a tenant may add: tasks, a connection, its part of the ledger's cache.
const TENANT: u64 = MIB / 4;

#[test]
fn a_thousand_tenants_and_a_dead_sink_fit_into_little_memory() {
    let tenants: u64 = size(40, 1_000);
    let settings = Settings {
        tenants: usize::try_from(tenants).unwrap(),
        history: 10,
        history_span: Duration::from_mins(20),
        ..Settings::default()
    };
    let lab = Lab::start(settings);
    // Accepts in the kernel, and nobody ever reads.
    let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
    let syslog = |address: String| format!("kind = \"syslog\"\ntransport = \"tcp\"\naddress = {address:?}");
    let mut daemon = Setup::new(&lab)
        .env(AS_DEPLOYED.0, AS_DEPLOYED.1)
        .default("interval", size("\"5s\"", "\"30s\""))
        .default("budget", "{ graph-alerts = \"10000/s\" }")
        .default("sweep", "{ every = \"0s\" }")
        .file_sink("out")
        .sink("dead", &syslog(format!("127.0.0.1:{}", free_port())))
        .sink("hanging", &syslog(hanging.local_addr().unwrap().to_string()))
        .start();
    wait_for_forwarded(&mut daemon, "out", 10 * tenants);
    let before = daemon.peak();
    for tenant in lab.tenants() {
        lab.generate(&tenant.name, 10);
    }
    wait_for_forwarded(&mut daemon, "out", 20 * tenants);
    let asked = daemon.metrics().sum("alertferry_requests_total", &[]);
    daemon.wait_for_metrics("another look at each tenant", |metrics| {
        metrics.sum("alertferry_requests_total", &[]) >= asked + tenants
    });
    let metrics = daemon.metrics();
    assert_eq!(metrics.sum("alertferry_sink_up", &[("sink", "dead")]), 0, "the dead sink is told of");
    assert_eq!(metrics.sum("alertferry_alerts_total", &[("sink", "dead"), ("outcome", "forwarded")]), 0);
    let total = daemon.peak();
    assert_at_most("memory that came while sinks were dead", total - before, size(64, HANGING) * MIB);
    assert_at_most(&format!("memory with {tenants} tenants and a dead sink"), total, PROGRAM + tenants * TENANT);
}
