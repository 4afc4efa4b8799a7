//! When a pass leaves the rest of its window to others.

use std::sync::Arc;

use jiff::SignedDuration;
use tokio::time::Instant;

use super::cloud::{Line, second};
use super::replays::route;
use super::rig::{Rig, SECOND};
use crate::pipeline::errand::Errand;
use crate::pipeline::pass::{End, Pass};
use crate::source::{FeedKind, Window};

/// A pass over three pages of one row, beside a route that is due then or now. Answers how many it read, and how it ended.
async fn pass(later: bool, insists: bool, further: bool) -> (u64, End) {
    let mut rig = Rig::new();
    let (cloud, desk, other) = (rig.cloud(), rig.desk("siem"), rig.desk("other"));
    cloud.page_size(1);
    (0..3).for_each(|n| cloud.add(&format!("a{n}"), n - 600));
    let outlets = [rig.outlet(&desk), rig.outlet(&other)];
    let [ours, others] = [&outlets[0], &outlets[1]].map(|outlet| route(&mut rig, &cloud, outlet));
    if later {
        others.set_due(Instant::now() + SECOND);
    }
    // A page is complete up to just before its row: the first one up to where such a window begins.
    let before = SignedDuration::from_nanos(if further { 200 } else { 100 });
    let (tenant, source) = (Arc::clone(&ours.tenant), Line { cloud, kind: FeedKind::GraphAlerts });
    let window = Window { from: second(-600) - before, to: second(0) };
    let (routes, others) = (vec![ours], vec![others]);
    let pass = Pass { source: &source, tenant: &tenant, routes, window, errand: Errand::Sweep, insists, others };
    let report = pass.run(&rig.ports).await;
    (report.read, report.end)
}

#[tokio::test(start_paused = true)]
async fn a_pass_gives_way_to_whoever_is_due_once_it_came_further_or_need_not() {
    for (later, insists, further, pages) in [
        (false, true, true, 1),
        (false, true, false, 2),
        (false, false, true, 1),
        (false, false, false, 1),
        (true, true, true, 3),
        (true, false, false, 3),
    ] {
        let (read, end) = pass(later, insists, further).await;
        let yielded = matches!(end, End::Yielded);
        assert_eq!((read, yielded), (pages, pages < 3), "due later: {later}, insists: {insists}, further: {further}: {end:?}");
    }
}
