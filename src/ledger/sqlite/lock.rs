//! One process at a time: a lock file that names who holds it.
//!
//! The lock is `flock`'s, which the kernel lets go of when the holder dies; the file itself may stay for ever.

use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use super::error::{io, refusal};
use crate::ledger::LedgerError;
use crate::{clock, crash};

const NAME: &str = "alertferry.lock";

/// Held as long as it lives.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock of a folder, or says who has it.
    pub fn take(folder: &Path) -> Result<Self, LedgerError> {
        let path = folder.join(NAME);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false) // it may hold the name of the process that has the lock
            .mode(0o600)
            .open(&path)
            .map_err(|error| io("open the lock file", &path, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(folder, &mut file)),
            Err(TryLockError::Error(error)) => return Err(io("lock", &path, &error)),
        }
        crash::point("ledger.locked");
        let name = format!("process {} since {:.0}\n", std::process::id(), clock::now());
        file.set_len(0).and_then(|()| file.write_all(name.as_bytes())).map_err(|error| io("write", &path, &error))?;
        Ok(Self { file })
    }

    /// Whether the folder still holds the very file that is locked. If not, somebody has removed or replaced what we write
    /// to, and a second process could start beside us.
    pub fn in_place(&self, folder: &Path) -> bool {
        let identity = |metadata: Metadata| (metadata.dev(), metadata.ino());
        let ours = self.file.metadata().map(identity);
        matches!((ours, fs::metadata(folder.join(NAME)).map(identity)), (Ok(ours), Ok(there)) if ours == there)
    }
}

impl Drop for Lock {
    /// Closing the file would not be enough: a process that is just being started by another thread of ours holds a copy until
    /// its `exec`.
    fn drop(&mut self) {
        // Nothing is lost if it fails: the lock then goes with the last copy of the file.
        let _ = self.file.unlock();
    }
}

fn held(folder: &Path, file: &mut File) -> LedgerError {
    let mut holder = String::new();
    // The holder writes its name a moment after it has the lock; an empty or unreadable file only costs us the name.
    let _ = file.take(200).read_to_string(&mut holder);
    let holder = if holder.trim().is_empty() { "another process" } else { holder.trim() };
    refusal(
        format!("The ledger in {} is in use by {holder}.", folder.display()),
        "Stop that process, or give each alertferry a ledger of its own: two of them on one ledger would send alerts twice.",
    )
}
