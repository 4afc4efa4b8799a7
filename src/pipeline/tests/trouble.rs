//! A feed that cannot be read is left in peace for as long as the plan says, and the board tells.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::cloud::Fault;
use super::desk::Mood;
use super::rig::{Rig, SECOND};
use crate::pipeline::state::FeedState;
use crate::source::Trouble;

/// The pauses between requests while every request meets this trouble.
async fn pauses(trouble: Trouble) -> (Vec<Duration>, FeedState) {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.lastingly(Some(Fault::Trouble(trouble)));
    let board = rig.start(&cloud, &[&desk]);
    sleep(6000 * SECOND).await;
    let asked = rig.tape.asked();
    let pauses = asked.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let report = board.report();
    assert!(report.last_error.is_some() && report.last_success.is_none());

    cloud.lastingly(None);
    cloud.add("a", 0);
    sleep(1000 * SECOND).await;
    let recovered = board.report();
    assert_eq!((recovered.state, recovered.last_error.is_none()), (FeedState::Ok, true), "{trouble:?}");
    assert_eq!(desk.ids(), ["a"], "{trouble:?}");
    (pauses, report.state)
}

#[tokio::test(start_paused = true)]
async fn each_trouble_has_its_pause_and_its_state_and_ends() {
    let (found, state) = pauses(Trouble::NeedsConsent).await;
    assert_eq!(state, FeedState::NeedsConsent);
    assert!(found.iter().all(|pause| *pause >= 900 * SECOND && *pause <= 991 * SECOND), "recheck: {found:?}");

    let (found, state) = pauses(Trouble::Throttled(Some(120 * SECOND))).await;
    assert_eq!(state, FeedState::Throttled);
    assert!(found.iter().all(|pause| *pause >= 120 * SECOND), "never shorter than asked: {found:?}");

    let (found, state) = pauses(Trouble::Passing).await;
    assert_eq!(state, FeedState::Degraded);
    assert!(found[0] <= 10 * SECOND && found.iter().all(|pause| *pause <= 331 * SECOND), "growing to the most: {found:?}");
    assert!(*found.last().unwrap() >= 100 * SECOND, "{found:?}");
}

#[tokio::test(start_paused = true)]
async fn pages_before_the_trouble_count_and_are_not_sent_again() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.page_size(1);
    for (id, at) in [("a", -50), ("b", -40), ("c", -30)] {
        cloud.add(id, at);
    }
    cloud.next_requests([None, Some(Fault::Trouble(Trouble::Passing)), None, None, Some(Fault::Trouble(Trouble::Passing))]);
    rig.start(&cloud, &[&desk]);
    sleep(400 * SECOND).await;
    assert_eq!(desk.ids(), ["a", "b", "c"]);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_always_fails_is_asked_for_less_and_less_often_although_the_overlap_before_it_can_be_read() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.page_size(1);
    for (id, at) in [("a", -50), ("b", -40), ("c", -30)] {
        cloud.add(id, at);
    }
    cloud.next_requests((0..2000).map(|n| (n % 2 == 1).then_some(Fault::Trouble(Trouble::Passing))));
    rig.start(&cloud, &[&desk]);
    sleep(3000 * SECOND).await;
    assert!(rig.tape.asked().len() < 100, "{}", rig.tape.asked().len());
}

#[tokio::test(start_paused = true)]
async fn sinks_that_once_failed_share_passes_again() {
    let mut rig = Rig::new();
    let (cloud, one, two) = (rig.cloud(), rig.desk("one"), rig.desk("two"));
    cloud.add("a", -50);
    two.next_batches([Mood::Fails]);
    rig.start(&cloud, &[&one, &two]);
    sleep(300 * SECOND).await;
    assert_eq!((one.ids().len(), two.ids().len()), (1, 1));
    let before = rig.tape.asked().len();
    let from = Instant::now();
    sleep(1200 * SECOND).await;
    let passes = rig.tape.asked().len() - before;
    assert!((19..=22).contains(&passes), "{passes} passes in {:?}", from.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_feed_that_can_be_read_again_is_well_although_its_only_sink_is_dead() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.add("a", -50);
    desk.lastingly(Mood::Fails);
    cloud.next_requests([Some(Fault::Trouble(Trouble::Passing))]);
    let board = rig.start(&cloud, &[&desk]);
    while rig.tape.asked().is_empty() {
        sleep(SECOND).await;
    }
    assert_eq!(board.report().state, FeedState::Degraded);
    sleep(100 * SECOND).await;
    let report = board.report();
    assert_eq!((report.state, report.last_success), (FeedState::Ok, None));
}
