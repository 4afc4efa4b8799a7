//! Which span a replay is of: what the ledger still knows of it, and how it is named.

use std::process::Command;

use rusqlite::Connection;

use super::{PAGE, begun, code, counts, ferry, lab, last_hours, setup, slow, some, span, wait_for, words};
use crate::support::daemon::GENEROUS;
use crate::support::service::poll;

#[test]
fn where_the_ledger_does_not_know_what_was_sent_a_replay_is_refused_without_send_again() {
    for lost in [true, false] {
        let (lab, tenant) = lab();
        let ids = some(&lab, &tenant, PAGE, 0);
        let mut daemon = setup(&lab).start();
        wait_for(&mut daemon, &ids);
        assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
        let file = daemon.folder().join("ledger").join("ledger.sqlite3");
        if lost {
            std::fs::remove_file(file).expect("the ledger");
        } else {
            let ticks = lab.now(&tenant).as_nanosecond() / 100;
            let ledger = Connection::open(file).expect("the ledger");
            ledger
                .execute("INSERT INTO marks VALUES ('forgotten', ?1)", [i64::try_from(ticks).expect("a date")])
                .expect("a mark");
        }
        let arguments = last_hours(&lab, &tenant);
        let told = code(&ferry(&daemon.config(), &arguments), 64);
        assert!(told.contains("does not know what was sent") && told.contains("--send-again"), "lost: {lost}: {told}");
        assert!(counts(&daemon).values().all(|(_, marked)| *marked == 0), "lost: {lost}");
        let told = code(&ferry(&daemon.config(), &[arguments, words(&["--send-again"])].concat()), 0);
        assert!(told.contains(&format!("{PAGE} alert(s) sent")), "lost: {lost}: {told}");
        let now = lab.now(&tenant);
        let later = span(&tenant, now, now + jiff::SignedDuration::from_secs(1));
        code(&ferry(&daemon.config(), &later), 0);
    }
}

#[test]
fn a_ledger_whose_folder_was_moved_away_under_the_daemon_is_not_made_anew_by_a_command() {
    let (lab, tenant) = lab();
    let ids = some(&lab, &tenant, PAGE, 0);
    let mut daemon = setup(&lab).start();
    wait_for(&mut daemon, &ids);
    let folder = daemon.folder().join("ledger");
    let away = daemon.folder().join("away");
    std::fs::rename(&folder, &away).expect("moved");
    for command in [last_hours(&lab, &tenant), words(&["dead-letters", "retry"])] {
        let told = code(&ferry(&daemon.config(), &command), 1);
        assert!(told.contains("there is no ledger in") && told.contains("put its folder back"), "{told}");
    }
    assert!(!folder.exists(), "a new one would be in the way of the old one");
    std::fs::rename(&away, &folder).expect("put back");
    let late = some(&lab, &tenant, 3, 0);
    wait_for(&mut daemon, &late);
    assert!(ids.iter().all(|id| counts(&daemon)[id] == (1, 0)));
}

#[test]
fn a_span_from_before_the_ledger_was_begun_is_told() {
    let (lab, tenant) = lab();
    let missing = some(&lab, &tenant, 3, 5);
    let daemon = setup(&lab).start();
    let told = code(&ferry(&daemon.config(), &last_hours(&lab, &tenant)), 0);
    assert!(told.contains("the ledger was begun at") && told.contains("3 alert(s) sent"), "{told}");
    assert!(missing.iter().all(|id| counts(&daemon)[id] == (1, 1)));
}

#[test]
fn a_span_ends_now_unless_told_and_is_named_by_its_times_when_it_is_interrupted() {
    const ALERTS: usize = 40;
    let (lab, tenant) = lab();
    let ids = some(&lab, &tenant, ALERTS, 5);
    let daemon = setup(&lab).start();
    slow(&lab, 150);
    let ago = words(&["replay", "--tenant", &tenant, "--sink", "out", "--from", "6h"]);
    let replay = begun(&daemon.config(), &ago);
    assert!(poll(GENEROUS, || counts(&daemon).len() >= PAGE), "it does not begin");
    assert!(Command::new("kill").args(["-s", "INT", &replay.id().to_string()]).status().expect("kill runs").success());
    let told = code(&replay.wait_with_output().expect("it ends"), 2);
    lab.clear_faults();
    let (_, advice) = told.split_once("give the command again with").expect("an advice");
    let mut word = advice.split_whitespace();
    let mut time = || word.nth(1).expect("a time").trim_end_matches(':').to_owned();
    let (from, to) = (time(), time());
    let again = words(&["replay", "--tenant", &tenant, "--sink", "out", "--from", &from, "--to", &to]);
    let told = code(&ferry(&daemon.config(), &again), 0);
    assert!(!told.contains(&format!("{ALERTS} alert(s) sent")), "it began anew: {told}");
    assert!(ids.iter().all(|id| counts(&daemon)[id] == (1, 1)), "{:?}", counts(&daemon));
    code(&ferry(&daemon.config(), &[ago, words(&["--to", "now"])].concat()), 0);
}

#[test]
fn everything_is_sent_again_once_through_however_many_feeds_it_comes() {
    let (lab, tenant) = lab();
    let ids = some(&lab, &tenant, 4 * PAGE, 0);
    let daemon = setup(&lab)
        .only_sink("out", "kind = \"file\"\npath = \"{folder}/out.jsonl\"\nfilter = { kinds = [\"alert\"] }")
        .default("feeds", "[\"graph-alerts\", \"graph-incidents\"]")
        .default("page_size", &format!("{{ graph-alerts = {PAGE}, graph-incidents = 2 }}"))
        .default("budget", "{ graph-alerts = \"60000/min\", graph-incidents = \"60000/min\" }")
        .start();
    assert!(poll(GENEROUS, || ids.iter().all(|id| counts(&daemon).contains_key(id))), "{}", daemon.log());
    let incidents = lab.incidents(&tenant).len();
    assert!(incidents > 2, "{incidents} incidents are too few for several pages");
    let everything = [last_hours(&lab, &tenant), words(&["--send-again"])].concat();
    code(&ferry(&daemon.config(), &everything), 0);
    let marked: Vec<_> = ids.iter().map(|id| (id, counts(&daemon)[id].1)).filter(|(_, marked)| *marked != 1).collect();
    assert!(marked.is_empty(), "sent again other than once: {marked:?}");
}
