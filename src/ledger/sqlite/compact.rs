//! Gives the free room inside the ledger's file back to the file system.
//!
//! The ledger is written anew beside the old one, compared with it, brought to disk, and then takes its name: at every moment
//! there is one whole file of that name. A process that dies before leaves the new file behind, which the next start removes.

use std::fs::{self, File, OpenOptions};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags};

use super::error::{io, refusal, sqlite};
use super::lock::Lock;
use super::{check, connect, schema};
use crate::crash;
use crate::ledger::LedgerError;

/// A ledger under its lock, with all that its log held carried into the file.
#[derive(Debug)]
pub struct Compaction {
    _lock: Lock,
    connection: Connection,
    file: PathBuf,
    pub size: Size,
}

/// What a compaction is about, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Of the file as it is.
    pub bytes: u64,
    /// Of these, free.
    pub free: u64,
    /// What the file system has left; the new file needs `bytes - free` of it while both are there.
    pub room: Option<u64>,
}

impl Size {
    /// What the new file will take, about.
    #[must_use]
    pub fn needed(self) -> u64 {
        self.bytes - self.free
    }
}

impl Compaction {
    /// Takes the ledger of a folder for itself and looks what there is to do. Changes nothing that the ledger holds.
    ///
    /// # Errors
    /// The daemon or somebody else uses it, there is none, it cannot be written, or it is damaged, another program's or too new.
    pub fn prepare(folder: &Path) -> Result<Self, LedgerError> {
        if folder.is_file() {
            let message = format!("{} is a file, and a ledger is compacted in its folder.", folder.display());
            return Err(refusal(message, "Put it into a folder of its own as ledger.sqlite3, and name the folder."));
        }
        let file = connect::file(folder);
        if let Err(error) = fs::metadata(&file) {
            let message = format!("There is no ledger to compact at {}: {error}.", file.display());
            return Err(refusal(message, "Name the folder that [ledger] path names, as the user that runs alertferry."));
        }
        let lock = Lock::take(folder)?;
        clean_up(folder);
        let failed = |error: rusqlite::Error| sqlite("be prepared for compaction", &file, &error);
        let connection = Connection::open_with_flags(&file, connect::flags(OpenFlags::SQLITE_OPEN_READ_WRITE)).map_err(failed)?;
        schema::refuse_strangers(&connection, &file)?;
        // The log belongs to the old file and must be gone before another one takes its name: SQLite would apply it to that.
        let journal: String = connection.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0)).map_err(failed)?;
        if journal != "delete" {
            return Err(refusal(
                format!("{} is being read by another program, so that its log cannot be put away.", file.display()),
                "Wait until `alertferry ledger`, `dead-letters` or a sqlite3 shell that has it open ends, and try again.",
            ));
        }
        crash::point("compact.log-put-away");
        let (pages, free, page): (u64, u64, u64) = connection
            .query_row(
                "SELECT page_count, freelist_count, page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
                [],
                |row| {
                    let count = |column| row.get::<_, i64>(column).map(|count| u64::try_from(count).unwrap_or_default());
                    Ok((count(0)?, count(1)?, count(2)?))
                },
            )
            .map_err(failed)?;
        let size = Size { bytes: pages * page, free: free * page, room: connect::room(folder) };
        Ok(Self { _lock: lock, connection, file, size })
    }

    /// Where the new file grows; its size over [`Size::needed`] is how far the work has come.
    #[must_use]
    pub fn growing(&self) -> PathBuf {
        growing(&self.file)
    }

    /// Writes the ledger anew and puts it in the place of the old one. Answers with the new size in bytes.
    ///
    /// # Errors
    /// There is no room, the old file is damaged, or the new one does not hold the same. The old one is in its place then.
    pub fn run(self) -> Result<u64, LedgerError> {
        if let Some(room) = self.size.room.filter(|room| *room < self.size.needed()) {
            return Err(refusal(
                format!(
                    "Compacting {} needs {} bytes beside it for a while, but its file system has only {room} left.",
                    self.file.display(),
                    self.size.needed()
                ),
                "Make room there. Nothing was changed.",
            ));
        }
        let growing = self.growing();
        let written = self.write(&growing).and_then(|()| self.exchange(&growing));
        if written.is_err() {
            let _ = fs::remove_file(&growing);
        }
        written
    }

    fn write(&self, growing: &Path) -> Result<(), LedgerError> {
        // Empty and for its owner only before anything is written into it.
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(growing).map_err(|error| io("make", growing, &error))?;
        let failed = |error: rusqlite::Error| sqlite("be compacted", &self.file, &error);
        // Its bytes as they are: a path need not be UTF-8.
        let into = ToSqlOutput::Borrowed(ValueRef::Text(growing.as_os_str().as_bytes()));
        self.connection.execute("VACUUM INTO ?1", [into]).map_err(failed)?;
        crash::point("compact.written");
        let copy = Connection::open_with_flags(growing, connect::flags(OpenFlags::SQLITE_OPEN_READ_ONLY)).map_err(failed)?;
        if let Some(damage) = check::pages(&copy).map_err(failed)? {
            return Err(different(&self.file, &damage));
        }
        let (old, new) = (check::rows(&self.connection).map_err(failed)?, check::rows(&copy).map_err(failed)?);
        if old != new {
            return Err(different(&self.file, &format!("the old one has {old:?}, the new one {new:?}")));
        }
        Ok(())
    }

    fn exchange(self, growing: &Path) -> Result<u64, LedgerError> {
        // `VACUUM INTO` does not wait for the disk, and a name must not be there before what it names.
        let synced = File::open(growing).and_then(|file| file.sync_all().and_then(|()| file.metadata()));
        let bytes = synced.map_err(|error| io("sync", growing, &error))?.len();
        self.connection.close().map_err(|(_, error)| sqlite("be closed", &self.file, &error))?;
        crash::point("compact.synced");
        fs::rename(growing, &self.file).map_err(|error| io("put the compacted ledger in the place of", &self.file, &error))?;
        crash::point("compact.exchanged");
        let folder = self.file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| io("sync", folder, &error))?;
        Ok(bytes)
    }
}

/// Removes what a compaction left that did not come to its end, with whatever `SQLite` may have put beside it. Only under the folder's lock.
pub fn clean_up(folder: &Path) {
    let growing = growing(&connect::file(folder));
    for beside in ["", "-journal", "-wal", "-shm"] {
        let mut left = growing.clone().into_os_string();
        left.push(beside);
        // Nothing reads it; where it cannot be removed it only takes room.
        let _ = fs::remove_file(left);
    }
}

fn growing(file: &Path) -> PathBuf {
    file.with_extension("sqlite3.compacting")
}

fn different(file: &Path, what: &str) -> LedgerError {
    refusal(
        format!("{} was written anew, but the new file does not hold the same: {what}. It was thrown away.", file.display()),
        "Run `alertferry ledger check`; the old file is in its place and unchanged.",
    )
}
