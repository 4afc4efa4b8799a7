//! Dead letters that are taken up again stay themselves until the sink has them, and go when it has.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::cloud::{TENANT, second};
use super::desk::Mood;
use super::replays::{Ear, replay, route};
use super::rig::{Rig, life};
use crate::alert::graph;
use crate::ledger::{DeadLetter, Kept, KeptFilter, Known, Ledger as _, Seen, SeenKey, Step};
use crate::pipeline::letters::Letters;
use crate::pipeline::replay::End;
use crate::sink::{Revisions, Verdict};
use crate::source::FeedKind;
use crate::tenant::Tenant;

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
            let letters = Letters {
                tenant: Arc::clone(&to.tenant),
                feed: FeedKind::GraphAlerts,
                kept: kept(&rig).await,
                header: |_, _, raw| graph::header(raw),
                read: graph::read,
            };
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
        let tenant: Arc<Tenant> = Arc::clone(&to.tenant);
        let of_feed = crate::ledger::RouteKey { sink: None, ..to.key.clone() };
        keep_aside(&rig, Step::of(of_feed), ("sha256:0", "{}"), -300).await;
        let before = kept(&rig).await;
        let (header, read) = (|_: FeedKind, _: &str, raw: &str| graph::header(raw), graph::read);
        let letters = Letters { tenant, feed: FeedKind::GraphAlerts, kept: before.clone(), header, read };
        let retried = letters.to_all(&[to], (&rig.ports, &CancellationToken::new()), &mut Ear::default()).await.unwrap();
        let after = kept(&rig).await;
        assert_eq!((after[0].number, after[0].letter.at), (before[0].number, before[0].letter.at));
        assert_eq!(after[0].letter.reason, retried.stay[0].reason);
        assert_ne!(after[0].letter.reason, "at first");
    });
}
