//! What every ledger does, whatever it keeps its memory in.

use std::sync::Arc;

use alertferry::ledger::settings::Kind;
use alertferry::ledger::{Figures, Known, Ledger, RouteKey, Step};

use super::build::{FEED, at, embedded, key, known, letter, open, seen, sink, step, step_with, tenant};

const CREATED: &str = "2026-03-02T07:41:10.1234567Z";
const REVISED: &str = "2026-03-02T07:44:02.1466667Z";

/// Runs each function over a fresh ledger of each kind.
macro_rules! every_ledger {
    ($($behaviour:ident,)*) => {
        mod memory {
            $(#[tokio::test]
            async fn $behaviour() {
                super::$behaviour(super::open(super::Kind::Memory).expect("it opens")).await;
            })*
        }

        mod sqlite {
            $(#[tokio::test]
            async fn $behaviour() {
                let folder = tempfile::tempdir().expect("a folder");
                super::$behaviour(super::embedded(folder.path())).await;
            })*
        }
    };
}

every_ledger! {
    knows_nothing_at_first,
    knows_what_was_recorded_exactly_and_in_order,
    recording_again_replaces_and_counts_once,
    tenants_and_sinks_and_the_feed_itself_are_apart,
    finds_an_id_whose_creation_time_differs_by_less_than_a_day,
    finds_an_id_that_one_feed_dates_and_the_other_does_not,
    cursors_are_exact_and_per_route,
    an_empty_step_moves_nothing,
    forgets_what_is_older_and_nothing_else,
    forgets_ids_without_revision_by_when_they_were_recorded,
    forgets_in_more_than_one_stride,
    dead_letters_are_counted_once_per_alert_and_route_and_never_forgotten,
    takes_many_steps_at_once,
}

type Shared = Arc<dyn Ledger>;

async fn knows_nothing_at_first(ledger: Shared) {
    assert_eq!(known(&*ledger, key("x", None)).await, None);
    assert_eq!(known(&*ledger, key("x", Some(CREATED))).await, None);
    assert_eq!(ledger.known(&tenant("a"), None, Vec::new()).await.unwrap(), []);
    assert_eq!(ledger.cursors(&tenant("a"), FEED).await.unwrap(), []);
    assert_eq!(Figures { file: None, ..ledger.figures().await.unwrap() }, Figures::default());
    ledger.forget(at(REVISED)).await.unwrap();
}

async fn knows_what_was_recorded_exactly_and_in_order(ledger: Shared) {
    let mut resolved = seen("resolved", Some(CREATED), Some(REVISED));
    resolved.known.resolved = true;
    let all = vec![
        resolved,
        seen("Case", Some(CREATED), Some("2026-03-02T07:44:02.123456789Z")),
        seen("case", Some(CREATED), Some("0001-01-01T00:00:00Z")),
        seen("no revision", Some(CREATED), None),
        seen("no date", None, Some(REVISED)),
        seen("the year 1", Some("0001-01-01T00:00:00Z"), Some("9999-12-30T22:00:00.9999999Z")),
        seen("nul \0 and 🦀", Some(CREATED), Some(REVISED)),
    ];
    ledger.record(step_with(all.clone())).await.unwrap();
    let mut keys: Vec<_> = all.iter().map(|seen| seen.key.clone()).collect();
    keys.insert(3, key("CASE", Some(CREATED)));
    let mut expected: Vec<_> = all.iter().map(|seen| Some(seen.known)).collect();
    expected.insert(3, None);
    assert_eq!(ledger.known(&tenant("a"), Some(&sink("siem")), keys).await.unwrap(), expected);
    assert_eq!(ledger.figures().await.unwrap().ids, 7);
}

async fn recording_again_replaces_and_counts_once(ledger: Shared) {
    let first = seen("x", Some("2026-03-02T23:59:00Z"), Some(REVISED));
    let mut again = seen("x", Some("2026-03-03T00:01:00Z"), Some("2026-03-04T00:00:00Z"));
    again.known.resolved = true;
    ledger.record(step_with(vec![first.clone(), first.clone()])).await.unwrap();
    ledger.record(step_with(vec![again.clone()])).await.unwrap();
    for key in [first.key, again.key, key("x", None)] {
        assert_eq!(known(&*ledger, key).await, Some(again.known));
    }
    assert_eq!(ledger.figures().await.unwrap().ids, 1);
    ledger.record(step_with(vec![seen("x", None, None)])).await.unwrap();
    assert_eq!(known(&*ledger, key("x", Some(CREATED))).await, Some(Known { revision: None, resolved: false }));
    assert_eq!(ledger.figures().await.unwrap().ids, 1);
}

async fn tenants_and_sinks_and_the_feed_itself_are_apart(ledger: Shared) {
    let here = RouteKey { tenant: tenant("a"), feed: FEED, sink: Some(sink("siem")) };
    let elsewhere = [
        RouteKey { tenant: tenant("b"), ..here.clone() },
        RouteKey { sink: Some(sink("soc")), ..here.clone() },
        RouteKey { sink: None, ..here.clone() },
    ];
    for (number, route) in elsewhere.iter().enumerate() {
        let revision = format!("2026-03-0{}T00:00:00Z", number + 2);
        ledger.record(Step { route: route.clone(), ..step_with(vec![seen("x", Some(CREATED), Some(&revision))]) }).await.unwrap();
    }
    assert_eq!(known(&*ledger, key("x", Some(CREATED))).await, None);
    for (number, route) in elsewhere.iter().enumerate() {
        let known = ledger.known(&route.tenant, route.sink.as_ref(), vec![key("x", Some(CREATED))]).await.unwrap();
        let revision = at(&format!("2026-03-0{}T00:00:00Z", number + 2));
        assert_eq!(known, [Some(Known { revision: Some(revision), resolved: false })]);
    }
    assert_eq!(ledger.figures().await.unwrap().ids, 3);
}

async fn finds_an_id_whose_creation_time_differs_by_less_than_a_day(ledger: Shared) {
    let recorded = seen("x", Some("2026-03-02T12:00:00Z"), Some(REVISED));
    ledger.record(step_with(vec![recorded.clone()])).await.unwrap();
    for created in
        ["2026-03-01T12:00:00.0000001Z", "2026-03-02T00:00:00Z", "2026-03-02T23:59:59Z", "2026-03-03T11:59:59.9999999Z"]
    {
        assert_eq!(known(&*ledger, key("x", Some(created))).await, Some(recorded.known), "{created}");
    }
}

async fn finds_an_id_that_one_feed_dates_and_the_other_does_not(ledger: Shared) {
    let (dated, undated) = (seen("dated", Some(CREATED), Some(REVISED)), seen("undated", None, Some(REVISED)));
    ledger.record(step_with(vec![dated.clone(), undated.clone()])).await.unwrap();
    assert_eq!(known(&*ledger, key("dated", None)).await, Some(dated.known));
    assert_eq!(known(&*ledger, key("undated", Some(CREATED))).await, Some(undated.known));
    // Both in one step, on a day of which nothing was known before.
    let both = [seen("both", Some("2026-05-05T00:00:00Z"), Some(REVISED)), seen("both", None, Some("2026-05-06T00:00:00Z"))];
    ledger.record(step_with(both.to_vec())).await.unwrap();
    assert_eq!(known(&*ledger, both[0].key.clone()).await, Some(both[1].known));
    assert_eq!(ledger.figures().await.unwrap().ids, 3);
}

async fn cursors_are_exact_and_per_route(ledger: Shared) {
    let moved = |route: RouteKey, cursor: &str| Step { route, cursor: Some(at(cursor)), ..step() };
    let siem = step().route;
    let soc = RouteKey { sink: Some(sink("soc")), ..siem.clone() };
    ledger.record(moved(siem.clone(), "2026-03-02T07:44:02Z")).await.unwrap();
    ledger.record(moved(soc, "2026-03-02T07:44:02.1466667Z")).await.unwrap();
    ledger.record(moved(siem.clone(), "2026-03-02T07:44:02.1466668Z")).await.unwrap();
    ledger.record(moved(RouteKey { tenant: tenant("b"), ..siem.clone() }, "2026-01-01T00:00:00Z")).await.unwrap();
    ledger.record(moved(RouteKey { sink: None, ..siem }, "2026-01-01T00:00:00Z")).await.unwrap();
    let expected = [(sink("siem"), at("2026-03-02T07:44:02.1466668Z")), (sink("soc"), at("2026-03-02T07:44:02.1466667Z"))];
    assert_eq!(ledger.cursors(&tenant("a"), FEED).await.unwrap(), expected);
}

async fn an_empty_step_moves_nothing(ledger: Shared) {
    ledger.record(Step { cursor: Some(at(REVISED)), ..step() }).await.unwrap();
    ledger.record(step()).await.unwrap();
    assert_eq!(ledger.cursors(&tenant("a"), FEED).await.unwrap(), [(sink("siem"), at(REVISED))]);
}

async fn forgets_what_is_older_and_nothing_else(ledger: Shared) {
    let before = "2026-03-02T07:44:02.1466667Z";
    let all = vec![
        seen("old", Some("2026-02-01T00:00:00Z"), Some("2026-02-01T00:00:01Z")),
        seen("old day, new revision", Some("2026-02-01T00:00:00Z"), Some("2026-03-02T08:00:00Z")),
        seen("just before", Some(CREATED), Some("2026-03-02T07:44:02.1466666Z")),
        seen("a nanosecond before", Some(CREATED), Some("2026-03-02T07:44:02.146666699Z")),
        seen("at", Some(CREATED), Some(before)),
        seen("revised before it was created", Some("2026-03-05T00:00:00Z"), Some("2026-01-01T00:00:00Z")),
        seen("undated and old", None, Some("2026-01-01T00:00:00Z")),
        seen("undated and new", None, Some("2026-03-03T00:00:00Z")),
    ];
    ledger.record(step_with(all.clone())).await.unwrap();
    // Walked over once already, and then something old again: the walk must come back.
    ledger.forget(at("2026-01-01T00:00:00Z")).await.unwrap();
    assert_eq!(ledger.figures().await.unwrap().ids, 8);
    ledger.record(step_with(vec![seen("late", Some("2026-02-01T00:00:00Z"), Some("2026-02-02T00:00:00Z"))])).await.unwrap();
    ledger.forget(at(before)).await.unwrap();
    for seen in all {
        let stays = ["old day, new revision", "at", "undated and new"].contains(&seen.key.id.as_str());
        assert_eq!(known(&*ledger, seen.key.clone()).await.is_some(), stays, "{}", seen.key.id);
    }
    assert_eq!(known(&*ledger, key("late", Some("2026-02-01T00:00:00Z"))).await, None);
    assert_eq!(ledger.figures().await.unwrap().ids, 3);
    ledger.forget(at("2026-04-01T00:00:00Z")).await.unwrap();
    assert_eq!(ledger.figures().await.unwrap().ids, 0);
    let close = ["2026-03-02T00:00:00.000000049Z", "2026-03-02T00:00:00.00000005Z"];
    ledger.record(step_with(close.map(|revision| seen(revision, Some(CREATED), Some(revision))).to_vec())).await.unwrap();
    ledger.forget(at(close[1])).await.unwrap();
    assert_eq!(known(&*ledger, key(close[0], Some(CREATED))).await, None);
    assert!(known(&*ledger, key(close[1], Some(CREATED))).await.is_some());
}

async fn forgets_ids_without_revision_by_when_they_were_recorded(ledger: Shared) {
    let long_ago = Some("2020-01-01T00:00:00Z");
    ledger.record(step_with(vec![seen("x", long_ago, None), seen("y", None, None)])).await.unwrap();
    let now = alertferry::clock::now();
    ledger.forget(now - jiff::SignedDuration::from_hours(1)).await.unwrap();
    assert_eq!(ledger.figures().await.unwrap().ids, 2);
    ledger.forget(now + jiff::SignedDuration::from_hours(1)).await.unwrap();
    assert_eq!(ledger.figures().await.unwrap().ids, 0);
}

async fn forgets_in_more_than_one_stride(ledger: Shared) {
    for name in ["a", "b", "c"] {
        let all = (0..1500).map(|number| {
            let revision = if number % 3 == 0 { "2026-03-01T00:00:00Z" } else { "2026-03-03T00:00:00Z" };
            seen(&format!("{number}"), Some("2026-03-01T00:00:00Z"), Some(revision))
        });
        let route = RouteKey { tenant: tenant(name), ..step().route };
        ledger.record(Step { route, ..step_with(all.collect()) }).await.unwrap();
    }
    // What is recorded while the walk is under way stays found and counted.
    let meanwhile = step_with(
        (0..50)
            .map(|number| seen(&format!("new {number}"), Some("2026-03-01T00:00:00Z"), Some("2026-03-02T12:00:00Z")))
            .collect(),
    );
    let (forgot, recorded) = tokio::join!(ledger.forget(at("2026-03-02T00:00:00Z")), ledger.record(meanwhile));
    forgot.unwrap();
    recorded.unwrap();
    assert_eq!(ledger.figures().await.unwrap().ids, 3050);
    ledger.forget(at("2026-03-02T13:00:00Z")).await.unwrap();
    assert_eq!(ledger.figures().await.unwrap().ids, 3000);
    assert_eq!(known(&*ledger, key("3", Some(CREATED))).await, None);
    assert!(known(&*ledger, key("1", Some(CREATED))).await.is_some());
}

async fn dead_letters_are_counted_once_per_alert_and_route_and_never_forgotten(ledger: Shared) {
    let kept = |route: RouteKey, id: &str, reason: &str| Step {
        route,
        dead: vec![letter(id, reason)],
        ..step_with(vec![seen(id, Some(CREATED), Some(REVISED))])
    };
    let siem = step().route;
    ledger.record(kept(siem.clone(), "x", "too large")).await.unwrap();
    ledger.record(kept(siem.clone(), "x", "still too large")).await.unwrap();
    ledger.record(kept(siem.clone(), "y", "too large")).await.unwrap();
    ledger.record(kept(RouteKey { sink: None, ..siem.clone() }, "x", "another tenant's")).await.unwrap();
    ledger.record(kept(RouteKey { tenant: tenant("b"), ..siem }, "x", "too large")).await.unwrap();
    ledger.forget(at("2027-01-01T00:00:00Z")).await.unwrap();
    let expected = [(tenant("a"), None, 1), (tenant("a"), Some(sink("siem")), 2), (tenant("b"), Some(sink("siem")), 1)];
    let figures = ledger.figures().await.unwrap();
    assert_eq!(figures.ids, 0);
    let counted: Vec<_> = figures.dead_letters.into_iter().map(|aside| (aside.tenant, aside.sink, aside.letters)).collect();
    assert_eq!(counted, expected);
}

async fn takes_many_steps_at_once(ledger: Shared) {
    let steps = (0..200).map(|number| {
        let route = RouteKey { tenant: tenant(&format!("t{}", number % 20)), ..step().route };
        let seen = (0..10).map(|id| seen(&format!("{number}-{id}"), Some(CREATED), Some(REVISED))).collect();
        ledger.record(Step { route, ..step_with(seen) })
    });
    for result in futures_util::future::join_all(steps).await {
        result.unwrap();
    }
    assert_eq!(ledger.figures().await.unwrap().ids, 2000);
    let keys = vec![key("27-3", Some(CREATED)), key("28-3", Some(CREATED))];
    let known = ledger.known(&tenant("t7"), Some(&sink("siem")), keys).await.unwrap();
    assert_eq!(known.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false]);
    ledger.close().await.unwrap();
}
