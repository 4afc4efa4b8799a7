//! A look into a ledger changes nothing, and shows nothing that is stale or torn.

use std::fs;
use std::path::Path;

use alertferry::ledger::settings::Kind;
use alertferry::ledger::sqlite::check;
use alertferry::ledger::{ReplayKey, Step};
use rusqlite::Connection;
use serde_json::Value;

use super::build::{at, embedded, open, step};
use super::care::{file, filled, numbered, refuses, says, steps};

/// The files of a process that was killed: the newest steps stand in the log alone.
async fn killed(folder: &Path, copy: &Path) {
    filled(folder, 2).await;
    let ledger = embedded(folder);
    ledger.record(numbered(3)).await.unwrap();
    for name in ["ledger.sqlite3", "ledger.sqlite3-wal"] {
        fs::copy(folder.join(name), copy.join(name)).unwrap();
    }
    ledger.close().await.unwrap();
}

#[tokio::test]
async fn a_look_leaves_the_log_of_a_process_that_died_to_the_next_start() {
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    killed(folder.path(), copy.path()).await;
    let both = || ["ledger.sqlite3", "ledger.sqlite3-wal"].map(|name| fs::read(copy.path().join(name)).unwrap());
    let before = both();
    assert_eq!(check::run(copy.path()).unwrap().wrong, Vec::<String>::new());
    says(copy.path(), &["show", "--json"]);
    assert!(both() == before, "nobody but the daemon carries the log into the file");
    assert_eq!(steps(copy.path()).await, 3);
}

#[tokio::test]
async fn a_file_whose_log_cannot_be_read_is_not_shown_without_it() {
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    killed(folder.path(), copy.path()).await;
    // What stands in the place of the log's index keeps SQLite from reading the log, even for a user who may do everything.
    fs::create_dir(copy.path().join("ledger.sqlite3-shm")).unwrap();
    refuses(copy.path(), &["check"], &["Let the user that runs alertferry read and write"]);
}

#[tokio::test]
async fn a_file_that_somebody_is_changing_is_not_read_past_the_lock() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 2).await;
    let stranger = Connection::open(file(folder.path())).unwrap();
    stranger.execute_batch("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE; DELETE FROM dead_letters;").unwrap();
    refuses(folder.path(), &["check"], &["Another program holds a lock"]);
    drop(stranger);
    says(folder.path(), &["check"]);
}

#[test]
fn a_database_that_does_not_say_whose_it_is_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let stranger = Connection::open(file(folder.path())).unwrap();
    stranger.execute_batch("CREATE TABLE recipes (name TEXT);").unwrap();
    stranger.close().unwrap();
    let bytes = fs::read(file(folder.path())).unwrap();
    let Err(error) = open(Kind::Embedded(folder.path().to_owned())) else { panic!("it was opened") };
    assert!(error.message.contains("another program (application ID 0"), "{error}");
    assert!(fs::read(file(folder.path())).unwrap() == bytes);
}

#[tokio::test]
async fn a_look_tells_how_far_replays_have_come() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = embedded(folder.path());
    let (from, to) = (at("2026-03-01T00:00:00Z"), at("2026-03-02T00:00:00Z"));
    let key = ReplayKey { route: step().route, from, to, send_again: true };
    ledger.record(Step { replayed: Some((key, at("2026-03-01T12:00:00Z"))), ..step() }).await.unwrap();
    ledger.close().await.unwrap();
    let shown: Value = serde_json::from_str(&says(folder.path(), &["show", "--json"])).unwrap();
    assert_eq!(shown["replays"].as_array().map(Vec::len), Some(1), "{shown}");
    assert!(shown["replays"][0].to_string().contains("2026-03-01T12:00:00Z"), "{shown}");
}
