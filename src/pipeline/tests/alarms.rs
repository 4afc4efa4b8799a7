//! What the alarms are judged from: how routes get on, when alerts came, and the state of a feed that has fallen silent.

use std::sync::Arc;

use tokio::time::sleep;

use super::cloud::{TENANT, second};
use super::desk::Mood;
use super::rig::{Rig, SECOND};
use crate::pipeline::board::FeedBoard;
use crate::pipeline::route::Headway;
use crate::pipeline::schedule::Sweep;
use crate::pipeline::state::FeedState;
use crate::source::{FetchError, Trouble};

fn headway(board: &FeedBoard) -> Headway {
    board.report().routes[0].headway()
}

fn state(board: &FeedBoard) -> FeedState {
    board.report().state
}

#[tokio::test(start_paused = true)]
async fn a_route_tells_since_when_and_why_nothing_gets_through_until_something_does() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    desk.lastingly(Mood::Fails);
    cloud.add("a", -50);
    let board = rig.start(&cloud, &[&desk]);
    sleep(600 * SECOND).await;
    let (lasting, why) = headway(&board).failing.expect("nothing got through");
    assert!(lasting >= 400 * SECOND, "{lasting:?}");
    assert!(why.is_some_and(|why| !why.message.is_empty()));
    assert!(headway(&board).unmoved >= 400 * SECOND && board.report().unmoved() >= Some(400 * SECOND));
    desk.lastingly(Mood::Takes);
    sleep(200 * SECOND).await;
    let headway = headway(&board);
    assert!(headway.failing.is_none() && headway.unmoved <= 70 * SECOND, "{headway:?}");
    assert!(headway.age >= 700 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn arrivals_are_dated_by_the_vendor_whether_a_pass_or_a_sweep_finds_them() {
    let hour = 3600 * SECOND;
    let mut rig = Rig::new();
    rig.plan.sweep = Sweep { every: hour, reach: 24 * hour };
    rig.plan.lookback = 24 * hour;
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    let created = |at: i64| move |raw: &str| raw.replace("2026-03-02T11:00:00Z", &second(at).to_string());
    cloud.add("a", -5000);
    cloud.change("a", created(-5000));
    let board = rig.start(&cloud, &[&desk]);
    sleep(100 * SECOND).await;
    assert_eq!(board.rhythm().last(), Some(second(-5000)), "read now, and created then");
    assert!(board.rhythm().since().is_some_and(|since| since <= second(-80_000)), "{:?}", board.rhythm().since());
    // Twenty minutes late, beyond the overlap.
    cloud.show("late", 200, 1500, "new", TENANT);
    cloud.change("late", created(200));
    sleep(1700 * SECOND).await;
    assert_eq!(board.rhythm().last(), Some(second(-5000)), "no pass reaches it");
    sleep(3 * hour).await;
    assert_eq!(desk.ids(), ["a", "late"]);
    assert_eq!(board.rhythm().last(), Some(second(200)));
}

#[tokio::test(start_paused = true)]
async fn a_silent_feed_is_silent_whenever_nothing_worse_is_the_matter() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    let board: Arc<FeedBoard> = rig.start(&cloud, &[&desk]);
    sleep(100 * SECOND).await;
    assert_eq!(state(&board), FeedState::Ok);
    board.set_silent(true);
    let since = board.report().since;
    assert_eq!(state(&board), FeedState::Silent);
    sleep(300 * SECOND).await;
    assert_eq!((state(&board), board.report().since), (FeedState::Silent, since), "passes that go well change nothing");
    let down = || FetchError { trouble: Trouble::Passing, message: "500".to_owned(), advice: None };
    board.failed(down(), SECOND);
    assert_eq!(state(&board), FeedState::Degraded);
    board.set_silent(true);
    assert_eq!(state(&board), FeedState::Degraded, "trouble comes first");
    sleep(100 * SECOND).await;
    assert_eq!(state(&board), FeedState::Silent);
    board.failed(down(), SECOND);
    board.set_silent(false);
    assert_eq!(state(&board), FeedState::Degraded);
    sleep(100 * SECOND).await;
    assert_eq!(state(&board), FeedState::Ok);
}
