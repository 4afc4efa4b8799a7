//! What only the whole record tells (category, title) is judged after the ledger was asked, and what is filtered is not remembered.

use tokio::time::sleep;

use super::cloud::{Cloud, TENANT, read_in_full};
use super::rig::{Rig, SECOND};
use super::tape::Note;
use crate::pipeline::filter::{Filter, Marks, Patterns};
use crate::pipeline::outcome::Outcome;
use crate::sink::Revisions;

fn wanting(pattern: &str) -> Filter {
    Filter { wanted: Marks { titles: Patterns::new(&[pattern]).unwrap(), ..Marks::default() }, ..Filter::default() }
}

/// A revision with a title; a later one of the same alert has another `at`.
fn show(cloud: &Cloud, id: &str, at: i64, title: &str) {
    cloud.push(
        id,
        at,
        at,
        format!(
            r#"{{"id":"{id}","tenantId":"{TENANT}","createdDateTime":"2026-03-02T11:00:00Z","lastUpdateDateTime":"{}","severity":"high","status":"new","title":"{title}"}}"#,
            super::cloud::second(at)
        ),
    );
}

fn remembered(rig: &Rig) -> Vec<String> {
    let steps = rig.tape.steps(Some("siem"));
    let seen = steps.into_iter().map(|step| if let Note::Recorded { seen, .. } = step { seen } else { Vec::new() });
    seen.flatten().collect()
}

#[tokio::test(start_paused = true)]
async fn an_unwanted_title_is_filtered_and_forgotten_so_that_a_later_one_may_pass() {
    let mut rig = Rig { filter: wanting("phish"), ..Rig::new() };
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    show(&cloud, "a", -50, "something");
    show(&cloud, "b", -40, "a phish");
    rig.start(&cloud, &[&desk]);
    sleep(100 * SECOND).await;
    assert_eq!(desk.ids(), ["b"]);
    assert_eq!(remembered(&rig), ["b"]);
    assert!(rig.total(Outcome::Filtered) >= 1);
    show(&cloud, "a", 100, "a phish after all");
    sleep(120 * SECOND).await;
    assert_eq!(desk.ids(), ["b", "a"]);
}

#[tokio::test(start_paused = true)]
async fn of_two_revisions_in_one_page_the_one_that_passes_is_sent_once() {
    for titles in [["something", "a phish"], ["a phish", "something"]] {
        let mut rig = Rig { filter: wanting("phish"), ..Rig::new() };
        let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
        cloud.newest_first();
        show(&cloud, "a", -50, titles[0]);
        show(&cloud, "a", -40, titles[1]);
        rig.start(&cloud, &[&desk]);
        sleep(400 * SECOND).await;
        assert_eq!(desk.ids(), ["a"], "{titles:?}");
        assert!(desk.got()[0].payload.contains("a phish"), "{titles:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_known_is_neither_read_again_nor_judged_again() {
    let mut rig = Rig { filter: wanting("phish"), ..Rig::new() };
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    for (at, id) in (-50..).zip(["a", "b", "c"]) {
        show(&cloud, id, at, "a phish");
    }
    let before = read_in_full();
    rig.start(&cloud, &[&desk]);
    sleep(500 * SECOND).await;
    assert!(rig.total(Outcome::Duplicate) >= 12, "the overlap brings them again and again");
    assert_eq!(read_in_full() - before, 3);
    show(&cloud, "a", 490, "nothing of the kind");
    sleep(100 * SECOND).await;
    assert_eq!(
        (read_in_full() - before, rig.total(Outcome::Filtered)),
        (3, 0),
        "a later revision of what was sent is a duplicate"
    );
}

#[tokio::test(start_paused = true)]
async fn where_changes_are_sent_each_revision_is_judged_by_itself() {
    let mut rig = Rig { filter: wanting("phish"), revisions: Revisions::Changes, ..Rig::new() };
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    show(&cloud, "a", -50, "a phish");
    rig.start(&cloud, &[&desk]);
    sleep(100 * SECOND).await;
    show(&cloud, "a", 90, "harmless");
    sleep(100 * SECOND).await;
    show(&cloud, "a", 190, "a phish again");
    sleep(100 * SECOND).await;
    let titles: Vec<_> = desk.got().into_iter().map(|got| got.payload.contains("again")).collect();
    assert_eq!(titles, [false, true]);
    assert!(rig.total(Outcome::Filtered) >= 1);
}

#[tokio::test(start_paused = true)]
async fn a_page_with_nothing_wanted_moves_the_cursor_all_the_same() {
    let mut rig = Rig { filter: wanting("phish"), ..Rig::new() };
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    show(&cloud, "a", -50, "something");
    let board = rig.start(&cloud, &[&desk]);
    sleep(200 * SECOND).await;
    assert!(desk.ids().is_empty());
    assert!(board.report().oldest.is_some_and(|oldest| oldest > super::cloud::second(0)), "{:?}", board.report());
}
