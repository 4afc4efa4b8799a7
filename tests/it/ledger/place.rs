//! Where a ledger is: taken away or lost in use, given by a file's name, and what it knows of its own memory.

use std::fs;

use alertferry::clock;
use alertferry::ledger::settings::Kind;
use alertferry::ledger::{ReplayKey, RouteKey, Step};
use alertferry::source::FeedKind;
use jiff::SignedDuration;

use super::build::{at, embedded, open, seen, step, step_with};
use super::care::{file, refuses, says};
use crate::support::daemon::Setup;
use crate::support::lab::Lab;

#[tokio::test]
async fn a_copy_in_the_ledgers_place_is_noticed_by_whoever_writes_and_whoever_only_looks() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = embedded(folder.path());
    ledger.record(step_with(vec![seen("x", None, None)])).await.unwrap();
    let (there, away, copy) = (file(folder.path()), folder.path().join("away"), folder.path().join("copy"));
    fs::copy(&there, &copy).unwrap();
    fs::rename(&there, &away).unwrap();
    fs::rename(&copy, &there).unwrap();
    for error in [ledger.figures().await.unwrap_err(), ledger.record(step()).await.unwrap_err()] {
        assert!(error.message.contains("removed or replaced"), "{error}");
    }
    fs::rename(&away, &there).unwrap();
    assert_eq!(ledger.figures().await.unwrap().ids, 1);
    ledger.record(step()).await.unwrap();
}

#[test]
fn an_idle_daemon_raises_an_alarm_when_its_ledger_is_taken_away() {
    let lab = Lab::quiet(1);
    let mut daemon = Setup::new(&lab).file_sink("out").start();
    daemon.wait_until("the first pass", |daemon| daemon.json("/api/v1/alarms").as_array().is_some_and(Vec::is_empty));
    fs::remove_dir_all(daemon.folder().join("ledger")).unwrap();
    daemon
        .wait_until("an alarm of the ledger", |daemon| daemon.json("/api/v1/alarms").to_string().contains("removed or replaced"));
    assert!(daemon.log().contains("removed or replaced"), "{}", daemon.log());
}

#[tokio::test]
async fn a_ledger_in_the_place_of_a_lost_one_knows_that_it_does_not_remember() {
    let folder = tempfile::tempdir().unwrap();
    let first = embedded(folder.path());
    assert_eq!(first.remembers_since().await.unwrap(), None, "nothing was sent before a first start");
    first.close().await.unwrap();
    fs::remove_file(file(folder.path())).unwrap();
    let lost = clock::now();
    let anew = embedded(folder.path());
    let (since, begun) = (anew.remembers_since().await.unwrap().unwrap(), anew.begun().await.unwrap().unwrap());
    assert!(since >= lost && since >= begun, "{since}, begun {begun}, lost {lost}");
}

#[tokio::test]
async fn replays_that_nobody_goes_on_with_are_forgotten_with_the_ids() {
    let folder = tempfile::tempdir().unwrap();
    for ledger in [open(Kind::Memory).unwrap(), embedded(folder.path())] {
        let (from, to) = (at("2020-03-01T00:00:00Z"), at("2020-03-02T00:00:00Z"));
        let key = ReplayKey { route: step().route, from, to, send_again: true };
        let page = Step { seen: vec![seen("x", None, None)], replayed: Some((key.clone(), from)), ..step() };
        ledger.record(page).await.unwrap();
        let hour = SignedDuration::from_hours(1);
        // Of a span that is long past, but moved just now.
        ledger.forget(clock::now() - hour).await.unwrap();
        assert_eq!(ledger.replayed(key.clone()).await.unwrap(), Some(from));
        ledger.forget(clock::now() + hour).await.unwrap();
        assert_eq!(ledger.replayed(key.clone()).await.unwrap(), None);
        assert_eq!(ledger.replay_sent(key, vec!["x".to_owned()]).await.unwrap(), [false]);
    }
}

#[tokio::test]
async fn what_a_replay_of_everything_has_sent_is_known_in_all_its_feeds_until_all_are_done() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (at("2026-03-01T00:00:00Z"), at("2026-03-02T00:00:00Z"));
    let key = ReplayKey { route: step().route, from, to, send_again: true };
    let other_feed = ReplayKey { route: RouteKey { feed: FeedKind::GraphIncidents, ..step().route }, ..key.clone() };
    let other_span = ReplayKey { from: at("2026-03-01T00:00:01Z"), ..key.clone() };
    for ledger in [open(Kind::Memory).unwrap(), embedded(folder.path())] {
        // It came with an incident that changed long after it did.
        let page = vec![seen("alert", None, Some("2026-02-01T00:00:00Z"))];
        ledger.record(Step { replayed: Some((key.clone(), to)), seen: page, ..step() }).await.unwrap();
        let sent = |key: &ReplayKey| ledger.replay_sent(key.clone(), vec!["alert".to_owned(), "another".to_owned()]);
        assert_eq!(sent(&key).await.unwrap(), [true, false]);
        assert_eq!(sent(&other_feed).await.unwrap(), [true, false]);
        assert_eq!(sent(&other_span).await.unwrap(), [false, false]);
        ledger.end_replay(vec![key.clone(), other_feed.clone()]).await.unwrap();
        assert_eq!(sent(&key).await.unwrap(), [false, false]);
    }
}

#[tokio::test]
async fn a_backup_is_checked_and_shown_under_whatever_name_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = embedded(folder.path());
    ledger.record(step_with(vec![seen("x", None, None)])).await.unwrap();
    let copy = folder.path().join("ledger-20260302T080000Z.sqlite3");
    says(folder.path(), &["backup", &copy.display().to_string()]);
    let other = tempfile::tempdir().unwrap();
    let moved = other.path().join("of monday.db");
    fs::rename(copy, &moved).unwrap();
    assert!(says(&moved, &["check"]).contains("is whole"));
    assert!(says(&moved, &["show"]).contains("of monday.db"));
    assert!(says(&moved, &["show", "--alert", "x"]).contains("siem"));
    refuses(&moved, &["compact"], &["is compacted in its folder"]);
    let bytes = fs::read(&moved).unwrap();
    fs::write(&moved, &bytes[..bytes.len() / 2]).unwrap();
    refuses(&moved, &["check"], &["of monday.db"]);
}

#[tokio::test]
async fn an_answer_that_could_not_be_written_is_no_success() {
    let folder = tempfile::tempdir().unwrap();
    drop(embedded(folder.path()));
    for look in ["show", "check"] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_alertferry"));
        let answer = command.args(["ledger", look, "--ledger"]).arg(folder.path()).stdout(full).output().unwrap();
        assert_eq!(answer.status.code(), Some(1), "{look}");
        assert!(String::from_utf8_lossy(&answer.stderr).contains("could not write the answer"), "{look}");
    }
}
