//! When feeds ask and when they write, where nothing much happens.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::cloud::{Cloud, TENANT};
use super::rig::{Rig, SECOND};
use super::tape::Note;
use crate::pipeline::schedule::Sweep;

#[tokio::test(start_paused = true)]
async fn a_cursor_that_moves_without_news_is_written_every_five_minutes_and_no_oftener() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.add("a", -50);
    rig.start(&cloud, &[&desk]);
    sleep(60 * SECOND).await;
    assert_eq!(rig.tape.steps(Some("siem")).len(), 2, "where it starts, and the alert");
    sleep(3600 * SECOND).await;
    let steps = rig.tape.steps(Some("siem"));
    let idle: Vec<_> = steps.iter().skip(2).collect();
    assert!((10..=12).contains(&idle.len()), "{} writes in an hour", idle.len());
    let cursors: Vec<_> = idle.iter().map(|note| if let Note::Recorded { cursor, .. } = note { *cursor } else { None }).collect();
    assert!(cursors.is_sorted() && cursors[0].is_some(), "{cursors:?}");
}

#[tokio::test(start_paused = true)]
async fn the_first_passes_of_many_feeds_are_spread_and_nobody_waits_longer_than_a_minute() {
    let mut rig = Rig::new();
    rig.plan.interval = 600 * SECOND;
    let noon = Instant::now();
    for number in 0..30 {
        let cloud = Cloud::new(&TENANT.replace("4111-8111", &format!("4111-8{number:03}")), &rig.tape);
        let desk = rig.desk("siem");
        rig.start(&cloud, &[&desk]);
    }
    sleep(61 * SECOND).await;
    let asked: Vec<Duration> = rig.tape.asked().into_iter().map(|at| at - noon).collect();
    assert_eq!(asked.len(), 30);
    let late = asked.iter().filter(|at| **at > 10 * SECOND).count();
    assert!((5..30).contains(&late), "{asked:?}");
}

#[tokio::test(start_paused = true)]
async fn the_first_sweep_comes_when_it_is_due_and_not_at_the_start() {
    let mut rig = Rig::new();
    rig.plan.interval = 1800 * SECOND;
    rig.plan.sweep = Sweep { every: 3600 * SECOND, reach: 86_400 * SECOND };
    rig.plan.lookback = 86_400 * SECOND;
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    rig.start(&cloud, &[&desk]);
    sleep(1500 * SECOND).await;
    assert_eq!(rig.tape.asked().len(), 1, "the first pass");
    sleep(2700 * SECOND).await;
    assert_eq!(rig.tape.asked().len(), 4, "three passes and one sweep");
}
