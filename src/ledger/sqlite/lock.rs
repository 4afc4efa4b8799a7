//! One process at a time: a lock file that names who holds it.
//!
//! The lock is `flock`'s, which the kernel lets go of when the holder dies; the file itself may stay for ever.

use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::Duration;

use super::error::{io, refusal};
use super::holder;
use crate::crash;
use crate::ledger::LedgerError;

const NAME: &str = "alertferry.lock";

/// A holder's words are cut off here when they are read.
const LONGEST: u64 = 1000;

/// Somebody who only looks whether the lock is held has it for a moment: it is tried this often before that is believed.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(10);

/// Held as long as it lives.
#[derive(Debug)]
pub struct Lock {
    file: File,
    /// The lock file stood there already: this folder has had a ledger before.
    pub used_before: bool,
}

impl Lock {
    /// Takes the lock of a folder, or says who has it.
    pub fn take(folder: &Path) -> Result<Self, LedgerError> {
        let path = folder.join(NAME);
        let used_before = path.exists();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false) // it may hold the name of the process that has the lock
            .mode(0o600)
            .open(&path)
            .map_err(|error| io("open the lock file", &path, &error))?;
        let mut tries = 1;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                // Not a wait on the clock of tokio: opening a ledger blocks anyway.
                Err(TryLockError::WouldBlock) if tries < TRIES => std::thread::park_timeout(PAUSE),
                Err(TryLockError::WouldBlock) => return Err(held(folder, &mut file)),
                Err(TryLockError::Error(error)) => return Err(io("lock", &path, &error)),
            }
            tries += 1;
        }
        crash::point("ledger.locked");
        let name = holder::ours();
        file.set_len(0).and_then(|()| file.write_all(name.as_bytes())).map_err(|error| io("write", &path, &error))?;
        Ok(Self { file, used_before })
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

/// Who has the lock of a folder, in the holder's own words; `None` when nobody has it. Needs no right to write.
pub fn holder(folder: &Path) -> Option<String> {
    let mut file = File::open(folder.join(NAME)).ok()?;
    match file.try_lock_shared() {
        Ok(()) => {
            let _ = file.unlock();
            None
        }
        Err(TryLockError::WouldBlock) => Some(words(&mut file)),
        Err(TryLockError::Error(_)) => None,
    }
}

/// The holder writes its name a moment after it has the lock; an empty or unreadable file only costs us the name.
fn words(file: &mut File) -> String {
    let mut text = Vec::new();
    let _ = file.take(LONGEST).read_to_end(&mut text);
    match String::from_utf8_lossy(&text).trim() {
        "" => "another process".to_owned(),
        holder => holder::printable(holder),
    }
}

fn held(folder: &Path, file: &mut File) -> LedgerError {
    refusal(
        format!("The ledger in {} is in use by {}.", folder.display(), words(file)),
        "Stop that process, or give each alertferry a ledger of its own: two of them on one ledger would send alerts twice.",
    )
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::{Lock, PAUSE};

    #[test]
    fn a_lock_that_is_about_to_be_let_go_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let (taken, when_taken) = channel();
        std::thread::scope(|threads| {
            threads.spawn(|| {
                let lock = Lock::take(folder.path()).unwrap();
                taken.send(()).unwrap();
                std::thread::park_timeout(PAUSE * 3 / 2);
                drop(lock);
            });
            when_taken.recv().unwrap();
            Lock::take(folder.path()).expect("it is let go in time");
        });
    }

    #[test]
    fn a_lock_that_was_let_go_is_free_although_a_copy_of_its_file_lives_on() {
        let folder = tempfile::tempdir().unwrap();
        let lock = Lock::take(folder.path()).unwrap();
        let _copy = lock.file.try_clone().unwrap();
        drop(lock);
        Lock::take(folder.path()).expect("nobody has it");
    }
}
