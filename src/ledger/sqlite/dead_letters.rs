//! Lets another process see the dead letters, whether or not the daemon runs.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::{connect, error, kept, lookup};
use crate::ledger::{KeptFilter, LedgerError};
use crate::tenant::{SinkName, TenantId};

/// A dead letter without the vendor's bytes, which may be many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub number: i64,
    pub tenant: TenantId,
    /// The word for the feed, as it was when the alert was kept aside.
    pub feed: String,
    /// `None`: kept aside for the feed itself.
    pub sink: Option<SinkName>,
    pub alert_id: String,
    pub reason: String,
    pub at: Timestamp,
}

/// The ledger of a folder, open for a look.
#[derive(Debug)]
pub struct Shelf {
    connection: Connection,
    folder: PathBuf,
}

impl Shelf {
    /// Blocks for as long as the disk takes. Needs no lock and changes nothing.
    ///
    /// # Errors
    /// There is no ledger, it cannot be read, or it is not of this version.
    pub fn open(folder: &Path) -> Result<Self, LedgerError> {
        Ok(Self { connection: connect::visitor(folder)?, folder: folder.to_owned() })
    }

    /// The newest first, also those of feeds that this version does not know.
    pub fn list(&self, filter: &KeptFilter) -> Result<Vec<Entry>, LedgerError> {
        let mut entries = Vec::new();
        kept::each(&self.connection, "entry, tenant, feed, sink, alert_id, reason, at", "DESC", filter, |row, at| {
            entries.push(entry(row, at)?);
            Ok(true)
        })
        .map_err(|error| self.failed(&error))?;
        Ok(entries)
    }

    /// The vendor's JSON of one, byte for byte; `None` if it is gone meanwhile.
    pub fn body(&self, entry: &Entry) -> Result<Option<String>, LedgerError> {
        self.connection
            .query_row("SELECT body FROM dead_letters WHERE entry = ?1", [entry.number], |row| row.get(0))
            .optional()
            .map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &rusqlite::Error) -> LedgerError {
        error::sqlite("list its dead letters", &connect::file(&self.folder), error)
    }
}

fn entry(row: &Row<'_>, at: Timestamp) -> rusqlite::Result<Entry> {
    Ok(Entry {
        number: row.get(0)?,
        tenant: TenantId::from(row.get::<_, String>(1)?),
        feed: row.get(2)?,
        sink: lookup::sink_name(row.get(3)?),
        alert_id: row.get(4)?,
        reason: row.get(5)?,
        at,
    })
}
