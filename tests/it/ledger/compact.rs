//! `alertferry ledger compact`: it gives room back, to nobody's harm, also when it dies on the way.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use alertferry::ledger::{KeptFilter, Step};
use rusqlite::Connection;
use serde_json::Value;

use super::build::{embedded, letter, step};
use super::care::{POINTS, ask, command, file, filled, names, numbered, refuses, says, steps};
use crate::faults::died_at;

/// A ledger whose file is mostly free room.
async fn hollow(folder: &Path) {
    let ledger = embedded(folder);
    let large = alertferry::ledger::DeadLetter { body: "x".repeat(3 << 20), ..letter("large", "too large") };
    ledger.record(Step { dead: vec![large], ..step() }).await.unwrap();
    let number = ledger.kept(KeptFilter::default()).await.unwrap()[0].number;
    ledger.record(Step { lifted: vec![number], ..numbered(1) }).await.unwrap();
    for number in 2..=9 {
        ledger.record(numbered(number)).await.unwrap();
    }
    ledger.close().await.unwrap();
}

#[tokio::test]
async fn compacting_gives_free_room_back_and_keeps_everything() {
    let folder = tempfile::tempdir().unwrap();
    hollow(folder.path()).await;
    let size = || fs::metadata(file(folder.path())).unwrap().len();
    let before = size();
    assert!(before > 3 << 20);
    let dry: Value = serde_json::from_str(&says(folder.path(), &["compact", "--dry-run", "--json"])).unwrap();
    assert_eq!((dry["bytes"].as_u64(), size()), (Some(before), before), "it only says what it would do");
    assert!(dry["needed_bytes"].as_u64().unwrap() < 1 << 20, "{dry}");
    let output = ask(folder.path(), &["compact"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("Compacting takes about 1 s and needs"), "{output:?}");
    assert!(size() < 1 << 20, "{}", size());
    assert_eq!(fs::metadata(file(folder.path())).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(names(folder.path()), ["alertferry.lock", "ledger.sqlite3"]);
    assert_eq!(steps(folder.path()).await, 9);
    // Numbers of dead letters are not used again either.
    let ledger = embedded(folder.path());
    ledger.record(Step { dead: vec![letter("new", "")], ..step() }).await.unwrap();
    assert_eq!(ledger.kept(KeptFilter::default()).await.unwrap().last().unwrap().number, 11);
}

#[tokio::test]
async fn compacting_is_refused_while_somebody_uses_the_ledger() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 3).await;
    let ledger = embedded(folder.path());
    refuses(folder.path(), &["compact"], &["in use by process", &std::process::id().to_string(), "Stop that process"]);
    ledger.close().await.unwrap();
    let reader = Connection::open(file(folder.path())).unwrap();
    reader.execute_batch("PRAGMA journal_mode = WAL; BEGIN; SELECT count(*) FROM seen;").unwrap();
    refuses(folder.path(), &["compact"], &["Another program holds a lock"]);
    drop(reader);
    assert_eq!(steps(folder.path()).await, 3);
    refuses(tempfile::tempdir().unwrap().path(), &["compact"], &["There is no ledger to compact"]);
}

#[tokio::test]
async fn a_death_during_compaction_loses_nothing_and_leaves_nothing() {
    for point in &POINTS[3..] {
        let folder = tempfile::tempdir().unwrap();
        hollow(folder.path()).await;
        let output = command(folder.path(), &["compact"]).env("ALERTFERRY_CRASH_AT", point).output().unwrap();
        died_at(point, output.status, &String::from_utf8_lossy(&output.stderr));
        assert_eq!(steps(folder.path()).await, 9, "{point}");
        let left = names(folder.path());
        assert!(
            !left.iter().any(|name| name.contains("compacting")),
            "{point}: the next start cleans up, but there are {left:?}"
        );
        says(folder.path(), &["compact"]);
        assert_eq!(steps(folder.path()).await, 9, "{point}");
    }
}

#[tokio::test]
async fn whatever_a_compaction_left_is_gone_with_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 2).await;
    for left in ["", "-journal", "-wal", "-shm"] {
        fs::write(folder.path().join(format!("ledger.sqlite3.compacting{left}")), "half").unwrap();
    }
    assert_eq!(steps(folder.path()).await, 2);
    let left = names(folder.path());
    assert!(!left.iter().any(|name| name.contains("compacting")), "{left:?}");
}
