//! Being told to stop in the middle of a page to a receiver that is slow, but takes it.

use super::receivers::Receiver;
use super::road::Mood;
use super::scene::{TENANT, cloud, due, history, setup};
use super::score::{Arrival, Score};
use super::tail::{Tail, key};
use crate::support::daemon::GENEROUS;
use crate::support::service::poll;

/// Some 300 KB at 25 KB a second: a question behind this page waits for longer than the five seconds that it is given.
const PAGE: usize = 40;
const SLOW: u32 = 25_000;

/// The page gets through before the end, and is not sent again after the next start.
fn finishes_its_page(receiver: &Receiver, score: Score) {
    let lab = cloud(history(1, 0), &[]);
    let mut daemon = setup(&lab)
        .default("page_size", &format!("{{ graph-alerts = {PAGE} }}"))
        .top("shutdown_deadline = \"60s\"")
        .sink("siem", &receiver.keys)
        .start();
    receiver.road.set(Mood::Slow(SLOW));
    lab.generate(TENANT, PAGE);
    let due = due(&lab);
    Tail::of(&daemon, "out").wait_for(&due, GENEROUS);
    poll(GENEROUS, || receiver.road.carried() > 20_000);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    assert!(daemon.log().contains("everything in flight was finished"), "{}", daemon.log());
    receiver.road.set(Mood::Open);
    daemon.restart();
    daemon.wait_for_metrics("what stands in the ledger", |metrics| {
        metrics.sum("alertferry_alerts_total", &[("sink", "siem"), ("outcome", "duplicate")]) >= PAGE as u64
    });
    let documents = receiver.documents();
    let arrivals: Vec<Arrival> = documents.iter().map(|document| Arrival { key: key(document, false), at: None }).collect();
    score.add(&due, &arrivals).nothing_to_tell().keep();
}

#[test]
fn a_page_over_tcp_is_finished() {
    finishes_its_page(&Receiver::tcp(), Score::of("stop-slow-tcp"));
}

#[test]
fn a_page_over_relp_is_finished() {
    finishes_its_page(&Receiver::relp(), Score::of("stop-slow-relp"));
}
