//! What the ledger leaves on disk, and what it says when its folder or file is no good: one clear sentence, and what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use alertferry::ledger::settings::Kind;
use alertferry::ledger::{DeadLetter, LedgerError, Step};
use rusqlite::Connection;

use super::build::{at, embedded, key, known, letter, open, seen, step, step_with};

fn refused(folder: &Path) -> LedgerError {
    let Err(error) = open(Kind::Embedded(folder.to_owned())) else { panic!("{} was opened", folder.display()) };
    error
}

#[track_caller]
fn says(error: &LedgerError, message: &[&str], advice: &str) {
    for word in message {
        assert!(error.message.contains(word), "{word:?} is missing in {:?}", error.message);
    }
    let given = error.advice.as_deref().unwrap_or_default();
    assert!(given.contains(advice), "{advice:?} is missing in {given:?}");
}

#[tokio::test]
async fn a_second_one_is_told_who_has_it_and_a_stale_lock_is_no_obstacle() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("alertferry.lock"), "process 1 since 2020-01-01T00:00:00Z\n").unwrap();
    let ledger = embedded(folder.path());
    let error = refused(folder.path());
    let today = alertferry::clock::now().strftime("%Y-%m-%dT").to_string();
    says(&error, &["in use by process", &format!("{} since {today}", std::process::id())], "Stop that process");
    ledger.close().await.unwrap();
    embedded(folder.path()).close().await.unwrap();
}

#[tokio::test]
async fn a_ledger_that_was_taken_away_while_in_use_says_so_and_goes_on_once_it_is_back() {
    let parent = tempfile::tempdir().unwrap();
    let (folder, away) = (parent.path().join("ledger"), parent.path().join("away"));
    let ledger = embedded(&folder);
    ledger.record(step()).await.unwrap();

    fs::rename(&folder, &away).unwrap();
    let error = ledger.record(step()).await.unwrap_err();
    says(&error, &[&folder.display().to_string(), "removed or replaced"], "Put its files back");
    fs::rename(&away, &folder).unwrap();
    ledger.record(step()).await.unwrap();

    // Somebody thinks that the lock is stale: a second alertferry could now start beside this one.
    fs::remove_file(folder.join("alertferry.lock")).unwrap();
    says(&ledger.record(step()).await.unwrap_err(), &["removed or replaced"], "stop alertferry");
}

#[tokio::test]
async fn folder_and_files_are_for_their_owner_only() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("new");
    let ledger = embedded(&folder);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for name in ["ledger.sqlite3", "ledger.sqlite3-wal", "ledger.sqlite3-shm", "alertferry.lock"] {
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }
    ledger.close().await.unwrap();
    assert!(!folder.join("ledger.sqlite3-wal").exists(), "a closed ledger is one file, so that it can be copied");
}

#[tokio::test]
async fn the_log_stays_small_however_much_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = embedded(folder.path());
    for number in 0..40 {
        let body = number.to_string().repeat(1 << 20);
        ledger.record(Step { dead: vec![DeadLetter { body, ..letter("x", "too large") }], ..step() }).await.unwrap();
    }
    // The writer carries the log into the file after it has answered; the next answer comes after that.
    ledger.record(step()).await.unwrap();
    let log = fs::metadata(folder.path().join("ledger.sqlite3-wal")).unwrap().len();
    assert!(log < 16 << 20, "the log has {log} bytes");
}

#[test]
fn a_folder_without_parent_or_that_is_a_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    says(&refused(&folder.path().join("a/b")), &["create the ledger's folder", "a/b"], "Create its parent folder");
    fs::write(folder.path().join("file"), "").unwrap();
    says(&refused(&folder.path().join("file")), &["create the ledger's folder", "file"], "Name a folder");
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ledger.sqlite3");
    let text = "these are somebody's notes\n".repeat(400);
    fs::write(&file, &text).unwrap();
    says(&refused(folder.path()), &["ledger.sqlite3 is not a SQLite database"], "Restore the ledger from a backup");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

#[tokio::test]
async fn a_file_that_was_cut_off_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = embedded(folder.path());
    ledger.record(step_with(vec![seen("x", None, None)])).await.unwrap();
    ledger.close().await.unwrap();
    let file = folder.path().join("ledger.sqlite3");
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..8192]).unwrap();
    says(&refused(folder.path()), &["is damaged"], "Restore the ledger from a backup");
}

#[test]
fn another_programs_database_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ledger.sqlite3");
    let stranger = Connection::open(&file).unwrap();
    stranger.execute_batch("CREATE TABLE recipes (name TEXT); PRAGMA application_id = 77;").unwrap();
    stranger.close().unwrap();
    let bytes = fs::read(&file).unwrap();
    says(&refused(folder.path()), &["database of another program", "77"], "Name a folder");
    assert_eq!(fs::read(&file).unwrap(), bytes);
}

#[tokio::test]
async fn a_newer_ledger_is_refused_with_both_versions_named() {
    let folder = tempfile::tempdir().unwrap();
    embedded(folder.path()).close().await.unwrap();
    let future = Connection::open(folder.path().join("ledger.sqlite3")).unwrap();
    future.pragma_update(None, "user_version", 7).unwrap();
    future.close().unwrap();
    says(&refused(folder.path()), &["newer version", "layout 7", "up to 2"], "Run that newer version");
}

#[tokio::test]
async fn a_step_that_fails_is_not_recorded_and_harms_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = embedded(folder.path());
    let spoiler = Connection::open(folder.path().join("ledger.sqlite3")).unwrap();
    spoiler
        .execute_batch("CREATE TRIGGER bad BEFORE INSERT ON seen WHEN NEW.id = 'bad' BEGIN SELECT RAISE(ABORT, 'spoiled'); END")
        .unwrap();
    let mut bad = step_with(vec![seen("beside bad", None, None), seen("bad", None, None)]);
    bad.cursor = Some(at("2026-03-02T00:00:00Z"));
    let good = |id: &str| ledger.record(step_with(vec![seen(id, None, None)]));
    let (first, middle, last) = tokio::join!(good("first"), ledger.record(bad), good("last"));
    first.unwrap();
    last.unwrap();
    says(&middle.unwrap_err(), &["could not record a step", "spoiled"], "report");
    assert_eq!(known(&*ledger, key("beside bad", None)).await, None);
    assert!(known(&*ledger, key("first", None)).await.is_some());
    assert!(known(&*ledger, key("last", None)).await.is_some());
    assert_eq!(ledger.figures().await.unwrap().ids, 2);
    assert_eq!(ledger.cursors(&step().route.tenant, step().route.feed).await.unwrap(), []);
}

#[tokio::test]
async fn a_ledger_that_was_closed_answers_with_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = embedded(folder.path());
    ledger.close().await.unwrap();
    says(&ledger.record(step()).await.unwrap_err(), &["no longer open"], "restart");
    says(&ledger.figures().await.unwrap_err(), &["no longer open"], "restart");
}
