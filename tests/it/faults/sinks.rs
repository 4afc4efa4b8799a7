//! Receivers that are down, reset, drop, say nothing or are slow, one trouble after the other: another sink of the same tenants
//! goes on undisturbed meanwhile, the operator is told, and all that was missed arrives.

use std::time::Duration;

use super::ordeal::Ordeal;
use super::receivers::{Receiver, document};
use super::road::Mood;
use super::score::Score;
use super::size;
use crate::support::rsyslog::Rsyslog;
use crate::support::spool::Listen;

/// So many alerts have some 200 KB, far more than fits between the daemon and what it talks to: a page that is cut off is never
/// taken for delivered.
const PAGE: usize = 25;

/// In mid-page, behind all greetings.
const RESET: usize = 60_000;
/// Kafka's pages travel compressed.
#[cfg(feature = "kafka")]
const RESET_COMPRESSED: usize = 4_000;

/// So slow that a page takes a few seconds, and no longer than anybody's patience.
const SLOW: u32 = 150_000;

/// Each trouble lasts for as long as the form of the suite says. Each connection that broke may have cost a page, where `repeats` says so.
fn through_everything(receiver: &Receiver, reset: usize, score: Score, repeats: bool) {
    let road = &receiver.road;
    let mut ordeal =
        Ordeal::begin(PAGE, size(Duration::ZERO, Duration::from_mins(1)), |setup| setup.sink("siem", &receiver.keys));
    for mood in [Mood::Closed, Mood::ResetAfter(reset), Mood::Dropping, Mood::Dead] {
        ordeal.stage(|| road.set(mood), || road.set(Mood::Open), true);
    }
    ordeal.stage(|| road.set(Mood::Slow(SLOW)), || (), false);
    road.set(Mood::Open);
    let score = if repeats { score.repeats_up_to(road.taken() * PAGE) } else { score };
    ordeal.end(score, || receiver.documents());
}

#[test]
fn a_syslog_receiver_over_tcp_in_all_kinds_of_trouble() {
    through_everything(&Receiver::tcp(), RESET, Score::of("sink-syslog-tcp"), true);
}

#[test]
fn a_syslog_receiver_over_tls_in_all_kinds_of_trouble() {
    through_everything(&Receiver::tls(), RESET, Score::of("sink-syslog-tls"), true);
}

#[test]
fn a_relp_receiver_in_all_kinds_of_trouble() {
    through_everything(&Receiver::relp(), RESET, Score::of("sink-syslog-relp"), true);
}

#[cfg(feature = "kafka")]
#[test]
fn kafka_in_all_kinds_of_trouble() {
    through_everything(&Receiver::kafka(), RESET_COMPRESSED, Score::of("sink-kafka"), false);
}

#[test]
fn a_receiver_of_datagrams_that_is_down_gets_everything_when_it_is_back() {
    // Few, since what does not fit into its kernel's buffer at once is lost in silence: that is UDP.
    let page = 4;
    let rsyslog = std::cell::RefCell::new(Rsyslog::listening(Listen::Udp));
    let keys = format!("kind = \"syslog\"\naddress = {:?}\nformat = \"raw\"\ntransport = \"udp\"", rsyslog.borrow().address());
    let mut ordeal = Ordeal::begin(page, Duration::ZERO, |setup| setup.sink("siem", &keys));
    ordeal.stage(|| rsyslog.borrow_mut().stop(), || rsyslog.borrow_mut().start_again(), true);
    // Each tenant's page may have begun before the receiver was back, and ended after.
    let score = Score::of("sink-syslog-udp").repeats_up_to(2 * page);
    ordeal.end(score, || rsyslog.borrow().messages().iter().filter_map(|message| document(message)).collect());
}
