//! Whether the ledger's file is still the one that was opened.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::error::{io, refusal};
use crate::ledger::LedgerError;

/// The place of a file that is open.
#[derive(Debug, Clone)]
pub struct Site {
    pub path: PathBuf,
    /// Its device and number there.
    identity: (u64, u64),
}

impl Site {
    /// Of a file that has just been opened.
    pub fn of(path: PathBuf) -> Result<Self, LedgerError> {
        let identity = identity(&path).map_err(|error| io("look at the ledger", &path, &error))?;
        Ok(Self { path, identity })
    }

    /// `SQLite` would go on writing to a file that nobody finds any more, and the next start would send everything again.
    pub fn in_place(&self) -> Result<(), LedgerError> {
        if identity(&self.path).is_ok_and(|there| there == self.identity) { Ok(()) } else { Err(self.gone()) }
    }

    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    pub fn gone(&self) -> LedgerError {
        refusal(
            format!("The ledger in {} was removed or replaced while it was in use.", self.folder().display()),
            "Put its files back where they were, or stop alertferry and start it again; with an empty ledger it sends what the \
             look-back reaches once more.",
        )
    }
}

fn identity(path: &Path) -> std::io::Result<(u64, u64)> {
    fs::metadata(path).map(|metadata| (metadata.dev(), metadata.ino()))
}
