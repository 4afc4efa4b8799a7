//! Dead letters, replays and notes: what is kept of them, found again, lifted, bounded and forgotten, in every ledger alike.

use std::sync::Arc;

use alertferry::ledger::settings::{Bounds, Kind};
use alertferry::ledger::{Brief, DeadLetter, Kept, KeptFilter, Ledger, Recorded, ReplayKey, RouteKey, Step};
use alertferry::source::FeedKind;
use jiff::SignedDuration;

use super::build::{FEED, at, bounded, letter, seen, sink, step, step_with, tenant};

/// A fresh ledger of each kind with these bounds, and the folder that one of them needs.
fn each(bounds: Bounds) -> ([Arc<dyn Ledger>; 2], tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let embedded = bounded(Kind::Embedded(folder.path().to_owned()), bounds).unwrap();
    ([bounded(Kind::Memory, bounds).unwrap(), embedded], folder)
}

fn plenty() -> ([Arc<dyn Ledger>; 2], tempfile::TempDir) {
    each(Bounds::default())
}

fn route(tenant_name: &str, feed: FeedKind, sink_name: Option<&str>) -> RouteKey {
    RouteKey { tenant: tenant(tenant_name), feed, sink: sink_name.map(sink) }
}

fn kept_on(route: RouteKey, letters: Vec<DeadLetter>) -> Step {
    Step { dead: letters, ..Step::of(route) }
}

fn ids(kept: &[Kept]) -> Vec<&str> {
    kept.iter().map(|kept| kept.letter.alert_id.as_str()).collect()
}

async fn all(ledger: &dyn Ledger) -> Vec<Kept> {
    ledger.kept(KeptFilter::default()).await.unwrap()
}

#[tokio::test]
async fn letters_come_back_byte_for_byte_and_by_whatever_is_known_of_them() {
    let (ledgers, _folder) = plenty();
    for ledger in ledgers {
        let (siem, soc) = (route("a", FEED, Some("siem")), route("a", FEED, Some("soc")));
        let (mde, itself) = (route("a", FeedKind::MdeAlerts, Some("siem")), route("b", FEED, None));
        let moved = |id: &str, reason: &str, time: &str| DeadLetter { at: at(time), ..letter(id, reason) };
        let letters = [
            (&siem, moved("x", "Too large", "2026-03-02T08:00:00Z")),
            // As text, this time sorts before the one above.
            (&soc, moved("x", "refused: 100% \"wrong\"", "2026-03-02T08:00:00.5Z")),
            (&mde, moved("y", "too LARGE by far", "2026-03-02T08:00:01Z")),
            (&itself, moved("sha256:00", "no JSON", "2026-03-03T00:00:00.1234567Z")),
        ];
        for (route, letter) in &letters {
            ledger.record(kept_on((*route).clone(), vec![letter.clone()])).await.unwrap();
        }
        let found = all(&*ledger).await;
        assert!(found.is_sorted_by(|one, other| one.number < other.number));
        let back: Vec<_> = found.iter().map(|kept| (&kept.route, kept.letter.clone())).collect();
        assert_eq!(back, letters.iter().map(|(route, letter)| (*route, letter.clone())).collect::<Vec<_>>());

        let numbers: Vec<i64> = found.iter().map(|kept| kept.number).collect();
        let none = KeptFilter::default;
        for (filter, expected) in [
            (KeptFilter { tenant: Some(tenant("a")), ..none() }, &[0, 1, 2][..]),
            (KeptFilter { sink: Some(sink("siem")), ..none() }, &[0, 2]),
            (KeptFilter { feed: Some(FEED), ..none() }, &[0, 1, 3]),
            (KeptFilter { alert_id: Some("x".to_owned()), ..none() }, &[0, 1]),
            (KeptFilter { alert_id: Some("X".to_owned()), ..none() }, &[]),
            (KeptFilter { reason: Some("too large".to_owned()), ..none() }, &[0, 2]),
            (KeptFilter { reason: Some("100% \"".to_owned()), ..none() }, &[1]),
            (KeptFilter { since: Some(at("2026-03-02T08:00:00.5Z")), ..none() }, &[1, 2, 3]),
            (KeptFilter { until: Some(at("2026-03-02T08:00:00Z")), ..none() }, &[0]),
            (KeptFilter { until: Some(at("2026-03-02T08:00:00.5Z")), ..none() }, &[0, 1]),
            (KeptFilter { numbers: Some(vec![numbers[3], numbers[1], 999_999]), ..none() }, &[1, 3]),
            (KeptFilter { numbers: Some(Vec::new()), ..none() }, &[]),
            (KeptFilter { limit: Some(2), ..none() }, &[0, 1]),
            (KeptFilter { limit: Some(0), ..none() }, &[]),
            (KeptFilter { after: numbers[1], limit: Some(1), ..none() }, &[2]),
            (KeptFilter { since: Some(at("2026-03-02T08:00:00.4Z")), limit: Some(1), ..none() }, &[1]),
            (KeptFilter { tenant: Some(tenant("a")), sink: Some(sink("siem")), feed: Some(FEED), ..none() }, &[0]),
        ] {
            let expected: Vec<i64> = expected.iter().map(|place| numbers[*place]).collect();
            let found: Vec<i64> = ledger.kept(filter.clone()).await.unwrap().iter().map(|kept| kept.number).collect();
            assert_eq!(found, expected, "{filter:?}");
        }
    }
}

#[tokio::test]
async fn a_letter_that_is_kept_again_gets_a_new_number_and_is_there_once() {
    let (ledgers, _folder) = plenty();
    for ledger in ledgers {
        for reason in ["first", "second"] {
            let recorded = ledger.record(kept_on(step().route, vec![letter("x", reason), letter(reason, "")])).await.unwrap();
            assert_eq!(recorded, Recorded::default());
        }
        let found = all(&*ledger).await;
        assert_eq!(ids(&found), ["first", "x", "second"]);
        assert_eq!(found[1].letter.reason, "second");
        let weight: u64 = found.iter().map(|kept| kept.letter.weight()).sum();
        let aside = &ledger.figures().await.unwrap().dead_letters[0];
        assert_eq!((aside.letters, aside.bytes), (3, weight));
    }
}

#[tokio::test]
async fn a_letter_that_stays_is_the_same_one_with_another_reason() {
    let (ledgers, _folder) = plenty();
    for ledger in ledgers {
        ledger.record(kept_on(step().route, vec![letter("x", "refused"), letter("y", "refused")])).await.unwrap();
        let mut expected = all(&*ledger).await;
        expected[0].letter.reason = "still too long: \u{e9}".to_owned();
        let stay = vec![(expected[0].number, expected[0].letter.reason.clone()), (999_999, "gone".to_owned())];
        ledger.record(Step { stay, ..step() }).await.unwrap();
        assert_eq!(all(&*ledger).await, expected);
        let weight: u64 = expected.iter().map(|kept| kept.letter.weight()).sum();
        assert_eq!(ledger.figures().await.unwrap().dead_letters[0].bytes, weight);
    }
}

#[tokio::test]
async fn letters_are_told_briefly_under_the_same_conditions() {
    let (ledgers, _folder) = plenty();
    for ledger in ledgers {
        ledger.record(kept_on(route("a", FEED, None), vec![letter("x", "no JSON")])).await.unwrap();
        ledger.record(kept_on(step().route, vec![letter("\u{e9}", "refused"), letter("z", "refused")])).await.unwrap();
        let numbers: Vec<i64> = all(&*ledger).await.iter().map(|kept| kept.number).collect();
        for filter in [
            KeptFilter::default(),
            KeptFilter { reason: Some("REF".to_owned()), limit: Some(1), ..KeptFilter::default() },
            KeptFilter { after: numbers[0], ..KeptFilter::default() },
            KeptFilter::of(vec![numbers[2], numbers[0], 999_999]),
        ] {
            let whole = ledger.kept(filter.clone()).await.unwrap().into_iter();
            let expected: Vec<Brief> = whole
                .map(|Kept { number, route, letter }| {
                    let bytes = letter.body.len() as u64;
                    Brief { number, route, alert_id: letter.alert_id, bytes }
                })
                .collect();
            assert_eq!(ledger.kept_briefly(filter.clone()).await.unwrap(), expected, "{filter:?}");
        }
        let found = ledger.kept(KeptFilter::of(vec![numbers[2], numbers[0]])).await.unwrap();
        assert_eq!(ids(&found), ["x", "z"]);
    }
}

#[tokio::test]
async fn settled_letters_go_with_the_step_whatever_route_they_lay_on() {
    let (ledgers, _folder) = plenty();
    for ledger in ledgers {
        ledger.record(kept_on(route("a", FEED, None), vec![letter("x", "no JSON")])).await.unwrap();
        ledger.record(kept_on(step().route, vec![letter("y", "refused"), letter("z", "refused")])).await.unwrap();
        let found = all(&*ledger).await;
        // "z" is refused once more: the old one goes, the new one stays.
        let lifted = vec![found[0].number, found[1].number, found[2].number, 999_999];
        let retried =
            Step { lifted: lifted.clone(), dead: vec![letter("z", "refused again")], ..step_with(vec![seen("y", None, None)]) };
        ledger.record(retried).await.unwrap();
        let left = all(&*ledger).await;
        assert_eq!(ids(&left), ["z"]);
        assert!(!lifted.contains(&left[0].number), "a number is never used again");
        let dead_letters = ledger.figures().await.unwrap().dead_letters;
        assert_eq!(dead_letters.iter().map(|aside| aside.letters).collect::<Vec<_>>(), [1]);
        assert_eq!(dead_letters[0].bytes, left[0].letter.weight());
    }
}

#[tokio::test]
async fn beyond_the_bounds_the_oldest_go_by_name_and_nobody_elses() {
    let (ledgers, _folder) = each(Bounds { letters: 5, bytes: 10_000 });
    for ledger in ledgers {
        let other = route("b", FEED, Some("siem"));
        ledger.record(kept_on(other.clone(), vec![letter("b's", "refused")])).await.unwrap();
        let mde = route("a", FeedKind::MdeAlerts, Some("siem"));
        let recorded = ledger.record(kept_on(mde, vec![letter("1", ""), letter("2", ""), letter("3", "")])).await.unwrap();
        assert_eq!(recorded, Recorded::default());
        let recorded = ledger.record(kept_on(step().route, vec![letter("4", "")])).await.unwrap();
        let crowded = recorded.crowded.expect("four of five are 80%");
        assert_eq!((crowded.tenant, crowded.sink, crowded.letters), (tenant("a"), Some(sink("siem")), 4));
        let recorded = ledger.record(kept_on(step().route, vec![letter("5", "")])).await.unwrap();
        assert_eq!(recorded, Recorded::default(), "it is said once");
        let recorded = ledger.record(kept_on(step().route, vec![letter("6", ""), letter("7", "")])).await.unwrap();
        let dropped: Vec<_> = recorded.dropped.iter().map(|gone| (gone.feed.as_str(), gone.alert_id.as_str())).collect();
        assert_eq!(dropped, [("mde-alerts", "1"), ("mde-alerts", "2")]);
        assert_eq!(ids(&all(&*ledger).await), ["b's", "3", "4", "5", "6", "7"]);
        assert_eq!(recorded.dropped[0].at, letter("1", "").at);

        // Once there was room again, it is said again.
        let numbers = all(&*ledger).await.iter().filter(|kept| kept.route != other).map(|kept| kept.number).collect();
        ledger.record(Step { lifted: numbers, ..step() }).await.unwrap();
        let many = (1..=4).map(|number| letter(&number.to_string(), "")).collect();
        assert!(ledger.record(kept_on(step().route, many)).await.unwrap().crowded.is_some());
    }
}

#[tokio::test]
async fn the_bound_on_bytes_holds_and_the_newest_stays_however_large() {
    let (ledgers, _folder) = each(Bounds { letters: 100, bytes: 10_000 });
    for ledger in ledgers {
        let large = |id: &str, bytes: usize| DeadLetter { body: "é".repeat(bytes / 2), ..letter(id, "") };
        ledger.record(kept_on(step().route, vec![large("a", 4000), large("b", 3000)])).await.unwrap();
        let recorded = ledger.record(kept_on(step().route, vec![large("c", 3500)])).await.unwrap();
        assert_eq!(recorded.dropped.iter().map(|gone| gone.alert_id.as_str()).collect::<Vec<_>>(), ["a"]);
        let recorded = ledger.record(kept_on(step().route, vec![large("d", 50_000)])).await.unwrap();
        assert_eq!(recorded.dropped.len(), 2);
        assert_eq!(ids(&all(&*ledger).await), ["d"]);
        assert_eq!(ledger.figures().await.unwrap().dead_letters[0].bytes, large("d", 50_000).weight());
    }
}

#[tokio::test]
async fn a_replay_goes_on_where_it_had_come_to_until_it_is_done() {
    let (ledgers, folder) = plenty();
    let key = ReplayKey {
        route: step().route,
        from: at("2026-03-01T00:00:00Z"),
        to: at("2026-03-02T00:00:00.1234567Z"),
        send_again: false,
    };
    let others = [
        ReplayKey { send_again: true, ..key.clone() },
        ReplayKey { from: at("2026-03-01T00:00:01Z"), ..key.clone() },
        ReplayKey { to: at("2026-03-02T00:00:00Z"), ..key.clone() },
        ReplayKey { route: route("b", FEED, Some("siem")), ..key.clone() },
        ReplayKey { route: route("a", FEED, Some("soc")), ..key.clone() },
        ReplayKey { route: route("a", FeedKind::MdeAlerts, Some("siem")), ..key.clone() },
    ];
    for ledger in ledgers {
        assert_eq!(ledger.replayed(key.clone()).await.unwrap(), None);
        for come in ["2026-03-01T06:00:00Z", "2026-03-01T12:00:00.0000001Z"] {
            ledger.record(Step { replayed: Some((key.clone(), at(come))), ..step() }).await.unwrap();
            assert_eq!(ledger.replayed(key.clone()).await.unwrap(), Some(at(come)));
        }
        for other in &others {
            assert_eq!(ledger.replayed(other.clone()).await.unwrap(), None, "{other:?}");
            ledger.end_replay(vec![other.clone()]).await.unwrap();
        }
        assert!(ledger.replayed(key.clone()).await.unwrap().is_some(), "the end of others is not its own");
        assert_eq!(ledger.cursors(&tenant("a"), FEED).await.unwrap(), [], "a replay leaves the cursor alone");
        // Only the one that sends everything again must know what it has sent.
        for (key, sent) in [(&key, false), (&others[0], true)] {
            let (replayed, come) = (Some((key.clone(), at("2026-03-01T12:00:00.0000001Z"))), "2026-03-01T12:00:00.0000001Z");
            ledger.record(Step { replayed, ..step_with(vec![seen("x", None, Some(come))]) }).await.unwrap();
            let asked = ["y", "x"].map(str::to_owned).to_vec();
            assert_eq!(ledger.replay_sent(key.clone(), asked).await.unwrap(), [false, sent]);
        }
        ledger.close().await.unwrap();
    }
    let ledger = super::build::embedded(folder.path());
    assert_eq!(ledger.replayed(key.clone()).await.unwrap(), Some(at("2026-03-01T12:00:00.0000001Z")));
    ledger.end_replay(vec![key.clone()]).await.unwrap();
    assert_eq!(ledger.replayed(key).await.unwrap(), None);
}

#[tokio::test]
async fn the_alarms_notes_are_kept_word_for_word() {
    let (ledgers, folder) = plenty();
    for ledger in ledgers {
        assert_eq!(ledger.rhythm(&tenant("a"), FEED).await.unwrap(), None);
        for note in ["{\"week\":[1,2]}", "nul \0 and 🦀"] {
            ledger.keep_rhythm(tenant("a"), FEED, note.to_owned()).await.unwrap();
        }
        assert_eq!(ledger.rhythm(&tenant("b"), FEED).await.unwrap(), None);
        assert_eq!(ledger.rhythm(&tenant("a"), FeedKind::MdeAlerts).await.unwrap(), None);
        ledger.close().await.unwrap();
    }
    let note = super::build::embedded(folder.path()).rhythm(&tenant("a"), FEED).await.unwrap();
    assert_eq!(note.as_deref(), Some("nul \0 and 🦀"));
}

#[tokio::test]
async fn it_is_known_how_far_back_ids_were_forgotten() {
    let (ledgers, folder) = plenty();
    let (early, late) = (at("2026-03-02T00:00:00Z"), at("2026-03-03T00:00:00.0000001Z"));
    for ledger in ledgers {
        ledger.forget(late).await.unwrap();
        assert_eq!(ledger.remembers_since().await.unwrap(), None, "nothing was there to be forgotten");
        ledger.record(step_with(vec![seen("x", None, Some("2026-03-01T00:00:00Z"))])).await.unwrap();
        ledger.record(step_with(vec![seen("y", None, Some("2026-03-02T12:00:00Z"))])).await.unwrap();
        for (before, expected) in [(early, early), (late, late), (early, late)] {
            ledger.forget(before).await.unwrap();
            assert_eq!(ledger.remembers_since().await.unwrap(), Some(expected));
        }
        ledger.close().await.unwrap();
    }
    let ledger = super::build::embedded(folder.path());
    assert_eq!(ledger.remembers_since().await.unwrap(), Some(late));
    ledger.record(step_with(vec![seen("z", None, Some("2026-03-04T00:00:00Z"))])).await.unwrap();
    let between = at("2026-03-05T00:00:00.000000049Z");
    ledger.forget(between).await.unwrap();
    let since = ledger.remembers_since().await.unwrap().unwrap();
    assert!(since >= between && since < between + SignedDuration::from_micros(1), "never earlier than what was forgotten");
}
