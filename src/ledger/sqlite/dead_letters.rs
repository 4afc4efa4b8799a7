//! Lets another process see the dead letters, whether or not the daemon runs.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{connect, error, lookup};
use crate::ledger::LedgerError;
use crate::tenant::{SinkName, TenantId};

/// Which dead letters; those that meet every condition given.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub tenant: Option<TenantId>,
    pub sink: Option<SinkName>,
    pub alert_id: Option<String>,
    /// At most this many, the newest.
    pub limit: Option<u32>,
}

/// A dead letter without the vendor's bytes, which may be many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    number: i64,
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

    /// The newest first.
    pub fn list(&self, filter: &Filter) -> Result<Vec<Entry>, LedgerError> {
        self.select(filter).map_err(|error| self.failed(&error))
    }

    /// The vendor's JSON of one, byte for byte; `None` if it is gone meanwhile.
    pub fn body(&self, entry: &Entry) -> Result<Option<String>, LedgerError> {
        self.connection
            .query_row("SELECT body FROM dead_letters WHERE entry = ?1", [entry.number], |row| row.get(0))
            .optional()
            .map_err(|error| self.failed(&error))
    }

    fn select(&self, filter: &Filter) -> rusqlite::Result<Vec<Entry>> {
        self.connection
            .prepare(
                "SELECT entry, tenant, feed, sink, alert_id, reason, at FROM dead_letters JOIN scopes USING (scope)
                 WHERE (?1 IS NULL OR tenant = ?1) AND (?2 IS NULL OR sink = ?2) AND (?3 IS NULL OR alert_id = ?3)
                 ORDER BY entry DESC LIMIT ?4",
            )?
            .query_map(
                params![
                    filter.tenant.as_ref().map(TenantId::as_str),
                    filter.sink.as_ref().map(SinkName::as_str),
                    filter.alert_id,
                    filter.limit.map_or(-1, i64::from), // negative: no limit
                ],
                entry,
            )?
            .collect()
    }

    fn failed(&self, error: &rusqlite::Error) -> LedgerError {
        error::sqlite("list its dead letters", &connect::file(&self.folder), error)
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        number: row.get(0)?,
        tenant: TenantId::from(row.get::<_, String>(1)?),
        feed: row.get(2)?,
        sink: lookup::sink_name(row.get(3)?),
        alert_id: row.get(4)?,
        reason: row.get(5)?,
        at: lookup::timestamp(row, 6)?,
    })
}
