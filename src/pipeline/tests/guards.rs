//! Guards whose absence nothing else would show: each test fails without one condition of the pass or the feed.

use tokio::time::sleep;

use super::cloud::{Cloud, TENANT};
use super::desk::Mood;
use super::rig::{Rig, SECOND};
use super::tape::Note;
use crate::pipeline::schedule::Sweep;

/// An alert every ten seconds from noon on.
fn stream(cloud: &Cloud, count: i64) {
    (0..count).for_each(|n| cloud.add(&format!("s{n:03}"), n * 10));
}

/// Only a route that delivered sets the pace: one that fails at once says nothing of how long a page takes.
#[tokio::test(start_paused = true)]
async fn a_sink_that_fails_at_once_does_not_shorten_the_patience_with_a_slow_one() {
    let mut rig = Rig::new();
    let (cloud, slow, ill) = (rig.cloud(), rig.desk("slow"), rig.desk("ill"));
    cloud.page_size(1);
    cloud.latency(SECOND / 10);
    (0..2).for_each(|n| cloud.add(&format!("a{n}"), n - 100));
    // Longer than the patience with stragglers, shorter than any pause of a route that failed.
    slow.lastingly(Mood::TakesAfter(3 * SECOND / 2));
    ill.lastingly(Mood::Fails);
    rig.start(&cloud, &[&slow, &ill]);
    sleep(200 * SECOND).await;
    let of_slow = |note: &Note| matches!(note, Note::Taken { sink, .. } if sink == "slow");
    let notes = rig.tape.notes();
    let taken: Vec<usize> = (0..notes.len()).filter(|place| of_slow(&notes[*place])).collect();
    assert_eq!(taken.len(), 2, "{notes:?}");
    let asked = notes[taken[0]..taken[1]].iter().filter(|note| matches!(note, Note::Asked { .. })).count();
    assert_eq!(asked, 1, "the pass went on with the next page and was not begun anew: {notes:?}");
}

/// In a feed that is complete nowhere before its end, a pass that gave way after its first page would never see its second.
#[tokio::test(start_paused = true)]
async fn a_pass_that_catches_up_gives_way_only_once_it_has_come_further() {
    let mut rig = Rig::new();
    let (cloud, well, ill) = (rig.cloud(), rig.desk("well"), rig.desk("ill"));
    cloud.page_size(5);
    cloud.complete_at_the_end();
    stream(&cloud, 60);
    rig.plan.overlap = 60 * SECOND;
    ill.lastingly(Mood::Fails);
    // The other route is always due again before a page is through.
    rig.plan.interval = SECOND / 10;
    cloud.latency(SECOND / 5);
    rig.start(&cloud, &[&well, &ill]);
    sleep(700 * SECOND).await;
    ill.lastingly(Mood::Takes);
    sleep(200 * SECOND).await;
    assert_eq!(ill.ids().len(), 60);
    assert_eq!(well.ids().len(), 60);
}

/// A sweep ends where the windows of its routes begin, so a route whose sink fails would cut it short for those that are well.
#[tokio::test(start_paused = true)]
async fn a_sweep_leaves_out_a_route_whose_sink_fails() {
    let mut rig = Rig::new();
    let (cloud, well, ill) = (rig.cloud(), rig.desk("well"), rig.desk("ill"));
    rig.plan.sweep = Sweep { every: 300 * SECOND, reach: 3600 * SECOND };
    stream(&cloud, 200);
    // Behind the overlap of the one that is well, and within that of the one that failed at 1000 s.
    cloud.show("late", 455, 1200, "new", TENANT);
    rig.start(&cloud, &[&well, &ill]);
    sleep(1000 * SECOND).await;
    ill.lastingly(Mood::Fails);
    sleep(195 * SECOND).await;
    assert!(!well.ids().contains(&"late".to_owned()));
    // A sweep is due every 330 s at the latest; the failing route is not so far behind yet that it is left out as a laggard.
    sleep(395 * SECOND).await;
    assert!(well.ids().contains(&"late".to_owned()), "no sweep has found it");
    assert!(!ill.ids().contains(&"late".to_owned()));
}
