//! Pages that do not hold what was asked for: cut, unsorted, moving, with too many rows or the same ones.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use alertferry::simulator::Settings;
use jiff::Timestamp;

use super::bench::{TENANT, Watch as _, asked, cloud, each, history, same_stamp, setup};

#[test]
fn pages_cut_without_notice_lose_nothing() {
    each(&[1, 7], |rows| {
        let lab = cloud(history(40), &[&format!("short-pages={rows}")]);
        setup(&lab, 20).start().settle(&lab);
    });
}

#[test]
fn a_top_that_the_server_cuts_to_its_maximum_loses_nothing() {
    each(&["links=never", "links=offset"], |links| {
        let lab = cloud(Settings { page_max: 12, ..history(60) }, &[links]);
        same_stamp(&lab, 30, Duration::from_mins(5));
        setup(&lab, 1000).start().settle(&lab);
    });
}

#[test]
fn newest_first_although_sorting_was_asked_for_loses_nothing() {
    each(&["links=never", "links=offset"], |links| {
        let lab = cloud(history(80), &["order=newest", links]);
        same_stamp(&lab, 25, Duration::from_mins(5));
        setup(&lab, 10).start().settle(&lab);
    });
}

#[test]
fn rows_in_random_order_lose_nothing() {
    each(&["links=never", "links=offset"], |links| {
        let lab = cloud(history(80), &["order=random", links]);
        setup(&lab, 10).start().settle(&lab);
    });
}

#[test]
fn rows_updated_while_paging_are_sent_once() {
    each(&[["links=never", "rows-move*15"], ["links=offset", "rows-move*15"]], |faults| {
        let lab = cloud(history(80), faults);
        same_stamp(&lab, 45, Duration::from_mins(5));
        setup(&lab, 10).start().settle(&lab);
    });
}

#[test]
fn rows_updated_while_paging_are_sent_in_every_revision_that_was_seen() {
    let lab = cloud(history(80), &["rows-move*15", "links=offset"]);
    same_stamp(&lab, 45, Duration::from_mins(5));
    let mut daemon = setup(&lab, 10)
        .sink("changes", "kind = \"file\"\nformat = \"raw\"\nsend = \"changes\"\npath = \"{folder}/changes.jsonl\"")
        .start();
    daemon.settle(&lab);
    daemon.wait_for_a_pass();
    let revisions: Vec<(String, Timestamp)> = daemon
        .lines("changes")
        .iter()
        .map(|line| (line["id"].as_str().unwrap().to_owned(), line["lastUpdateDateTime"].as_str().unwrap().parse().unwrap()))
        .collect();
    let distinct: BTreeSet<_> = revisions.iter().cloned().collect();
    assert_eq!(revisions.len(), distinct.len(), "a revision came twice");
    assert!(revisions.len() > 125, "no change was sent: {}", revisions.len());
    let mut last = BTreeMap::new();
    for (id, at) in revisions {
        assert!(last.insert(id.clone(), at).is_none_or(|before| before < at), "{id} went back in time");
    }
    let truth: BTreeMap<_, _> = lab.truth(TENANT).into_iter().map(|truth| (truth.id, truth.updated)).collect();
    assert_eq!(last, truth, "the last revision of each");
}

#[test]
fn rows_from_outside_the_window_are_left_to_their_own() {
    each(&["filter=outside", "filter=ignored"], |fault| {
        let lab = cloud(history(30), &[fault, "links=offset"]);
        let expected = lab.readable(TENANT);
        let old = lab.generate_at(TENANT, 5, lab.now(TENANT) - Duration::from_hours(3));
        let mut daemon = setup(&lab, 100).start();
        daemon.settle_with(&lab, &expected);
        assert_eq!(old.len(), 5);
    });
}

#[test]
fn a_server_that_ignores_the_filter_is_still_read_to_its_end() {
    let lab = cloud(history(60), &["filter=ignored"]);
    setup(&lab, 10).start().settle(&lab);
}

#[test]
fn duplicate_rows_are_sent_once() {
    let lab = cloud(history(60), &["duplicates", "links=offset"]);
    same_stamp(&lab, 25, Duration::from_mins(5));
    let mut daemon = setup(&lab, 10).start();
    daemon.settle(&lab);
}

#[test]
fn unknown_enum_members_arrive_as_the_words_that_the_vendor_uses() {
    let lab = cloud(history(300), &[]);
    let mut daemon = setup(&lab, 100).start();
    daemon.settle(&lab);
    let requests = asked(&lab);
    assert!(!requests.is_empty());
    assert!(requests.iter().all(|request| request.prefer.as_deref() == Some("include-unknown-enum-members")));
    let lines = daemon.lines("out");
    assert!(lines.iter().any(|line| line["serviceSource"] == "microsoftSentinel"), "the history holds words beyond the sentinel");
    assert!(lines.iter().all(|line| line["serviceSource"] != "unknownFutureValue"));
}
