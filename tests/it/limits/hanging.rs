//! A sink that takes a little and then hangs, while many tenants have full pages for it: pages are in hand up to its room, the rest
//! waits at the vendor.

use std::io::Read as _;
use std::net::TcpListener;
use std::time::Duration;

use alertferry::simulator::Settings;
use serde_json::json;

use super::{AS_DEPLOYED, MIB, assert_at_most, wait_for_forwarded};
use crate::faults::size;
use crate::support::daemon::Setup;
use crate::support::lab::Lab;
use crate::support::scrape::Metrics;

/// Half of a sink's room is for first pages, half for further ones. So much is taken before it hangs, so that both fill up.
const TAKEN: u64 = 32 * MIB;
/// The rooms of both sinks, 64 MiB each, of pages that are there once as read and once encoded.
const ROOMS: u64 = 256 * MIB;
/// The program itself (a debug build maps some 35 MiB of its file).
const PROGRAM: u64 = 64 * MIB;
/// As in `limits::tenants`.
const TENANT: u64 = MIB / 4;

/// Accepts everything in the kernel and reads so many octets of it altogether.
fn hangs_after(octets: u64) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    socket2::SockRef::from(&listener).set_recv_buffer_size(1024 * 1024).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let (mut taken, mut buffer) = (0, vec![0; 64 * 1024]);
        for mut connection in listener.incoming().map_while(Result::ok) {
            while taken < octets {
                let Ok(read @ 1..) = connection.read(&mut buffer) else { break };
                taken += read as u64;
            }
            // Held for as long as the test runs: what is closed does not hang.
            std::mem::forget(connection);
        }
    });
    address
}

#[test]
fn a_sink_that_hangs_has_no_more_pages_in_hand_than_it_has_room_for() {
    // No message is longer than 200,000 octets.
    let (tenants, page, octets): (usize, usize, usize) = size((40, 32, 128 * 1024), (1_000, 8, 64 * 1024));
    let pages = 2;
    let lab = Lab::start(Settings { tenants, ..Settings::default() });
    let filler = "x".repeat(octets);
    for tenant in lab.tenants() {
        let now = lab.now(&tenant.name);
        for number in 0..page * pages {
            let at = (now - Duration::from_millis(10 * (page * pages - number) as u64)).to_string();
            let alert = json!({
                "id": format!("da{number}"), "tenantId": tenant.tenant_id, "createdDateTime": at, "lastUpdateDateTime": at,
                "title": "One of many", "severity": "low", "status": "new", "description": filler,
            });
            lab.add_text(&tenant.name, &alert.to_string());
        }
    }
    let syslog = format!(
        "kind = \"syslog\"\ntransport = \"tcp\"\naddress = {:?}\nformat = \"raw\"\npatience = \"10m\"",
        hangs_after(TAKEN)
    );
    let mut daemon = Setup::new(&lab)
        .env(AS_DEPLOYED.0, AS_DEPLOYED.1)
        .default("interval", size("\"2s\"", "\"30s\""))
        .default("budget", "{ graph-alerts = \"10000/s\" }")
        .default("page_size", &format!("{{ graph-alerts = {page} }}"))
        .default("sweep", "{ every = \"0s\" }")
        .sink("hanging", &syslog)
        .sink("out", "kind = \"file\"\nformat = \"raw\"\npath = \"{folder}/out.jsonl\"")
        .start();
    let all = (tenants * page * pages) as u64;
    wait_for_forwarded(&mut daemon, "out", all);
    let taken = |metrics: &Metrics| metrics.sum("alertferry_alerts_total", &[("sink", "hanging"), ("outcome", "forwarded")]);
    daemon.wait_for_metrics("half of what it takes before it hangs", |metrics| taken(metrics) >= TAKEN / octets as u64 / 2);
    let asked = daemon.metrics().sum("alertferry_requests_total", &[]);
    daemon.wait_for_metrics("another look at each tenant", |metrics| {
        metrics.sum("alertferry_requests_total", &[]) >= asked + tenants as u64
    });
    let taken = taken(&daemon.metrics());
    assert!(taken < all / 2, "it was to take a little and then to hang: {taken} of {all}");
    println!("{tenants} tenants with pages of {} KiB, {taken} of {all} alerts taken", page * octets / 1024);
    let most = PROGRAM + ROOMS + tenants as u64 * TENANT;
    assert_at_most("memory with a sink that hangs", daemon.peak(), most);
}
