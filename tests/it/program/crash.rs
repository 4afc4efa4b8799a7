//! SIGKILL at random moments: nothing is lost, and at most the page in flight is repeated.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{id, parsed};
use crate::support::daemon::{GENEROUS, Setup};
use crate::support::kafka::{self, Record};
use crate::support::lab::Lab;
use crate::support::ocsf;
use crate::support::service::poll;

const KILLS: usize = 22;
const PAGE_SIZE: usize = 5;
const TOPIC: &str = "crash";
const TENANTS: usize = 3;
const BURST: usize = 40;

/// What each tenant has got, with how often.
type Arrived = BTreeMap<String, BTreeMap<String, usize>>;

fn arrived(records: &[Record]) -> Arrived {
    let mut arrived = Arrived::new();
    let events = parsed(records.iter().map(|record| record.value.as_slice()));
    for (record, event) in records.iter().zip(&events) {
        let (_, tenant) = record.headers.iter().find(|(name, _)| name == "tenant").expect("a header");
        *arrived.entry(tenant.clone()).or_default().entry(id(event).to_owned()).or_default() += 1;
    }
    arrived
}

/// docs/guarantees.md: a crash between delivery and recording repeats at most the page in flight. One page is in flight per feed, and each
/// of these tenants has one feed and one route: after so many kills, a tenant has at most so many pages of repeats.
fn assert_repeats_bounded(arrived: &Arrived, kills: usize, seed: u64) -> usize {
    let mut total = 0;
    for (tenant, counts) in arrived {
        let repeats: usize = counts.values().map(|count| count - 1).sum();
        assert!(repeats <= kills * PAGE_SIZE, "seed {seed}: {tenant} has {repeats} repeats after {kills} kills");
        total += repeats;
    }
    total
}

#[test]
fn sigkill_at_random_moments_loses_nothing_and_repeats_at_most_a_page() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let lab = Lab::quiet(TENANTS);
    let broker = kafka::shared();
    let keys = format!("kind = \"kafka\"\nbrokers = [\"{}\"]\ntopic = \"{TOPIC}\"", broker.address());
    let mut daemon = Setup::new(&lab)
        .default("overlap", "\"5s\"")
        .default("page_size", &format!("{{ graph-alerts = {PAGE_SIZE} }}"))
        .default("budget", "{ graph-alerts = \"60000/min\" }")
        .sink("siem", &keys)
        .start();
    for kill in 1..=KILLS {
        for tenant in lab.tenants() {
            for _ in 0..BURST {
                let at = lab.now(&tenant.name) - Duration::from_millis(random.u64(0..2_000));
                lab.generate_at(&tenant.name, 1, at);
            }
        }
        if kill % 4 == 0 {
            // Anywhere, while it starts included.
            poll(Duration::from_millis(random.u64(0..1_500)), || false);
        } else {
            daemon.wait_for_metrics("alerts on their way", |metrics| {
                metrics.sum("alertferry_alerts_total", &[("outcome", "forwarded")]) >= 1
            });
            poll(Duration::from_millis(random.u64(0..150)), || false);
        }
        daemon.kill();
        // What this kill tore shows when it is sent again: so far only the earlier ones can have led to repeats.
        let records = if kill == 1 { Vec::new() } else { broker.read(TOPIC) };
        assert_repeats_bounded(&arrived(&records), kill - 1, seed);
        daemon.restart();
    }

    let truth: BTreeMap<String, BTreeSet<String>> =
        lab.tenants().into_iter().map(|tenant| (tenant.name.clone(), lab.readable(&tenant.name))).collect();
    let mut records = Vec::new();
    let complete = poll(GENEROUS, || {
        records = broker.read(TOPIC);
        let arrived = arrived(&records);
        truth.iter().all(|(tenant, ids)| arrived.get(tenant).is_some_and(|got| ids.iter().all(|id| got.contains_key(id))))
    });
    let arrived = arrived(&records);
    for (tenant, ids) in &truth {
        let got: BTreeSet<String> = arrived.get(tenant).into_iter().flat_map(|counts| counts.keys().cloned()).collect();
        let lost: Vec<_> = ids.difference(&got).collect();
        assert!(lost.is_empty(), "seed {seed}: {tenant} lost {} of {}: {lost:?}", lost.len(), ids.len());
        assert_eq!(&got, ids, "seed {seed}: {tenant} got what it does not have");
    }
    assert!(complete);
    assert_eq!(daemon.stop(), Some(0), "seed {seed}: {}", daemon.log());
    let repeats = assert_repeats_bounded(&arrived, KILLS, seed);
    println!("{} alerts, {repeats} repeats after {KILLS} kills", truth.values().map(BTreeSet::len).sum::<usize>());
    for record in &records {
        ocsf::assert_valid(&record.value);
    }
}
