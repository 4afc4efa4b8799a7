//! The network goes away under the whole machine, or the name of one tenant's host is no longer found, and both come back.

use std::time::Duration;

use super::machine::Machine;
use super::receivers::Receiver;
use super::road::{Mood, Road};
use super::scene::{TENANT, cloud, due, due_of, history, look_again, set, setup};
use super::score::{Arrival, Score};
use super::tail::{Tail, key};
use super::{size, told};
use crate::support::daemon::{Daemon, GENEROUS};
use crate::support::service::poll;

const PAGE: usize = 20;
const OTHER: &str = "tenant-02";

/// The longest pause between two tries (500 ms here), a pass and its pages; the rest is for a busy machine.
const PROMPT: Duration = Duration::from_secs(20);

/// A cloud by another address than that of the lab.
fn urls(url: &str) -> String {
    ["login", "graph", "mde", "xdr", "arm"].map(|api| format!("{api} = {url:?}\n")).concat()
}

#[test]
fn the_network_is_away_for_a_while_under_the_whole_machine() {
    let lab = cloud(history(2, PAGE), &[]);
    let host = lab.base_url();
    let road = Road::new().to(host.trim_start_matches("http://").trim_end_matches('/'));
    let receiver = Receiver::tcp();
    let daemon = setup(&lab)
        .default("page_size", &format!("{{ graph-alerts = {PAGE} }}"))
        .default("sink_retry", "{ first = \"200ms\", most = \"500ms\" }")
        .part(&format!("[clouds.far]\n{}", urls(&format!("http://{}", road.address()))))
        .tenant(TENANT, "cloud = \"far\"")
        .tenant(OTHER, "cloud = \"far\"")
        .sink("siem", &receiver.keys)
        .start();
    let mut out = Tail::of(&daemon, "out");
    out.settle(&daemon, &due(&lab), GENEROUS);
    let mut score = Score::of("network-away").late_up_to(PROMPT);
    for _ in 0..size(1, 3) {
        road.set(Mood::Closed);
        receiver.road.set(Mood::Closed);
        lab.tenants().iter().for_each(|tenant| drop(lab.generate(&tenant.name, PAGE)));
        for tenant in [TENANT, OTHER] {
            score = score.told(told::state(&daemon, tenant, "graph-alerts", "degraded"));
        }
        assert!(poll(size(Duration::from_secs(2), Duration::from_mins(3)), || false) || out.look().len() < due(&lab).len());
        road.set(Mood::Open);
        receiver.road.set(Mood::Open);
        score = score.mended(alertferry::clock::now());
        out.wait_for(&due(&lab), GENEROUS);
    }
    let due = due(&lab);
    let arrived = || daemon.metrics().sum("alertferry_alerts_total", &[("sink", "siem"), ("outcome", "forwarded")]);
    assert!(poll(GENEROUS, || arrived() >= due.len() as u64), "{} of {}: {}", arrived(), due.len(), daemon.log());
    let score = score.add(&due, out.settle(&daemon, &due, GENEROUS));
    let mut messages = Vec::new();
    poll(GENEROUS, || {
        messages = receiver.documents().iter().map(|document| Arrival { key: key(document, false), at: None }).collect();
        due.iter().all(|due| messages.iter().any(|message| message.key == due.key))
    });
    score.add(&due, &messages).repeats_up_to(receiver.road.taken() * PAGE).keep();
}

/// Waits until the victim's feed tells that the name of its host was looked up in vain.
fn unknown_host(daemon: &Daemon) -> Option<String> {
    let error = || told::feed(daemon, TENANT, "graph-alerts")["last_error"].as_str().unwrap_or_default().to_owned();
    let came = poll(GENEROUS, || error().contains("failed to lookup address information"));
    came.then(|| told::state(daemon, TENANT, "graph-alerts", "degraded")).flatten().filter(|told| told.contains("localhost"))
}

#[test]
fn the_name_of_one_tenants_host_is_not_found_for_a_while() {
    let lab = cloud(history(2, PAGE), &[]);
    let machine = Machine::new();
    let setup = setup(&lab)
        .part(&format!("[clouds.named]\n{}", urls(&lab.base_url().replace("127.0.0.1", "localhost"))))
        .tenant(TENANT, "cloud = \"named\"");
    let folder = setup.folder().to_owned();
    let daemon = machine.under(setup, &folder).start();
    let mut out = Tail::of(&daemon, "out");
    out.settle(&daemon, &due(&lab), GENEROUS);
    machine.names(false);
    // Connections that there are need no name.
    set(&lab, &format!("hang-up*2@{TENANT}"));
    let told = unknown_host(&daemon);
    assert!(machine.struck() > 0, "nobody asked for a name");
    let mut others = Vec::new();
    for _ in 0..size(2, 20) {
        lab.tenants().iter().for_each(|tenant| drop(lab.generate(&tenant.name, PAGE)));
        others = due_of(&lab, OTHER);
        out.wait_for(&others, GENEROUS);
    }
    let came: Vec<Arrival> =
        out.look().iter().filter(|arrival| others.iter().any(|due| due.key == arrival.key)).cloned().collect();
    let score = Score::of("host-not-found").late_up_to(PROMPT).told(told).add(&others, &came);
    machine.names(true);
    let score = score.mended(alertferry::clock::now());
    let own = due_of(&lab, TENANT);
    out.wait_for(&own, GENEROUS);
    look_again(&daemon, GENEROUS);
    let theirs = |arrival: &&Arrival| !others.iter().any(|due| due.key == arrival.key);
    let arrivals: Vec<Arrival> = out.look().iter().filter(theirs).cloned().collect();
    score.add(&own, &arrivals).keep();
}
