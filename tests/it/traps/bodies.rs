//! Answers that are compressed, huge, endless, deep, of wrong types, cut or no JSON at all.

use std::collections::BTreeSet;

use alertferry::simulator::Settings;

use super::bench::{TENANT, Watch as _, cloud, each, history, set, setup};
use super::relay::Relay;

#[test]
fn answers_with_and_without_gzip_are_read_alike() {
    each(&[false, true], |plain| {
        let lab = cloud(history(60), &[]);
        let relay = Relay::start(lab.base_url(), *plain);
        let mut daemon = setup(&lab, 20).env("ALERTFERRY__CLOUDS__LAB__GRAPH", &relay.url).start();
        daemon.settle(&lab);
        let (asked, answered) = relay.counts();
        assert!(asked > 0, "gzip is asked for");
        assert_eq!(answered == 0, *plain, "{answered} answers in gzip");
    });
}

const MIB: u64 = 1024 * 1024;

/// What a page may cost at its worst, inflated, with room for growing and for the program itself.
const BOUND: u64 = 400;

#[test]
fn a_body_that_inflates_without_end_stalls_one_feed_and_no_more() {
    let lab = cloud(Settings { tenants: 2, ..history(3) }, &["gzip-bomb=3000@tenant-01"]);
    let mut daemon = setup(&lab, 1).start();
    let (error, advice) = daemon.wait_for_state("stalled");
    assert!(error.contains("once inflated"), "{error}");
    assert!(advice.contains("page_size"), "{advice}");
    daemon.wait_for(&lab.readable("tenant-02"));
    let peak = daemon.peak() / MIB;
    assert!(peak < BOUND, "{peak} MiB");
    lab.clear_faults();
    daemon.settle(&lab);
    daemon.wait_for_state("ok");
}

#[test]
fn a_body_that_never_ends_stalls_one_feed_and_no_more() {
    let lab = cloud(Settings { tenants: 2, ..history(3) }, &["endless@tenant-01"]);
    let mut daemon = setup(&lab, 1).start();
    let (error, advice) = daemon.wait_for_state("stalled");
    assert!(error.contains("on the wire"), "{error}");
    assert!(advice.contains("page_size"), "{advice}");
    daemon.wait_for(&lab.readable("tenant-02"));
    let peak = daemon.peak() / MIB;
    assert!(peak < 200, "{peak} MiB");
    lab.clear_faults();
    daemon.settle(&lab);
    daemon.wait_for_state("ok");
}

/// Waits for a dead letter and for everything else; the simulator strikes the first of a tenant's alerts.
fn all_but_the_first_arrive(fault: &str, reason: &str) {
    let lab = cloud(history(40), &[fault]);
    let first = lab.truth(TENANT)[0].id.clone();
    let mut daemon = setup(&lab, 10).start();
    let others: BTreeSet<String> = lab.readable(TENANT).into_iter().filter(|id| *id != first).collect();
    daemon.settle_with(&lab, &others);
    daemon.wait_for_state("ok");
    let letters = daemon.dead_letters();
    assert_eq!(letters.len(), 1, "it is kept aside once: {letters:?}");
    assert!(letters[0]["reason"].as_str().unwrap().contains(reason), "{letters:?}");
    assert_eq!(daemon.told("kept aside as a dead letter").len(), 1);
}

#[test]
fn a_record_without_a_readable_id_is_kept_aside_and_the_others_arrive() {
    all_but_the_first_arrive("wrong-types=id", "id");
}

#[test]
fn a_record_that_is_no_object_is_kept_aside_and_the_others_arrive() {
    all_but_the_first_arrive("wrong-types=record", "object");
}

#[test]
fn a_record_that_nests_without_end_does_not_hold_up_the_others() {
    let lab = cloud(history(40), &["deep=100000"]);
    let mut daemon = setup(&lab, 10).file_sink("ocsf").start();
    daemon.settle(&lab);
    daemon.wait_for_state("ok");
    let ocsf = std::fs::read_to_string(daemon.folder().join("ocsf.jsonl")).unwrap();
    assert_eq!(ocsf.lines().count() + daemon.dead_letters().len(), 40);
}

/// Trouble that passes: the state tells it, nothing else does, and all arrives when it is over.
fn passes(fault: &str, words: &str) {
    let lab = cloud(history(30), &[fault]);
    let mut daemon = setup(&lab, 10).start();
    let (error, _) = daemon.wait_for_state("degraded");
    assert!(error.contains(words), "{fault}: {error}");
    assert!(daemon.arrived().is_empty());
    assert!(daemon.told("until somebody acts").is_empty());
    lab.clear_faults();
    daemon.settle(&lab);
    daemon.wait_for_state("ok");
    assert!(!daemon.told("The feed works again").is_empty());
}

#[test]
fn a_gateways_web_page_is_passing_trouble_not_a_verdict_on_consent() {
    let baits = [("html=403", "answered 403"), ("html=502", "answered 502"), ("html=200", "page for people")];
    each(&baits, |(fault, words)| passes(fault, words));
}

#[test]
fn answers_that_are_cut_or_broken_are_never_taken_for_whole_ones() {
    each(&[("cut", "broke off"), ("broken-json", "EOF"), ("hang-up", "failed")], |(fault, words)| passes(fault, words));
}

#[test]
fn broken_json_three_times_and_then_no_more_loses_nothing() {
    let lab = cloud(history(60), &["broken-json*3"]);
    let mut daemon = setup(&lab, 20).start();
    daemon.settle(&lab);
    daemon.wait_for_state("ok");
    assert_eq!(daemon.told("it is tried again").len(), 1, "the same trouble again is no news");
}

#[test]
fn connections_cut_in_the_middle_of_a_scan_lose_nothing() {
    let lab = cloud(history(100), &[]);
    let mut daemon = setup(&lab, 5).start();
    for _ in 0..2 {
        set(&lab, "cut*2");
        lab.generate(TENANT, 20);
        daemon.settle(&lab);
    }
}
