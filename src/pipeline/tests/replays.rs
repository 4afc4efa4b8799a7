//! A replay sends each alert once, beside live passes and after a crash.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::cloud::{Cloud, Line, second};
use super::desk::{Desk, Mood};
use super::rig::{Rig, SECOND, life, plan};
use crate::alert::graph;
use crate::format::shorten::Oversize;
use crate::ledger::{ReplayKey, RouteKey};
use crate::pipeline::filter::Filter;
use crate::pipeline::insist::Listener;
use crate::pipeline::outcome::Outcome;
use crate::pipeline::outlet::Outlet;
use crate::pipeline::replay::{End, Rereading, Watcher};
use crate::pipeline::route::{Route, RouteParts};
use crate::pipeline::tally::Tally;
use crate::retry::Retry;
use crate::sink::Verdict;
use crate::source::FeedKind;
use crate::tenant::Tenant;

/// Hears what came of it.
#[derive(Default)]
pub struct Ear(Tally);

impl Listener for Ear {
    fn trouble(&mut self, _: &str, _: Option<&str>, _: Duration) {}
}

impl Watcher for Ear {
    fn came(&mut self, _: jiff::Timestamp, _: u64, tally: &Tally) {
        self.0 = *tally;
    }
}

/// Replays the hour before noon.
pub async fn replay(rig: &mut Rig, cloud: &Arc<Cloud>, outlet: &Arc<Outlet>, send_again: bool) -> End {
    counted_replay(rig, cloud, outlet, send_again).await.0
}

/// The way of the alerts to a sink.
pub fn route(rig: &mut Rig, cloud: &Arc<Cloud>, outlet: &Arc<Outlet>) -> Arc<Route> {
    let name = cloud.tenant.as_str();
    let tenant = Arc::new(Tenant { name: name.into(), id: name.into(), customer: name.to_owned(), labels: [].into() });
    let key = RouteKey { tenant: tenant.id.clone(), feed: FeedKind::GraphAlerts, sink: Some(outlet.name.clone()) };
    let turn = rig.turns.entry((tenant.id.clone(), outlet.name.clone())).or_default();
    let parts = RouteParts {
        key,
        tenant,
        outlet: Arc::clone(outlet),
        encoder: rig.encoder,
        oversize: Oversize::Shorten,
        revisions: rig.revisions,
        filter: Filter::default().into(),
        grain: rig.grain,
        turn: Arc::clone(turn),
        retry: Retry { first: SECOND, most: SECOND },
        freed: Arc::new(Notify::new()),
    };
    Arc::new(Route::new(parts, jiff::Timestamp::MIN, Instant::now()))
}

async fn counted_replay(rig: &mut Rig, cloud: &Arc<Cloud>, outlet: &Arc<Outlet>, send_again: bool) -> (End, Tally) {
    let route = route(rig, cloud, outlet);
    let source = Line { cloud: Arc::clone(cloud), kind: FeedKind::GraphAlerts };
    let rereading = Rereading {
        source: &source,
        tenant: &route.tenant,
        route: Arc::clone(&route),
        key: ReplayKey { route: route.key.clone(), from: second(-3600), to: second(0), send_again },
        plan: plan(),
        header: |_, _, raw| graph::header(raw),
        lane: Arc::default(),
    };
    let mut ear = Ear::default();
    (rereading.run(&rig.ports, &CancellationToken::new(), &mut ear).await, ear.0)
}

/// So many alerts, ten seconds apart, before noon.
fn alerts(cloud: &Cloud, count: i64) -> Vec<String> {
    cloud.page_size(3);
    let ids = (0..count).map(|number| {
        let id = format!("a{number:02}");
        cloud.add(&id, -600 + 10 * number);
        id
    });
    ids.collect()
}

fn sorted(desk: &Desk) -> Vec<String> {
    let mut ids = desk.ids();
    ids.sort();
    ids
}

#[test]
fn where_a_replay_and_live_passes_meet_no_alert_goes_twice() {
    life(async {
        let mut rig = Rig::new();
        let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
        let ids = alerts(&cloud, 20);
        cloud.latency(SECOND / 10);
        desk.lastingly(Mood::TakesAfter(SECOND / 3));
        let outlet = rig.outlet(&desk);
        rig.plan.interval = SECOND;
        rig.start_towards(&cloud, &[Arc::clone(&outlet)]);
        assert!(matches!(replay(&mut rig, &cloud, &outlet, false).await, End::Done));
        sleep(60 * SECOND).await;
        assert_eq!(sorted(&desk), ids);
    });
}

#[test]
fn a_replay_of_everything_that_dies_goes_on_and_repeats_at_most_the_page_in_flight() {
    for (nowhere_complete, after) in [(false, 2), (false, 5), (true, 2), (true, 5)] {
        let rig = Rig::new();
        let (book, tape) = (Arc::clone(&rig.book), rig.tape.clone());
        let (cloud, desk) = (life(async { rig.cloud() }), rig.desk("siem"));
        let ids = alerts(&cloud, 20);
        if nowhere_complete {
            cloud.complete_at_the_end();
        }
        life(async {
            cloud.noon_again();
            let mut rig = Rig::over(&book, &tape);
            desk.lastingly(Mood::TakesAfter(SECOND));
            let outlet = rig.outlet(&desk);
            let dies = sleep(after * SECOND + SECOND / 2);
            tokio::select! {
                _ = replay(&mut rig, &cloud, &outlet, true) => panic!("it was too quick to die"),
                () = dies => {}
            }
        });
        life(async {
            cloud.noon_again();
            desk.lastingly(Mood::Takes);
            let mut rig = Rig::over(&book, &tape);
            let outlet = rig.outlet(&desk);
            assert!(matches!(replay(&mut rig, &cloud, &outlet, true).await, End::Done));
        });
        let got = sorted(&desk);
        assert!(ids.iter().all(|id| got.contains(id)), "{got:?}");
        assert!(got.len() <= ids.len() + 3, "complete only at the end: {nowhere_complete}, after {after} s: {got:?}");
    }
}

#[test]
fn each_alert_is_counted_once_however_often_its_page_is_tried() {
    life(async {
        let mut rig = Rig::new();
        let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
        let ids = alerts(&cloud, 7);
        desk.next_batches([
            Mood::Takes,
            Mood::Judges(vec![("a04", Verdict::Unknown), ("a05", Verdict::Refused("too long".to_owned()))]),
            Mood::Fails,
        ]);
        let outlet = rig.outlet(&desk);
        let (end, tally) = counted_replay(&mut rig, &cloud, &outlet, false).await;
        assert!(matches!(end, End::Done));
        let outcomes = [Outcome::Forwarded, Outcome::Duplicate, Outcome::Filtered, Outcome::DeadLettered];
        assert_eq!(outcomes.map(|outcome| rig.total(outcome)), [6, 0, 0, 1]);
        assert_eq!(outcomes.map(|outcome| tally.of(outcome)), [6, 0, 0, 1]);
        assert_eq!(sorted(&desk).len(), ids.len() - 1);
    });
}
