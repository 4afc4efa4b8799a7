//! One trouble at a time, and troubles that explain each other.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{judge, words};
use crate::alarm::settings::{Limits, Settings, SilentAfter};
use crate::alarm::silence::Silence;
use crate::alarm::snapshot::{Cause, Credential, DeadLetters, Feed, Route, Sink, Snapshot};
use crate::alarm::{Alarm, Kind};
use crate::pipeline::state::FeedState;
use crate::source::FeedKind;

const MINUTE: Duration = Duration::from_mins(1);
const SETTINGS: Settings = Settings {
    every: Duration::from_secs(5),
    clear_after: Duration::from_secs(30),
    sink_down_after: MINUTE,
    sink_refusing_after: Duration::from_mins(5),
    credential_before: Duration::from_hours(30 * 24),
    dead_letters: 1,
    limits: Limits {
        stalled_after: Duration::from_mins(15),
        behind_after: Duration::from_hours(1),
        silent_after: SilentAfter::Usual,
    },
};

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn route(sink: &str) -> Route {
    Route { sink: sink.into(), behind: Some(MINUTE), age: Duration::from_hours(9), failing: None }
}

fn feed(tenant: &str, sinks: &[&str]) -> Feed {
    Feed {
        tenant: tenant.into(),
        feed: FeedKind::GraphAlerts,
        limits: SETTINGS.limits,
        interval: MINUTE,
        state: FeedState::Ok,
        since: now() - SignedDuration::from_hours(9),
        error: None,
        unmoved: MINUTE,
        silence: None,
        routes: sinks.iter().map(|sink| route(sink)).collect(),
    }
}

fn sink(name: &str) -> Sink {
    Sink { name: name.into(), down: None, back: None, error: None }
}

/// Two tenants, of which the first has two sinks; everything is well.
fn well() -> Snapshot {
    Snapshot {
        now: now(),
        feeds: vec![feed("contoso", &["siem", "soc"]), feed("fabrikam", &["siem"])],
        sinks: vec![sink("siem"), sink("soc")],
        credentials: vec![Credential { app: "main".to_owned(), expires: now() + SignedDuration::from_hours(90 * 24) }],
        dead_letters: vec![DeadLetters { tenant: "contoso".into(), sink: Some("siem".into()), count: 0, crowded: false }],
        ledger: None,
        ledger_back: None,
    }
}

/// `kind tenant sink app` of each alarm.
fn told(snapshot: &Snapshot) -> Vec<String> {
    let word = |alarm: &Alarm| {
        let subject = &alarm.subject;
        let parts = [
            Some(subject.kind.to_string()),
            subject.tenant.as_ref().map(ToString::to_string),
            subject.sink.as_ref().map(ToString::to_string),
            subject.app.clone(),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    judge(snapshot, &SETTINGS).iter().map(word).collect()
}

fn cause(message: &str, advice: Option<&str>) -> Cause {
    Cause { message: message.to_owned(), advice: advice.map(ToOwned::to_owned) }
}

#[test]
fn nothing_is_told_while_everything_is_well() {
    assert_eq!(told(&well()), Vec::<String>::new());
}

/// What a test does to a snapshot in which all is well.
type Trouble = fn(&mut Snapshot);

#[test]
fn every_kind_has_its_trouble() {
    let hours = |hours: i64| SignedDuration::from_hours(hours);
    let table: [(&str, Trouble); 19] = [
        ("ledger", |all| all.ledger = Some(cause("disk full", None))),
        ("sink_down siem", |all| all.sinks[0].down = Some(MINUTE)),
        ("", |all| all.sinks[0].down = Some(Duration::from_secs(59))),
        ("sink_refusing contoso soc", |all| all.feeds[0].routes[1].failing = Some((5 * MINUTE, None))),
        ("", |all| all.feeds[0].routes[1].failing = Some((4 * MINUTE, None))),
        ("needs_consent contoso", |all| all.feeds[0].state = FeedState::NeedsConsent),
        ("broken contoso", |all| all.feeds[0].state = FeedState::Broken),
        ("stalled contoso", |all| all.feeds[0].state = FeedState::Stalled),
        ("stalled contoso", |all| all.feeds[0].unmoved = 15 * MINUTE),
        ("", |all| all.feeds[0].unmoved = 14 * MINUTE),
        ("stalled fabrikam", |all| (all.feeds[1].state, all.feeds[1].unmoved) = (FeedState::Throttled, 15 * MINUTE)),
        ("", |all| all.feeds[1].state = FeedState::Degraded),
        ("behind contoso soc", |all| all.feeds[0].routes[1].behind = Some(61 * MINUTE)),
        ("", |all| all.feeds[0].routes[1].behind = Some(60 * MINUTE)),
        ("silent contoso", |all| {
            all.feeds[0].silence = Some(Silence { since: now() - SignedDuration::from_hours(50), usual: None });
        }),
        ("dead_letters contoso siem", |all| all.dead_letters[0].count = 1),
        ("credential_ending main", |all| all.credentials[0].expires = now() + SignedDuration::from_hours(30 * 24)),
        ("credential_ending main", |all| all.credentials[0].expires = now() - SignedDuration::from_hours(1)),
        ("", |all| all.credentials[0].expires = now() + SignedDuration::from_hours(31 * 24)),
    ];
    for (number, (expected, trouble)) in table.into_iter().enumerate() {
        let mut snapshot = well();
        trouble(&mut snapshot);
        let expected: Vec<&str> = expected.split_terminator('\n').collect();
        assert_eq!(told(&snapshot), expected, "row {number}");
        for alarm in judge(&snapshot, &SETTINGS) {
            assert!(!alarm.message.is_empty() && !alarm.advice.is_empty(), "{alarm:?}");
            assert!(alarm.since <= snapshot.now, "{alarm:?}");
        }
    }
    assert_eq!(words(hours(51)), "2d 3h");
}

#[test]
fn what_follows_from_a_trouble_is_not_told_with_it() {
    // A dead sink: the tenant that has no other stands still, and everybody is behind.
    let mut dead = well();
    dead.sinks[0].down = Some(60 * MINUTE);
    for feed in &mut dead.feeds {
        feed.routes[0].behind = Some(900 * MINUTE);
        feed.routes[0].failing = Some((60 * MINUTE, None));
    }
    dead.feeds[1].unmoved = 60 * MINUTE;
    assert_eq!(told(&dead), ["sink_down siem"]);
    // It has just come back: everybody gets a moment to catch up.
    dead.sinks[0] = Sink { back: Some(Duration::from_secs(10)), ..sink("siem") };
    assert_eq!(told(&dead), Vec::<String>::new());
    dead.sinks[0].back = Some(10 * MINUTE);
    dead.feeds.iter_mut().for_each(|feed| feed.routes[0].failing = None);
    dead.feeds[1].unmoved = MINUTE;
    assert_eq!(told(&dead), ["behind contoso siem", "behind fabrikam siem"]);

    let mut refused = well();
    refused.feeds[0].state = FeedState::NeedsConsent;
    refused.feeds[0].unmoved = 900 * MINUTE;
    refused.feeds[0].silence = Some(Silence { since: now(), usual: None });
    refused.feeds[0].routes[0].behind = Some(900 * MINUTE);
    assert_eq!(told(&refused), ["needs_consent contoso"]);

    let mut full = well();
    full.ledger = Some(cause("disk full", None));
    full.feeds.iter_mut().for_each(|feed| (feed.unmoved, feed.routes[0].behind) = (90 * MINUTE, Some(90 * MINUTE)));
    full.feeds[0].routes[0].failing = Some((60 * MINUTE, None));
    assert_eq!(told(&full), ["ledger"]);
    // There is room again: everybody gets a moment to come further, and to catch up.
    (full.ledger, full.ledger_back) = (None, Some(Duration::from_secs(10)));
    assert_eq!(told(&full), Vec::<String>::new());
    full.feeds[0].routes[0].failing = None;
    full.ledger_back = Some(15 * MINUTE);
    assert_eq!(told(&full), ["stalled contoso", "stalled fabrikam"]);
}

#[test]
fn a_sink_that_refuses_many_is_one_alarm_and_one_that_flaps_is_refusing() {
    let mut snapshot = well();
    snapshot.feeds = (0..1000).map(|number| feed(&format!("t{number}"), &["siem"])).collect();
    for feed in &mut snapshot.feeds {
        feed.routes[0].failing = Some((10 * MINUTE, Some(cause("not authorised", Some("grant the right to write")))));
        feed.unmoved = 60 * MINUTE;
        feed.routes[0].behind = Some(600 * MINUTE);
    }
    snapshot.sinks[0].down = Some(Duration::from_secs(2)); // each failed page makes it so, until the next probe
    assert_eq!(told(&snapshot), ["sink_refusing siem"]);
    let alarm = judge(&snapshot, &SETTINGS).remove(0);
    assert!(alarm.message.contains("1000 feeds") && alarm.message.contains("not authorised"), "{}", alarm.message);
    assert_eq!(alarm.advice, "grant the right to write");
}

#[test]
fn a_new_tenant_may_read_its_backlog_and_rare_looks_are_not_late() {
    let mut snapshot = well();
    snapshot.feeds[0].routes[0] = Route { behind: Some(7 * 24 * 60 * MINUTE), age: 5 * MINUTE, ..route("siem") };
    assert_eq!(told(&snapshot), Vec::<String>::new());
    snapshot.feeds[0].routes[0].age = 10 * MINUTE;
    assert_eq!(told(&snapshot), ["behind contoso siem"]);

    let mut rare = well();
    rare.feeds[0].interval = 60 * MINUTE;
    (rare.feeds[0].unmoved, rare.feeds[0].routes[0].behind) = (70 * MINUTE, Some(130 * MINUTE));
    assert_eq!(told(&rare), Vec::<String>::new());
    (rare.feeds[0].unmoved, rare.feeds[0].routes[0].behind) = (180 * MINUTE, Some(190 * MINUTE));
    assert_eq!(told(&rare), ["stalled contoso"]);
}

#[test]
fn dead_letters_near_their_bound_are_told_although_a_few_are_not() {
    let settings = Settings { dead_letters: 0, ..SETTINGS };
    let mut snapshot = well();
    snapshot.dead_letters[0].count = 8000;
    assert_eq!(judge(&snapshot, &settings), [], "nobody wants to know");
    snapshot.dead_letters[0].crowded = true;
    let alarms = judge(&snapshot, &settings);
    assert_eq!(alarms.len(), 1);
    assert!(alarms[0].message.contains("the oldest are dropped"), "{alarms:?}");
}

fn any_feed() -> impl Strategy<Value = Feed> {
    let minutes = || (0..2000u32).prop_map(|minutes| minutes * MINUTE);
    let states = [
        FeedState::Ok,
        FeedState::Throttled,
        FeedState::Degraded,
        FeedState::NeedsConsent,
        FeedState::Broken,
        FeedState::Stalled,
        FeedState::Silent,
    ];
    let routes =
        (minutes(), minutes(), any::<bool>(), proptest::option::of(minutes())).prop_map(|(behind, age, second, failing)| {
            let sink = if second { "soc" } else { "siem" };
            vec![Route { behind: Some(behind), age, failing: failing.map(|lasting| (lasting, None)), ..route(sink) }]
        });
    (0..3usize, proptest::sample::select(states.to_vec()), minutes(), routes, any::<bool>()).prop_map(
        |(tenant, state, unmoved, routes, quiet)| Feed {
            state,
            unmoved,
            routes,
            silence: quiet.then_some(Silence { since: Timestamp::UNIX_EPOCH, usual: None }),
            ..feed(["a", "b", "c"][tenant], &[])
        },
    )
}

proptest! {
    #[test]
    fn each_feed_has_one_grave_alarm_at_most_and_no_subject_comes_twice(
        mut feeds in proptest::collection::vec(any_feed(), 0..6),
        down in proptest::option::of(0..200u32),
        back in proptest::option::of(0..200u32),
    ) {
        feeds.sort_by(|one, other| one.tenant.cmp(&other.tenant));
        feeds.dedup_by(|one, other| one.tenant == other.tenant);
        let first = Sink { down: down.map(|minutes| minutes * MINUTE), back: back.map(|minutes| minutes * MINUTE), ..sink("siem") };
        let snapshot = Snapshot { feeds, sinks: vec![first, sink("soc")], ..well() };
        let alarms = judge(&snapshot, &SETTINGS);
        let mut subjects: Vec<_> = alarms.iter().map(|alarm| &alarm.subject).collect();
        subjects.sort();
        subjects.dedup();
        prop_assert_eq!(subjects.len(), alarms.len());
        for feed in &snapshot.feeds {
            let of_feed = |alarm: &&Alarm| alarm.subject.tenant.as_ref() == Some(&feed.tenant);
            let grave = [Kind::NeedsConsent, Kind::Broken, Kind::Stalled];
            let found: Vec<Kind> = alarms.iter().filter(of_feed).map(|alarm| alarm.subject.kind).collect();
            let count = found.iter().filter(|kind| grave.contains(kind)).count();
            prop_assert!(count <= 1);
            prop_assert!(count == 0 || !found.contains(&Kind::Silent) && !found.contains(&Kind::Behind), "{:?}", found);
        }
    }
}
