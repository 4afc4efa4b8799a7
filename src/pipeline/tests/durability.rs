//! Nothing is recorded before it is delivered, and nothing that was delivered and recorded is sent again.

use std::sync::atomic::Ordering;

use tokio::time::sleep;

use super::cloud::second;
use super::desk::Mood;
use super::rig::{Rig, SECOND, life};
use super::tape::Note;
use crate::ledger::Ledger as _;
use crate::pipeline::outcome::Outcome;
use crate::sink::Verdict;

#[tokio::test(start_paused = true)]
async fn each_page_is_delivered_then_recorded_whole_and_only_then_the_next_is_asked_for() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.page_size(2);
    for (id, at) in [("a", -50), ("b", -40), ("c", -30), ("d", -20)] {
        cloud.add(id, at);
    }
    desk.lastingly(Mood::Judges(vec![("b", Verdict::Refused("too large".to_owned()))]));
    rig.start(&cloud, &[&desk]);
    sleep(61 * SECOND).await;

    let ids = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let asked = || Note::Asked { tenant: cloud.tenant.clone() };
    let taken = |taken: &[&str]| Note::Taken { sink: "siem".to_owned(), ids: ids(taken) };
    let notes = rig.tape.notes();
    let start = notes.iter().position(|note| *note == asked()).unwrap();
    let [page, delivered, step, next, delivered_too, step_too] = &notes[start..start + 6] else { panic!("{notes:?}") };
    assert_eq!((page, delivered, next, delivered_too), (&asked(), &taken(&["a"]), &asked(), &taken(&["c", "d"])));
    let Note::Recorded { sink, seen, dead, cursor: Some(cursor) } = step else { panic!("{notes:?}") };
    assert_eq!((sink.as_deref(), seen, dead), (Some("siem"), &ids(&["a", "b"]), &ids(&["b"])));
    assert!(*cursor < second(-40), "more may stand at the last row's moment: {cursor}");
    let Note::Recorded { seen, dead, cursor: Some(cursor), .. } = step_too else { panic!("{notes:?}") };
    assert_eq!((seen, dead), (&ids(&["c", "d"]), &Vec::new()));
    assert!(*cursor > second(-20), "the window was read to its end: {cursor}");
}

#[test]
fn dying_between_delivery_and_record_repeats_that_page_and_nothing_else() {
    let (book, tape, cloud, desk) = life(async {
        let mut rig = Rig::new();
        let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
        cloud.page_size(2);
        for (id, at) in [("a", -50), ("b", -40), ("c", -30), ("d", -20), ("e", -10)] {
            cloud.add(id, at);
        }
        desk.next_batches([Mood::Takes, Mood::TakesAfter(SECOND)]);
        rig.start(&cloud, &[&desk]);
        while desk.ids().len() < 2 {
            sleep(SECOND / 10).await;
        }
        rig.book.full.store(true, Ordering::Relaxed);
        sleep(10 * SECOND).await;
        assert_eq!(desk.ids(), ["a", "b", "c", "d"], "what is not recorded holds back the next page");
        (rig.book.clone(), rig.tape.clone(), cloud, desk)
    });
    book.full.store(false, Ordering::Relaxed);
    life(async {
        let mut rig = Rig::over(&book, &tape);
        cloud.noon_again();
        rig.start(&cloud, &[&desk]);
        sleep(200 * SECOND).await;
    });
    assert_eq!(desk.ids(), ["a", "b", "c", "d", "c", "d", "e"]);
}

#[tokio::test(start_paused = true)]
async fn of_a_batch_that_partly_arrived_only_the_rest_is_sent_again() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    for (id, at) in [("a", -50), ("b", -40), ("c", -30), ("d", -20)] {
        cloud.add(id, at);
    }
    let refused = || Verdict::Refused("too large".to_owned());
    desk.next_batches([
        Mood::Judges(vec![("b", Verdict::Unknown), ("c", refused())]),
        Mood::Judges(vec![("b", Verdict::Unknown)]),
    ]);
    rig.start(&cloud, &[&desk]);
    sleep(300 * SECOND).await;
    assert_eq!(desk.ids(), ["a", "d", "b"]);
    let steps = rig.tape.steps(Some("siem"));
    let dead = steps.iter().filter(|step| matches!(step, Note::Recorded { dead, .. } if !dead.is_empty())).count();
    assert_eq!(dead, 1, "{steps:?}");
    let cursor_too_early = steps
        .iter()
        .take_while(|step| !matches!(step, Note::Recorded { seen, .. } if seen.contains(&"b".to_owned())))
        .any(|step| matches!(step, Note::Recorded { cursor: Some(cursor), .. } if *cursor >= second(-40)));
    assert!(!cursor_too_early, "{steps:?}");
    assert_eq!((rig.total(Outcome::Forwarded), rig.total(Outcome::DeadLettered)), (3, 1));
}

#[tokio::test(start_paused = true)]
async fn an_alert_that_stands_twice_in_a_page_is_not_taken_for_delivered_when_it_was_not() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.show("a", -50, -50, "new", super::cloud::TENANT);
    cloud.show("a", -40, -40, "inProgress", super::cloud::TENANT);
    desk.next_batches([Mood::Fails]);
    rig.start(&cloud, &[&desk]);
    sleep(300 * SECOND).await;
    assert_eq!(desk.ids(), ["a"]);
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_does_not_answer_for_every_alert_has_not_taken_them() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.add("a", -2000); // beyond the overlap of a second pass
    desk.next_batches([Mood::SaysNothing]);
    rig.start(&cloud, &[&desk]);
    sleep(300 * SECOND).await;
    assert_eq!(desk.ids(), ["a"]);
}

#[test]
fn a_route_that_never_delivered_anything_still_starts_where_it_first_did() {
    let (book, tape, cloud, desk) = life(async {
        let mut rig = Rig::new();
        let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
        cloud.add("a", -3000);
        desk.lastingly(Mood::Fails);
        rig.start(&cloud, &[&desk]);
        sleep(600 * SECOND).await;
        (rig.book.clone(), rig.tape.clone(), cloud, desk)
    });
    desk.lastingly(Mood::Takes);
    life(async {
        let mut rig = Rig::over(&book, &tape);
        cloud.noon_again();
        // The look-back from now would not reach it any more.
        rig.plan.lookback = 60 * SECOND;
        rig.start(&cloud, &[&desk]);
        sleep(200 * SECOND).await;
    });
    assert_eq!(desk.ids(), ["a"]);
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_fails_for_a_while_costs_nothing_but_time() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.add("a", -50);
    rig.book.torn.store(true, Ordering::Relaxed);
    rig.start(&cloud, &[&desk]);
    sleep(300 * SECOND).await;
    assert!(desk.ids().is_empty());
    rig.book.torn.store(false, Ordering::Relaxed);
    rig.book.full.store(true, Ordering::Relaxed);
    sleep(200 * SECOND).await;
    rig.book.full.store(false, Ordering::Relaxed);
    cloud.add("b", 480);
    sleep(200 * SECOND).await;
    assert_eq!(desk.ids(), ["a", "b"]);
    assert!(rig.book.figures().await.unwrap().ids >= 2);
}
