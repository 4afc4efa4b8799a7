//! What the pipeline tells whoever looks at it: trouble with the ledger, the state of a feed, the words of a panic.

use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::{Duration, sleep};
use tracing::subscriber::DefaultGuard;

use super::cloud::{Fault, TENANT, second};
use super::desk::Mood;
use super::replays::route;
use super::rig::{Rig, SECOND};
use crate::ledger::memory::Memory;
use crate::ledger::settings::Bounds;
use crate::pipeline::state::FeedState;
use crate::sink::Verdict;
use crate::source::{FetchError, Trouble};

fn ledger_trouble(rig: &Rig) -> Option<String> {
    let trouble = rig.ports.ledger_trouble.lock().unwrap_or_else(PoisonError::into_inner);
    trouble.as_ref().map(|trouble| trouble.message.clone())
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_cannot_be_written_is_told_until_it_can() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.add("a", 30);
    rig.start(&cloud, &[&desk]);
    sleep(10 * SECOND).await;
    assert_eq!(ledger_trouble(&rig), None);
    rig.book.full.store(true, Ordering::Relaxed);
    sleep(110 * SECOND).await;
    assert_eq!(ledger_trouble(&rig).as_deref(), Some("the book is full"));
    rig.book.full.store(false, Ordering::Relaxed);
    sleep(60 * SECOND).await;
    assert_eq!(ledger_trouble(&rig), None);
}

/// What no route can take is looked up for the feed itself, before any route: a failure there ends the pass.
#[tokio::test(start_paused = true)]
async fn a_ledger_that_cannot_be_read_is_told_and_asked_again_at_a_measured_pace() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.show("foreign", -45, -45, "new", "99999999-9999-4999-8999-999999999999");
    cloud.add("a", -40);
    rig.start(&cloud, &[&desk]);
    sleep(SECOND / 10).await;
    rig.book.torn.store(true, Ordering::Relaxed);
    sleep(200 * SECOND).await;
    let before = rig.tape.asked().len();
    sleep(50 * SECOND).await;
    let asked = rig.tape.asked().len() - before;
    assert!((5..=11).contains(&asked), "every five seconds: {asked}");
    assert_eq!(ledger_trouble(&rig).as_deref(), Some("the book is torn"));
    rig.book.torn.store(false, Ordering::Relaxed);
    sleep(20 * SECOND).await;
    assert_eq!(desk.ids(), ["a"]);
}

#[tokio::test(start_paused = true)]
async fn the_state_of_a_feed_is_a_metric_and_its_age_and_its_servers_time_are_known() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.add("a", -40);
    let board = rig.start(&cloud, &[&desk]);
    assert_eq!((board.freshness(), board.report().server_now()), (None, None), "nothing is known yet");
    sleep(100 * SECOND).await;
    let of = |state: FeedState, value: u8| {
        let text = rig.ports.metrics.render();
        let is_told = |line: &&str| line.contains(TENANT) && line.contains(&format!("state=\"{}\"", state.as_str()));
        text.lines().filter(is_told).any(|line| line.ends_with(&format!(" {value}")))
    };
    assert!(of(FeedState::Ok, 1) && of(FeedState::Degraded, 0));
    let report = board.report();
    let complete_to = report.complete_to.expect("a pass is through");
    // The fake cloud lives at another time than we do.
    let age = crate::clock::now().duration_since(complete_to);
    assert!(board.freshness().is_some_and(|found| found.as_secs().abs_diff(age.as_secs().max(0).unsigned_abs()) <= 5));
    assert_eq!(report.server_now(), Some(second(100)), "it goes on between two looks");
    cloud.lastingly(Some(Fault::Trouble(Trouble::Passing)));
    sleep(100 * SECOND).await;
    assert!(of(FeedState::Ok, 0) && of(FeedState::Degraded, 1));
}

#[tokio::test(start_paused = true)]
async fn the_words_of_a_panic_are_the_reason_why_nothing_gets_through() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.add("a", -40);
    desk.lastingly(Mood::Panics);
    let board = rig.start(&cloud, &[&desk]);
    sleep(100 * SECOND).await;
    let (_, why) = board.report().routes[0].headway().failing.expect("nothing got through");
    assert!(why.is_some_and(|why| why.message.contains("the desk makes its visitor panic")));
}

#[tokio::test(start_paused = true)]
async fn a_route_that_is_told_once_more_where_it_is_has_come_no_further() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    let outlet = rig.outlet(&desk);
    let route = route(&mut rig, &cloud, &outlet);
    route.advance(second(0), false);
    sleep(10 * SECOND).await;
    route.advance(second(0), false);
    assert_eq!(route.headway().unmoved, 10 * SECOND);
    route.advance(second(1), false);
    assert_eq!(route.headway().unmoved, Duration::ZERO);
}

/// Log lines from `info` on, of this thread.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// Those that are written until the guard is dropped.
    fn catch() -> (Self, DefaultGuard) {
        let lines = Self::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        (lines, tracing::subscriber::set_default(subscriber))
    }

    /// Whether one of them has all these words.
    fn tell(&self, words: &[&str]) -> bool {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().any(|line| words.iter().all(|word| line.contains(word)))
    }
}

#[tokio::test(start_paused = true)]
async fn an_alert_that_becomes_a_dead_letter_is_told_by_name_and_so_is_one_that_is_dropped() {
    let (lines, _guard) = Lines::catch();
    let mut rig = Rig::new();
    rig.ports.ledger = Arc::new(Memory::new(Bounds { letters: 1, ..Bounds::default() }));
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.add("first", -50);
    cloud.add("second", -40);
    let refused = |id| (id, Verdict::Refused("not today".to_owned()));
    desk.lastingly(Mood::Judges(vec![refused("first"), refused("second")]));
    rig.start(&cloud, &[&desk]);
    sleep(100 * SECOND).await;
    assert!(lines.tell(&["kept aside as a dead letter", "second", "not today"]));
    assert!(lines.tell(&["A dead letter was dropped", "first"]) && !lines.tell(&["A dead letter was dropped", "second"]));
}

#[tokio::test(start_paused = true)]
async fn the_same_trouble_is_told_once_and_another_one_again() {
    let (lines, _guard) = Lines::catch();
    let mut rig = Rig::new();
    let cloud = rig.cloud();
    let board = rig.start(&cloud, &[]);
    let told = |trouble, message: &str, advice: &str| {
        let before = lines.0.lock().unwrap().len();
        let error = FetchError { trouble, message: message.to_owned(), advice: Some(advice.to_owned()) };
        board.failed(error, SECOND);
        lines.0.lock().unwrap().len() > before
    };
    let (passing, broken) = (Trouble::Passing, Trouble::Broken);
    assert!(told(passing, "timed out after 30 s, request 4711", "wait"));
    assert!(!told(passing, "timed out after 31 s, request 4712", "wait"), "only its numbers are others");
    assert!(told(passing, "refused after 31 s", "wait"), "other words");
    assert!(told(passing, "refused after 31 s", "call somebody"), "other advice");
    assert!(told(broken, "refused after 31 s", "call somebody"), "another state");
    assert!(!told(broken, "refused after 32 s", "call somebody"));
}
