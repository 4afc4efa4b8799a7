//! What an errand finds out about an alert before it is planned, and what an event of it then says, as tables.

use std::sync::Arc;

use jiff::Timestamp;

use super::cloud::{TENANT, second};
use super::replays::route;
use super::rig::{Rig, life};
use crate::alert::{Header, Kind, Severity, Status, graph};
use crate::format::Activity;
use crate::ledger::{DeadLetter, Kept, KeptFilter, Known, Ledger as _, ReplayKey, Seen, SeenKey, Step};
use crate::pipeline::errand::{Aside, Errand, Replay, Standing, activity};
use crate::pipeline::route::Route;
use crate::sink::Revisions;

const HOUR_AGO: i64 = -3600;

/// The alert "a", created an hour before noon.
fn header(updated: Option<i64>, status: Status) -> Header {
    Header {
        kind: Kind::Alert,
        id: "a".to_owned(),
        tenant_id: None,
        created: Some(second(HOUR_AGO)),
        updated: updated.map(second),
        severity: Severity::High,
        status,
        service: None,
    }
}

fn known(revision: i64) -> Known {
    Known { revision: Some(second(revision)), resolved: false }
}

fn on_the_way(revisions: Revisions) -> (Rig, Arc<Route>) {
    let mut rig = Rig { revisions, ..Rig::new() };
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    let outlet = rig.outlet(&desk);
    let route = route(&mut rig, &cloud, &outlet);
    (rig, route)
}

/// Keeps "a" aside on the route, in this revision or as something that nobody can read. Answers its number.
async fn keep_aside(rig: &Rig, route: &Route, revision: Option<i64>) -> i64 {
    let at = |revision| second(revision).to_string();
    let body = revision.map_or("{}".to_owned(), |revision| {
        format!(r#"{{"id":"a","tenantId":"{TENANT}","lastUpdateDateTime":"{}","status":"new"}}"#, at(revision))
    });
    let letter = DeadLetter { alert_id: "a".to_owned(), reason: "not today".to_owned(), at: second(0), body };
    rig.book.record(Step { dead: vec![letter], ..Step::of(route.key.clone()) }).await.unwrap();
    let kept: Vec<Kept> = rig.book.kept(KeptFilter::default()).await.unwrap();
    kept.last().unwrap().number
}

/// How "a" stands, and which letters are settled with it.
async fn look(rig: &Rig, route: &Route, errand: &Errand, header: &Header, known: Option<Known>) -> (Standing, Vec<i64>) {
    let past = errand.look(route, &[(0, header)], &[known], &rig.ports).await.unwrap();
    assert_eq!(past.len(), 1);
    (past[0].standing, past[0].letters.clone())
}

fn replay_of(route: &Route, send_again: bool, letters: &[i64]) -> Errand {
    let key = ReplayKey { route: route.key.clone(), from: second(HOUR_AGO), to: second(0), send_again };
    let aside: Aside = [("a".to_owned(), letters.to_vec())].into();
    let (before, after) = (second(-200), second(-100));
    Errand::Replay(Replay { key, before, after, aside: aside.into(), header: |_, _, raw| graph::header(raw) })
}

#[test]
fn each_errand_moves_marks_and_numbers_what_is_its_own() {
    life(async {
        let (_rig, route) = on_the_way(Revisions::New);
        let (replay, retry) = (replay_of(&route, false, &[]), Errand::Retry(vec![7, 8]));
        let all = [Errand::Watch, Errand::Sweep, replay.clone(), retry];
        assert_eq!(all.each_ref().map(Errand::moves_cursor), [true, false, false, false]);
        assert_eq!(all.each_ref().map(Errand::marks), [false, false, true, false]);
        assert_eq!(all.each_ref().map(|errand| errand.letter(1)), [None, None, None, Some(8)]);
        let come = |delivered| all.each_ref().map(|errand| errand.replayed(delivered).map(|(_, at)| at));
        assert_eq!(come(true), [None, None, Some(second(-100)), None]);
        assert_eq!(come(false), [None, None, Some(second(-200)), None]);
    });
}

#[test]
fn an_event_that_is_sent_anew_says_what_its_alert_says() {
    let (new, changes) = (Revisions::New, Revisions::Changes);
    life(async {
        for (revisions, before, updated, status, said) in [
            (new, Some(known(-300)), Some(-100), Status::Resolved, Activity::Create),
            (changes, None, Some(-100), Status::Resolved, Activity::Create),
            (changes, Some(known(-300)), None, Status::New, Activity::Create),
            (changes, Some(known(-300)), Some(HOUR_AGO), Status::New, Activity::Create),
            (changes, Some(known(-300)), Some(-100), Status::New, Activity::Update),
            (changes, Some(known(-300)), Some(-100), Status::Resolved, Activity::Close),
        ] {
            let (_rig, route) = on_the_way(revisions);
            let found = activity(&route, &header(updated, status), before);
            assert_eq!(found, said, "{revisions:?} {before:?} {updated:?} {status:?}");
        }
    });
}

#[test]
fn a_letter_that_is_retried_is_sent_unless_it_is_gone_or_a_later_revision_went_out() {
    let (new, changes) = (Revisions::New, Revisions::Changes);
    life(async {
        for (revisions, before, there, standing) in [
            (changes, None, true, Standing::ToSend),
            (changes, Some(known(-300)), true, Standing::ToSend),
            (changes, Some(known(-200)), true, Standing::Superseded),
            (changes, Some(known(-200)), false, Standing::Done),
            (new, Some(known(-200)), true, Standing::ToSend),
            (new, None, false, Standing::Done),
        ] {
            let (rig, route) = on_the_way(revisions);
            // Kept aside again, it gets another number.
            let gone = keep_aside(&rig, &route, Some(-300)).await;
            let number = keep_aside(&rig, &route, Some(-300)).await;
            let number = if there { number } else { gone };
            let header = header(Some(-300), Status::New);
            let found = look(&rig, &route, &Errand::Retry(vec![number]), &header, before).await;
            assert_eq!(found, (standing, vec![number]), "{revisions:?} {before:?}, there: {there}");
        }
    });
}

#[test]
fn a_replay_sends_what_was_only_kept_aside_unless_a_later_revision_went_out() {
    let (new, changes) = (Revisions::New, Revisions::Changes);
    life(async {
        for (revisions, kept, standing) in [
            (new, None, Standing::AsKnown),
            (new, Some(Some(-300)), Standing::ToSend),
            (changes, None, Standing::AsKnown),
            (changes, Some(Some(-300)), Standing::AsKnown),
            (changes, Some(Some(-200)), Standing::ToSend),
            (changes, Some(Some(-100)), Standing::ToSend),
            (changes, Some(None), Standing::ToSend),
        ] {
            let (rig, route) = on_the_way(revisions);
            let mut letters = Vec::new();
            if let Some(revision) = kept {
                letters.push(keep_aside(&rig, &route, revision).await);
            }
            // One that lay there when the replay began, and that somebody else has taken up since.
            let errand = replay_of(&route, false, &[letters.clone(), vec![4711]].concat());
            let found = look(&rig, &route, &errand, &header(Some(-200), Status::New), Some(known(-200))).await;
            assert_eq!(found, (standing, letters), "{revisions:?} {kept:?}");
        }
    });
}

#[test]
fn a_replay_of_everything_sends_each_alert_once() {
    life(async {
        let (rig, route) = on_the_way(Revisions::New);
        let (errand, header) = (replay_of(&route, true, &[]), header(Some(-200), Status::New));
        let look = || look(&rig, &route, &errand, &header, Some(known(-200)));
        assert_eq!(look().await, (Standing::ToSend, Vec::new()));
        let key = SeenKey { id: header.id.clone(), created: None };
        let (seen, replayed) = (vec![Seen { key, known: known(-200) }], errand.replayed(true));
        rig.book.record(Step { seen, replayed, ..Step::of(route.key.clone()) }).await.unwrap();
        assert_eq!(look().await, (Standing::Done, Vec::new()));
        let Errand::Replay(Replay { key, .. }) = errand.clone() else { unreachable!() };
        let come: Option<Timestamp> = rig.book.replayed(key).await.unwrap();
        assert_eq!(come, Some(second(-100)));
    });
}
