//! Copies the ledger as it is at one moment, whether or not the daemon runs and commits meanwhile.
//!
//! The copy grows under a name of its own in the folder of its destination and gets its final name when it is whole, checked
//! and on disk: a file of that name is always a good backup. A process that dies before leaves `.alertferry-backup-…` there and
//! nothing else; the ledger itself is only read.

use std::fs::File;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::error::{io, refusal, sqlite};
use super::{check, connect};
use crate::ledger::LedgerError;
use crate::{clock, crash};

/// Pages copied between two reports: 16 MB.
const STRIDE: i32 = 4096;

/// A backup that is whole and on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub file: PathBuf,
    pub bytes: u64,
    /// The moment that it holds.
    pub at: Timestamp,
}

/// Copies the ledger of a folder to a file that must not be there yet, or into a folder under a name with the time. `progress`
/// hears how many bytes of how many are copied. Blocks for as long as the disks take.
///
/// # Errors
/// There is no ledger or it is damaged; the destination is there already, cannot be written or has no room.
pub fn take(folder: &Path, to: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Done, LedgerError> {
    let source = connect::file(folder);
    let failed = |error: rusqlite::Error| sqlite("be backed up", &source, &error);
    let connection = connect::visitor_of_any_layout(folder)?;
    // What is committed from here on is not in the copy, and does not make it start over.
    connection.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema;").map_err(failed)?;
    let at = clock::now();
    let bytes: i64 = connection
        .query_row("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", [], |row| row.get(0))
        .map_err(failed)?;
    let bytes = u64::try_from(bytes).unwrap_or_default();
    let target = target(to, at);
    let beside = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    refuse_bad_target(&target, beside, bytes)?;

    // Readable by its owner only, as the ledger is: it holds the bodies of dead letters.
    let growing = tempfile::Builder::new()
        .prefix(".alertferry-backup-")
        .tempfile_in(beside)
        .map_err(|error| io("make a file in", beside, &error))?;
    let unwritable = |error: rusqlite::Error| sqlite("be copied", growing.path(), &error);
    let mut copy =
        Connection::open_with_flags(growing.path(), connect::flags(OpenFlags::SQLITE_OPEN_READ_WRITE)).map_err(unwritable)?;
    {
        let backup = Backup::new(&connection, &mut copy).map_err(unwritable)?;
        loop {
            let step = backup.step(STRIDE).map_err(unwritable)?;
            crash::point("backup.copying");
            let left = u64::try_from(backup.progress().remaining).unwrap_or_default();
            let all = u64::try_from(backup.progress().pagecount).unwrap_or_default().max(1);
            progress(bytes / all * (all - left), bytes);
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                _ => return Err(refusal("The copy is locked by another program.", "Back up into another folder.")),
            }
        }
    }
    // A file by itself, that can be read where nothing can be written beside it.
    copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).map_err(unwritable)?;
    check::pages(&copy).map_err(unwritable)?.map_or(Ok(()), |damage| {
        Err(refusal(
            format!("The ledger {} is damaged, so is its copy, which was thrown away: {damage}.", source.display()),
            "Run `alertferry ledger check` for all that is wrong; docs/ledger.md says how to go on from a damaged ledger.",
        ))
    })?;
    copy.close().map_err(|(_, error)| unwritable(error))?;
    growing.as_file().sync_all().map_err(|error| io("sync", growing.path(), &error))?;
    crash::point("backup.copied");
    growing.persist_noclobber(&target).map_err(|error| io("name the copy", &target, &error.error))?;
    crash::point("backup.named");
    File::open(beside).and_then(|beside| beside.sync_all()).map_err(|error| io("sync", beside, &error))?;
    Ok(Done { file: target, bytes, at })
}

/// A folder gets a file with the time in its name, so that a timer can use the same words every day.
fn target(to: &Path, at: Timestamp) -> PathBuf {
    if to.is_dir() { to.join(at.strftime("ledger-%Y%m%dT%H%M%SZ.sqlite3").to_string()) } else { to.to_owned() }
}

fn refuse_bad_target(target: &Path, beside: &Path, bytes: u64) -> Result<(), LedgerError> {
    if target.symlink_metadata().is_ok() {
        let advice =
            "A backup never replaces a file: name another one, or a folder, where each backup gets the time as its name.";
        return Err(refusal(format!("{} is there already.", target.display()), advice));
    }
    match connect::room(beside) {
        Some(room) if room < bytes => Err(refusal(
            format!("The backup takes {bytes} bytes, but the file system of {} has only {room} left.", beside.display()),
            "Make room there, or name another folder.",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::refuse_bad_target;

    #[test]
    fn a_backup_begins_only_where_it_has_room() {
        let folder = tempfile::tempdir().unwrap();
        let try_with = |bytes| refuse_bad_target(&folder.path().join("copy"), folder.path(), bytes);
        try_with(1).unwrap();
        let error = try_with(u64::MAX).expect_err("nobody has that much room");
        assert!(error.message.contains(" left.") && error.advice.is_some_and(|advice| advice.contains("Make room")));
    }
}
