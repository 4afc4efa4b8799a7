//! Dead letters that are taken up again stay themselves until the sink has them, and go when it has.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::cloud::{TENANT, second};
use super::desk::Mood;
use super::replays::{Ear, replay, route};
use super::rig::{Rig, life};
use crate::alert::{Severity, graph};
use crate::ledger::{DeadLetter, Kept, KeptFilter, Known, Ledger as _, Seen, SeenKey, Step};
use crate::pipeline::filter::{Filter, Marks, Patterns};
use crate::pipeline::letters::{Letters, settle};
use crate::pipeline::outcome::Outcome;
use crate::pipeline::replay::End;
use crate::pipeline::route::Route;
use crate::sink::{Revisions, Verdict};
use crate::source::FeedKind;

/// Has the ledger know an alert in one revision, and keep an earlier or the same one aside.
async fn keep_aside(rig: &Rig, step: Step, (id, body): (&str, &str), known: i64) {
    let key = SeenKey { id: id.to_owned(), created: None };
    let seen = Seen { key, known: Known { revision: Some(second(known)), resolved: false } };
    let letter = DeadLetter { alert_id: id.to_owned(), reason: "at first".to_owned(), at: second(0), body: body.to_owned() };
    rig.book.record(Step { seen: vec![seen], dead: vec![letter], ..step }).await.unwrap();
}

/// The alert "a", last updated so many seconds after noon.
fn raw(at: i64) -> String {
    let at = second(at);
    format!(
        r#"{{"id":"a","tenantId":"{TENANT}","createdDateTime":"2026-03-02T11:00:00Z","lastUpdateDateTime":"{at}","severity":"high","status":"new","serviceSource":"microsoftDefenderForEndpoint"}}"#
    )
}

async fn kept(rig: &Rig) -> Vec<Kept> {
    rig.book.kept(KeptFilter::default()).await.unwrap()
}

/// Dead letters of a route, or of its feed.
fn letters(of: &Route, kept: Vec<Kept>) -> Letters {
    let (tenant, header) = (Arc::clone(&of.tenant), |_: FeedKind, _: &str, raw: &str| graph::header(raw));
    Letters { tenant, feed: FeedKind::GraphAlerts, kept, header, read: graph::read }
}

#[test]
fn a_replay_settles_a_letter_whose_alert_went_out_in_a_later_revision() {
    life(async {
        for (kept_revision, sent) in [(-600, 0), (-300, 1)] {
            let mut rig = Rig::new();
            rig.revisions = Revisions::Changes;
            let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
            cloud.push("a", -300, -300, raw(-300));
            let outlet = rig.outlet(&desk);
            let to = route(&mut rig, &cloud, &outlet);
            keep_aside(&rig, Step::of(to.key.clone()), ("a", &raw(kept_revision)), -300).await;
            assert!(matches!(replay(&mut rig, &cloud, &outlet, false).await, End::Done));
            assert_eq!((desk.got().len(), kept(&rig).await), (sent, Vec::new()), "kept aside in the revision of {kept_revision}");
        }
    });
}

#[test]
fn a_letter_that_is_refused_again_stays_the_same_with_the_new_reason() {
    life(async {
        let mut rig = Rig::new();
        let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
        let outlet = rig.outlet(&desk);
        let to = route(&mut rig, &cloud, &outlet);
        keep_aside(&rig, Step::of(to.key.clone()), ("a", &raw(-300)), -300).await;
        let before = kept(&rig).await;
        for (verdict, reason) in [(Verdict::Refused("still".to_owned()), Some("still")), (Verdict::Delivered, None)] {
            desk.next_batches([Mood::Judges(vec![("a", verdict)])]);
            let letters = letters(&to, kept(&rig).await);
            letters.to_route(&to, (&rig.ports, &CancellationToken::new()), &mut Ear::default()).await.unwrap();
            let expected = reason.map(|reason| {
                let mut letter = before[0].clone();
                letter.letter.reason = reason.to_owned();
                letter
            });
            assert_eq!(kept(&rig).await, Vec::from_iter(expected));
        }
    });
}

#[test]
fn what_still_cannot_be_read_stays_the_same_with_the_reason_why_now() {
    life(async {
        let mut rig = Rig::new();
        let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
        let outlet = rig.outlet(&desk);
        let to = route(&mut rig, &cloud, &outlet);
        let of_feed = crate::ledger::RouteKey { sink: None, ..to.key.clone() };
        keep_aside(&rig, Step::of(of_feed), ("sha256:0", "{}"), -300).await;
        let before = kept(&rig).await;
        let letters = letters(&to, before.clone());
        let retried = letters.to_all(&[to], (&rig.ports, &CancellationToken::new()), &mut Ear::default()).await.unwrap();
        let after = kept(&rig).await;
        assert_eq!((after[0].number, after[0].letter.at), (before[0].number, before[0].letter.at));
        assert_eq!(after[0].letter.reason, retried.stay[0].reason);
        assert_ne!(after[0].letter.reason, "at first");
    });
}

#[test]
fn what_no_route_had_seen_goes_to_all_of_them_and_another_tenants_stays() {
    life(async {
        let mut rig = Rig::new();
        let (cloud, desks) = (rig.cloud(), ["siem", "archive"].map(|name| rig.desk(name)));
        let outlets = desks.each_ref().map(|desk| rig.outlet(desk));
        let routes = outlets.each_ref().map(|outlet| route(&mut rig, &cloud, outlet));
        let of_feed = crate::ledger::RouteKey { sink: None, ..routes[0].key.clone() };
        keep_aside(&rig, Step::of(of_feed.clone()), ("a", &raw(-300)), -300).await;
        let other = raw(-300).replace(r#""id":"a""#, r#""id":"b""#).replace(TENANT, "99999999-9999-4999-8999-999999999999");
        keep_aside(&rig, Step::of(of_feed), ("b", &other), -300).await;
        let letters = letters(&routes[0], kept(&rig).await);
        let retried = letters.to_all(&routes, (&rig.ports, &CancellationToken::new()), &mut Ear::default()).await.unwrap();
        assert_eq!(desks.map(|desk| desk.ids()), [["a"], ["a"]]);
        assert_eq!(retried.tally.of(Outcome::Forwarded), 2);
        let kept = kept(&rig).await;
        assert_eq!((kept.len(), kept[0].letter.alert_id.as_str()), (1, "b"));
        assert_eq!(kept[0].letter.reason, retried.stay[0].reason);
    });
}

#[test]
fn a_letter_that_its_route_does_not_want_any_more_is_settled() {
    let unwanted = [
        Filter { min_severity: Some(Severity::Critical), ..Filter::default() },
        Filter { excluded: Marks { titles: Patterns::new(&["^A"]).unwrap(), ..Marks::default() }, ..Filter::default() },
    ];
    for filter in unwanted {
        life(async {
            let mut rig = Rig { filter, ..Rig::new() };
            let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
            let outlet = rig.outlet(&desk);
            let to = route(&mut rig, &cloud, &outlet);
            let titled = raw(-300).replace(r#""status""#, r#""title":"A title","status""#);
            for id in ["elsewhere", "a"] {
                keep_aside(&rig, Step::of(to.key.clone()), (id, &titled), -300).await;
            }
            let mut taken = kept(&rig).await;
            let stays = taken.remove(0);
            let letters = letters(&to, taken);
            letters.to_route(&to, (&rig.ports, &CancellationToken::new()), &mut Ear::default()).await.unwrap();
            assert_eq!((desk.ids(), kept(&rig).await), (Vec::new(), vec![stays]));
        });
    }
}

#[test]
fn where_nothing_is_to_be_settled_nothing_is_written() {
    life(async {
        let mut rig = Rig::new();
        let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
        let outlet = rig.outlet(&desk);
        let key = route(&mut rig, &cloud, &outlet).key.clone();
        for (step, written) in [
            (Step::of(key.clone()), 0),
            (Step { lifted: vec![1], ..Step::of(key.clone()) }, 1),
            (Step { stay: vec![(1, "still".to_owned())], ..Step::of(key) }, 1),
        ] {
            let before = rig.tape.notes().len();
            settle(step, &TENANT.into(), &rig.ports).await.unwrap();
            assert_eq!(rig.tape.notes().len() - before, written);
        }
    });
}
