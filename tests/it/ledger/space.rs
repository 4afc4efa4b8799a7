//! What backups and compactions take and say while they are at it.

use std::fs;
use std::path::Path;

use alertferry::ledger::sqlite::{backup, compact::Compaction};
use alertferry::ledger::{DeadLetter, Step};

use super::build::{embedded, letter, step};
use super::care::{command, file, filled, steps};

#[tokio::test]
async fn a_backup_tells_stride_by_stride_how_far_it_has_come() {
    let (folder, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let ledger = embedded(folder.path());
    let large = DeadLetter { body: "x".repeat(20 << 20), ..letter("large", "too large") };
    ledger.record(Step { dead: vec![large], ..step() }).await.unwrap();
    ledger.close().await.unwrap();
    let mut told = Vec::new();
    let done = backup::take(folder.path(), &file(to.path()), &mut |come, whole| told.push((come, whole))).unwrap();
    assert!(told.len() > 1 && told.is_sorted(), "{told:?}");
    assert!(told[0].0 > 15 << 20 && told[0].0 < done.bytes, "16 MB at a time: {told:?}");
    assert_eq!(told.last(), Some(&(done.bytes, done.bytes)));
    assert_eq!(fs::metadata(done.file).unwrap().len(), done.bytes);
}

#[tokio::test]
async fn a_backup_to_a_bare_name_lies_where_it_was_asked_from() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    filled(folder.path(), 2).await;
    let output = command(folder.path(), &["backup", "ledger.sqlite3"]).current_dir(from.path()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(steps(from.path()).await, 2);
}

#[tokio::test]
async fn a_compaction_begins_only_where_the_new_file_has_room() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 5).await;
    let with_room = |folder: &Path, left: &dyn Fn(u64) -> u64| {
        let mut compaction = Compaction::prepare(folder).unwrap();
        assert!(compaction.size.room.is_some_and(|room| room > compaction.size.bytes), "{:?}", compaction.size);
        compaction.size.room = Some(left(compaction.size.bytes - compaction.size.free));
        compaction.run()
    };
    for left in [0, 1] {
        let error = with_room(folder.path(), &|needed| left * (needed - 1)).unwrap_err();
        assert!(error.message.contains("its file system has only"), "{error}");
    }
    let bytes = with_room(folder.path(), &|needed| needed).unwrap();
    assert_eq!(fs::metadata(file(folder.path())).unwrap().len(), bytes);
    assert_eq!(steps(folder.path()).await, 5);
}
