//! A replay sends each alert once, beside live passes and after a crash.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::cloud::{Cloud, Fault, Line, TENANT, second};
use super::desk::{Desk, Mood};
use super::rig::{Rig, SECOND, life, plan};
use crate::alert::graph;
use crate::format::shorten::Oversize;
use crate::ledger::{DeadLetter, Known, Ledger as _, ReplayKey, RouteKey, Seen, SeenKey, Step};
use crate::pipeline::insist::Listener;
use crate::pipeline::outcome::Outcome;
use crate::pipeline::outlet::Outlet;
use crate::pipeline::replay::{End, Rereading, Watcher};
use crate::pipeline::route::{Route, RouteParts};
use crate::pipeline::tally::Tally;
use crate::retry::Retry;
use crate::sink::Verdict;
use crate::source::{FeedKind, Trouble};
use crate::tenant::Tenant;

/// Hears what came of it.
#[derive(Default)]
pub struct Ear {
    tally: Tally,
    /// How far it came and what it had read by then, page by page.
    way: Vec<(Timestamp, u64)>,
    /// How long it waited each time that something went wrong.
    pauses: Vec<Duration>,
}

impl Listener for Ear {
    fn trouble(&mut self, _: &str, _: Option<&str>, pause: Duration) {
        self.pauses.push(pause);
    }
}

impl Watcher for Ear {
    fn came(&mut self, at: Timestamp, read: u64, tally: &Tally) {
        self.tally = *tally;
        self.way.push((at, read));
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
        filter: rig.filter.clone().into(),
        grain: rig.grain,
        turn: Arc::clone(turn),
        retry: Retry { first: SECOND, most: SECOND },
        freed: Arc::new(Notify::new()),
    };
    Arc::new(Route::new(parts, Timestamp::MIN, Instant::now()))
}

async fn counted_replay(rig: &mut Rig, cloud: &Arc<Cloud>, outlet: &Arc<Outlet>, send_again: bool) -> (End, Ear) {
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
    (rereading.run(&rig.ports, &CancellationToken::new(), &mut ear).await, ear)
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
        let (end, Ear { tally, .. }) = counted_replay(&mut rig, &cloud, &outlet, false).await;
        assert!(matches!(end, End::Done));
        let outcomes = [Outcome::Forwarded, Outcome::Duplicate, Outcome::Filtered, Outcome::DeadLettered];
        assert_eq!(outcomes.map(|outcome| rig.total(outcome)), [6, 0, 0, 1]);
        assert_eq!(outcomes.map(|outcome| tally.of(outcome)), [6, 0, 0, 1]);
        assert_eq!(sorted(&desk).len(), ids.len() - 1);
    });
}

#[test]
fn a_replay_tells_how_far_it_is_and_what_is_done_is_not_read_again() {
    life(async {
        let mut rig = Rig::new();
        let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
        alerts(&cloud, 7);
        let outlet = rig.outlet(&desk);
        let before = |at| second(at) - SignedDuration::from_nanos(100);
        let (end, ear) = counted_replay(&mut rig, &cloud, &outlet, false).await;
        assert!(matches!(end, End::Done));
        // Where there may be another page, more may lie at the last moment.
        assert_eq!(ear.way, [(second(-3600), 0), (before(-580), 3), (before(-550), 6), (before(0), 7)]);
        let asked = rig.tape.asked().len();
        let (end, ear) = counted_replay(&mut rig, &cloud, &outlet, false).await;
        assert!(matches!(end, End::Done));
        assert_eq!((ear.way, rig.tape.asked().len()), (vec![(second(0), 0)], asked));
    });
}

#[test]
fn trouble_with_the_feed_is_told_and_outlived_unless_somebody_has_to_act() {
    life(async {
        for (trouble, done) in [(Trouble::Passing, true), (Trouble::NeedsConsent, false), (Trouble::Broken, false)] {
            let mut rig = Rig::new();
            let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
            let ids = alerts(&cloud, 7);
            cloud.next_requests([None, Some(Fault::Trouble(trouble)), Some(Fault::Trouble(trouble))]);
            let outlet = rig.outlet(&desk);
            let (end, ear) = counted_replay(&mut rig, &cloud, &outlet, false).await;
            let sent = if done { &ids[..] } else { &ids[..3] };
            assert_eq!((sorted(&desk), ear.pauses.len()), (sent.to_vec(), if done { 2 } else { 0 }), "{trouble:?}");
            assert_eq!((matches!(end, End::Done), matches!(end, End::Failed(_))), (done, !done), "{trouble:?}");
        }
    });
}

#[test]
fn what_lies_aside_for_another_sink_or_tenant_is_no_reason_to_send_anything() {
    life(async {
        let mut rig = Rig::new();
        let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
        cloud.add("a", -300);
        let outlet = rig.outlet(&desk);
        let ours = route(&mut rig, &cloud, &outlet).key.clone();
        let key = SeenKey { id: "a".to_owned(), created: None };
        let seen = vec![Seen { key, known: Known { revision: Some(second(-300)), resolved: false } }];
        rig.book.record(Step { seen, ..Step::of(ours.clone()) }).await.unwrap();
        let of_other_sink = RouteKey { sink: Some("other".into()), ..ours.clone() };
        let of_other_tenant = RouteKey { tenant: "22222222-2222-4222-8222-222222222222".into(), ..ours.clone() };
        for (route, sent) in [(of_other_sink, 0), (of_other_tenant, 0), (ours.clone(), 1)] {
            let (alert_id, reason, body) = ("a".to_owned(), "not today".to_owned(), "{}".to_owned());
            let dead = vec![DeadLetter { alert_id, reason, at: second(0), body }];
            rig.book.record(Step { dead, ..Step::of(route.clone()) }).await.unwrap();
            assert!(matches!(replay(&mut rig, &cloud, &outlet, false).await, End::Done));
            assert_eq!(desk.ids().len(), sent, "{route:?}");
            let key = ReplayKey { route: ours.clone(), from: second(-3600), to: second(0), send_again: false };
            rig.book.end_replay(vec![key]).await.unwrap();
        }
    });
}

/// Of two revisions in a page the first one goes again, if that is all that the route wants of an alert.
#[test]
fn an_alert_that_stands_twice_in_a_page_is_sent_again_once() {
    life(async {
        let mut rig = Rig::new();
        let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
        cloud.add("a", -300);
        cloud.show("a", -200, -200, "inProgress", TENANT);
        let outlet = rig.outlet(&desk);
        for send_again in [false, true] {
            assert!(matches!(replay(&mut rig, &cloud, &outlet, send_again).await, End::Done));
        }
        assert_eq!(desk.ids(), ["a", "a"], "once, and once again");
    });
}

#[test]
fn what_was_set_aside_is_counted_once_however_often_its_page_is_tried() {
    life(async {
        let mut rig = Rig::new();
        let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
        cloud.add("a", -300);
        cloud.show("foreign", -400, -400, "new", "99999999-9999-4999-8999-999999999999");
        let outlet = rig.outlet(&desk);
        let route = route(&mut rig, &cloud, &outlet).key.clone();
        let key = ReplayKey { route, from: second(-3600), to: second(0), send_again: true };
        // The second time it lies aside already.
        for counts in [[1, 0, 0, 1], [1, 1, 0, 0]] {
            desk.next_batches([Mood::Judges(vec![("a", Verdict::Unknown)])]);
            let (end, Ear { tally, .. }) = counted_replay(&mut rig, &cloud, &outlet, true).await;
            assert!(matches!(end, End::Done));
            assert_eq!(Outcome::ALL.map(|outcome| tally.of(outcome)), counts);
            rig.book.end_replay(vec![key.clone()]).await.unwrap();
        }
    });
}
