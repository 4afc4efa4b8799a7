//! Opens the file: for writing, for reading beside the writer, and for looking in from another process.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::error;
use super::schema;
use crate::ledger::LedgerError;

/// Longer than any transaction of ours; only a foreign program keeps a lock longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The ledger's file in its folder; a file, such as a backup, may have been named itself.
pub fn file(place: &Path) -> PathBuf {
    if place.is_file() { place.to_owned() } else { place.join("ledger.sqlite3") }
}

/// Sees to it that the folder is there, readable by its owner only if we had to make it.
pub fn make_folder(folder: &Path) -> Result<(), LedgerError> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => return Ok(()),
        Err(error) => return Err(error::io("create the ledger's folder", folder, &error)),
    }
    // Or a power cut may take the folder away with everything in it that SQLite has made durable.
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent).and_then(|parent| parent.sync_all()).map_err(|error| error::io("sync", parent, &error))
}

/// The connection of the one writer. Creates the file, readable by its owner only; `SQLite` gives the files beside it the same
/// mode. Answers with the layout that the file had before, too: 0 for one that had to be made, in the place of one that is `lost`
/// or as the first.
pub fn writer(folder: &Path, lost: bool) -> Result<(Connection, usize), LedgerError> {
    let path = file(folder);
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|error| error::io("open the ledger", &path, &error))?;
    let failed = |error: rusqlite::Error| error::sqlite("be opened", &path, &error);
    let mut connection = Connection::open_with_flags(&path, flags(OpenFlags::SQLITE_OPEN_READ_WRITE)).map_err(failed)?;
    connection.busy_timeout(PATIENCE).map_err(failed)?;
    // Whose file it is comes first: nothing of a stranger's file may be changed, not even its journal mode.
    schema::refuse_strangers(&connection, &path)?;
    let journal: String = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)).map_err(failed)?;
    if journal != "wal" {
        return Err(error::refusal(
            format!("{} cannot be used with a write-ahead log; SQLite chose {journal:?}.", path.display()),
            "Put the ledger on a local file system: network file systems do not offer what it needs.",
        ));
    }
    connection
        .execute_batch(
            // FULL: NORMAL loses acknowledged commits in a power cut. Checkpoints are the writer's own, after it has answered.
            "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;",
        )
        .map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(48); // all that the writer ever runs
    let before = schema::prepare(&mut connection, &path, lost)?;
    Ok((connection, before))
}

/// The connection for lookups: it never waits for the writer, and sees a step as soon as it is committed.
pub fn reader(folder: &Path) -> Result<Connection, LedgerError> {
    let path = file(folder);
    let failed = |error: rusqlite::Error| error::sqlite("be opened for reading", &path, &error);
    let connection = Connection::open_with_flags(&path, flags(OpenFlags::SQLITE_OPEN_READ_WRITE)).map_err(failed)?;
    connection.busy_timeout(PATIENCE).map_err(failed)?;
    connection.execute_batch("PRAGMA query_only = 1; PRAGMA cache_size = -16384;").map_err(failed)?;
    Ok(connection)
}

/// A connection for another process to look in, whether or not the daemon runs.
pub fn visitor(folder: &Path) -> Result<Connection, LedgerError> {
    let connection = visitor_of_any_layout(folder)?;
    schema::check(&connection, &file(folder))?;
    Ok(connection)
}

/// Like [`visitor`], also for a file that this version would first bring forward.
pub fn visitor_of_any_layout(folder: &Path) -> Result<Connection, LedgerError> {
    let path = file(folder);
    if let Err(error) = fs::metadata(&path) {
        let message = format!("There is no ledger to read at {}: {error}.", path.display());
        return Err(error::refusal(
            message,
            "Name the folder that [ledger] path names, or a backup's file, as a user who may read it.",
        ));
    }
    let look = |connection: Connection| {
        connection.busy_timeout(PATIENCE)?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(connection)
    };
    let opened = Connection::open_with_flags(&path, flags(OpenFlags::SQLITE_OPEN_READ_ONLY)).and_then(look);
    let connection = match opened {
        // Without a log nobody writes, and all there is stands in the file itself; SQLite would only want to make the files
        // of a log beside it, which a reader of a backup or of a stranger's folder may not.
        Err(error) if cannot_make_log(&error) && !has_log(&path) => {
            let access = flags(OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI);
            Connection::open_with_flags(immutable(&path), access).and_then(look)
        }
        other => other,
    };
    let connection = connection.map_err(|error| error::sqlite("be read", &path, &error))?;
    schema::refuse_strangers(&connection, &path)?;
    Ok(connection)
}

/// A connection belongs to one thread at a time, so `SQLite` need not guard it.
pub fn flags(access: OpenFlags) -> OpenFlags {
    access | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn cannot_make_log(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied))
}

fn has_log(file: &Path) -> bool {
    log_bytes(file) > 0
}

/// What the log beside the file takes.
pub fn log_bytes(file: &Path) -> u64 {
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    fs::metadata(log).ok().filter(fs::Metadata::is_file).map_or(0, |log| log.len())
}

/// What the file system of a path has left for this process; `None` where it does not say.
pub fn room(path: &Path) -> Option<u64> {
    rustix::fs::statvfs(path).ok().map(|system| system.f_bavail.saturating_mul(system.f_frsize))
}

/// The file under `SQLite`'s promise that nobody will change it meanwhile.
fn immutable(file: &Path) -> String {
    let path = percent_encoding::percent_encode(file.as_os_str().as_bytes(), percent_encoding::NON_ALPHANUMERIC).to_string();
    format!("file:{}?immutable=1", path.replace("%2F", "/"))
}

#[cfg(test)]
mod tests {
    use super::{ErrorCode, cannot_make_log, file, has_log, log_bytes, room};

    #[test]
    fn only_a_file_that_has_no_log_and_cannot_get_one_is_read_without() {
        let folder = tempfile::tempdir().unwrap();
        let file = file(folder.path());
        assert!(!has_log(&file));
        std::fs::write(folder.path().join("ledger.sqlite3-wal"), "").unwrap();
        assert!(!has_log(&file), "it was emptied");
        std::fs::write(folder.path().join("ledger.sqlite3-wal"), "steps").unwrap();
        assert!(has_log(&file) && log_bytes(&file) == 5);
        let failed = |code| rusqlite::Error::SqliteFailure(rusqlite::ffi::Error { code, extended_code: 0 }, None);
        for (code, expected) in [
            (ErrorCode::CannotOpen, true),
            (ErrorCode::ReadOnly, true),
            (ErrorCode::PermissionDenied, true),
            (ErrorCode::DatabaseBusy, false),
            (ErrorCode::DatabaseCorrupt, false),
        ] {
            assert_eq!(cannot_make_log(&failed(code)), expected, "{code:?}");
        }
        assert!(room(folder.path()).is_some_and(|room| room > 0));
    }
}
