//! Sweeps find what arrived behind the overlap, for whoever is up to date, and disturb nothing else.

use tokio::time::sleep;

use super::cloud::{Cloud, TENANT};
use super::desk::Mood;
use super::rig::{Rig, SECOND};
use super::tape::Note;
use crate::pipeline::schedule::Sweep;

const HOUR: std::time::Duration = std::time::Duration::from_hours(1);

fn rig() -> Rig {
    let mut rig = Rig::new();
    rig.plan.sweep = Sweep { every: HOUR, reach: 24 * HOUR };
    rig.plan.lookback = 24 * HOUR;
    rig
}

#[tokio::test(start_paused = true)]
async fn an_alert_that_appeared_behind_the_overlap_is_found_although_another_sink_is_dead() {
    let mut rig = rig();
    let (cloud, well, dead) = (rig.cloud(), rig.desk("well"), rig.desk("dead"));
    cloud.add("a", -50);
    // Twenty minutes late; the overlap reaches ten.
    cloud.show("late", 600, 1800, "new", TENANT);
    dead.lastingly(Mood::Fails);
    rig.start(&cloud, &[&well, &dead]);
    sleep(1900 * SECOND).await;
    assert_eq!(well.ids(), ["a"], "an ordinary pass does not reach it");
    sleep(2 * HOUR).await;
    assert_eq!(well.ids(), ["a", "late"]);
    dead.lastingly(Mood::Takes);
    sleep(HOUR).await;
    assert_eq!(dead.ids(), ["a", "late"]);
}

#[tokio::test(start_paused = true)]
async fn a_sweep_moves_no_cursor_gives_way_to_passes_and_goes_on_later() {
    let mut rig = rig();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.page_size(5);
    // Read in the first pass; the sweep needs 120 requests of a second each, the passes come once a minute.
    (0..600).for_each(|n| cloud.add(&format!("old{n:03}"), n - 7000));
    rig.start(&cloud, &[&desk]);
    sleep(HOUR / 2).await;
    cloud.latency(SECOND);
    cloud.show("late", -6405, 1800, "new", TENANT);
    for n in 0..400 {
        cloud.add(&format!("s{n:03}"), 1800 + n * 10);
    }
    sleep(HOUR).await;
    let arrival = |id: &str| desk.arrival(id).unwrap_or_else(|| panic!("{id} did not arrive"));
    arrival("late");
    let waited = (1..300).map(|n| (arrival(&format!("s{n:03}")) - arrival("s000")).as_secs().abs_diff(n * 10));
    // A minute between passes, and a dozen requests for the overlap.
    assert!(waited.max().unwrap() <= 90, "the stream was held up");
    let steps = rig.tape.steps(Some("siem"));
    let cursors: Vec<_> = steps
        .iter()
        .filter_map(|step| match step {
            Note::Recorded { cursor, .. } => *cursor,
            _ => None,
        })
        .collect();
    assert!(cursors.is_sorted(), "{cursors:?}");
    let found = steps.iter().find(|step| matches!(step, Note::Recorded { seen, .. } if seen.contains(&"late".to_owned())));
    assert!(matches!(found, Some(Note::Recorded { cursor: None, .. })), "{found:?}");
}

#[tokio::test(start_paused = true)]
async fn a_sweep_of_a_feed_that_is_complete_only_at_the_end_comes_there_and_holds_nobody_up() {
    comes_to_the_end(Cloud::complete_at_the_end).await;
}

#[tokio::test(start_paused = true)]
async fn a_sweep_of_a_feed_that_says_so_only_of_its_beginning_does_too() {
    comes_to_the_end(Cloud::complete_where_it_began).await;
}

async fn comes_to_the_end(complete: impl Fn(&Cloud)) {
    let mut rig = rig();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.page_size(5);
    complete(&cloud);
    // Ten hours of which a sweep needs 120 requests of a second each; the passes come once a minute.
    (0..600).for_each(|n| cloud.add(&format!("old{n:03}"), n * 60 - 37_000));
    rig.start(&cloud, &[&desk]);
    sleep(HOUR / 2).await;
    cloud.latency(SECOND);
    cloud.show("late", 0, 1800, "new", TENANT);
    for n in 0..400 {
        cloud.add(&format!("s{n:03}"), 1800 + n * 10);
    }
    sleep(HOUR).await;
    let arrival = |id: &str| desk.arrival(id).unwrap_or_else(|| panic!("{id} did not arrive"));
    arrival("late");
    let waited = (1..300).map(|n| (arrival(&format!("s{n:03}")) - arrival("s000")).as_secs().abs_diff(n * 10));
    assert!(waited.max().unwrap() <= 90, "the stream was held up");
    let before = rig.tape.asked().len();
    sleep(600 * SECOND).await;
    let asked = rig.tape.asked().len() - before;
    assert!(asked < 300, "{asked} requests in ten minutes: the sweep does not end"); // one each second if it did not
}
