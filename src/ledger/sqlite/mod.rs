//! The embedded ledger: `SQLite` in one folder, one thread that writes and one that reads.
//!
//! The layout of the file stands in `schema-*.sql` and, with what an operator needs to know, in `docs/ledger.md`.

mod aside;
pub mod backup;
pub mod check;
pub mod compact;
mod connect;
pub mod dead_letters;
mod desk;
mod error;
mod forget;
mod holder;
pub mod inspect;
mod kept;
pub mod lock;
mod lookup;
mod moment;
mod reader;
mod record;
mod replays;
mod schema;
mod site;
mod writer;

use std::path::Path;

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use super::settings::Bounds;
use super::{Brief, Figures, Kept, KeptFilter, Known, Ledger, LedgerError, Recorded, ReplayKey, SeenKey, Step};
use crate::source::FeedKind;
use crate::telemetry::events;
use crate::tenant::{SinkName, TenantId};
use desk::Desk;
use lock::Lock;
use reader::Reader;
use record::Deed;
use site::Site;
use writer::Writer;

/// The ledger of one folder, which no other process can open meanwhile.
#[derive(Debug)]
pub struct Sqlite {
    writes: Desk<writer::Job>,
    reads: Desk<reader::Job>,
}

impl Sqlite {
    /// Opens the ledger of a folder, or makes one. Blocks for as long as the disk takes.
    ///
    /// # Errors
    /// In use by another process; not to be created, read or written; damaged; another program's; written by a newer version.
    pub fn open(folder: &Path, bounds: Bounds) -> Result<Self, LedgerError> {
        connect::make_folder(folder)?;
        let lock = Lock::take(folder)?;
        let file = connect::file(folder);
        compact::clean_up(folder);
        let (connection, before) = connect::writer(folder, lock.used_before)?;
        match before {
            0 => events::ledger_made(folder, lock.used_before),
            schema::NEWEST => {}
            older => events::ledger_brought_forward(folder, older, schema::NEWEST),
        }
        let file = Site::of(file)?;
        let writer = Writer { connection, file: file.clone(), lock, bounds };
        let reader = Reader { connection: connect::reader(folder)?, file };
        Ok(Self {
            writes: Desk::open("ledger-writer", move |jobs| writer.work(&jobs))?,
            reads: Desk::open("ledger-reader", move |jobs| reader.work(&jobs))?,
        })
    }
}

impl Sqlite {
    async fn deed(&self, deed: Deed) -> Result<Recorded, LedgerError> {
        self.writes.ask(move |reply| writer::Job::Record(deed, reply)).await
    }
}

impl Ledger for Sqlite {
    fn cursors<'a>(
        &'a self,
        tenant: &'a TenantId,
        feed: FeedKind,
    ) -> BoxFuture<'a, Result<Vec<(SinkName, Timestamp)>, LedgerError>> {
        Box::pin(self.reads.ask(move |reply| reader::Job::Cursors(tenant.clone(), feed, reply)))
    }

    fn known<'a>(
        &'a self,
        tenant: &'a TenantId,
        sink: Option<&'a SinkName>,
        keys: Vec<SeenKey>,
    ) -> BoxFuture<'a, Result<Vec<Option<Known>>, LedgerError>> {
        Box::pin(self.reads.ask(move |reply| reader::Job::Known(tenant.clone(), sink.cloned(), keys, reply)))
    }

    fn record(&self, step: Step) -> BoxFuture<'_, Result<Recorded, LedgerError>> {
        Box::pin(self.deed(Deed::Step(Box::new(step))))
    }

    fn forget(&self, before: Timestamp) -> BoxFuture<'_, Result<(), LedgerError>> {
        Box::pin(self.writes.ask(move |reply| writer::Job::Forget(before, reply)))
    }

    fn remembers_since(&self) -> BoxFuture<'_, Result<Option<Timestamp>, LedgerError>> {
        Box::pin(self.reads.ask(reader::Job::RemembersSince))
    }

    fn begun(&self) -> BoxFuture<'_, Result<Option<Timestamp>, LedgerError>> {
        Box::pin(self.reads.ask(reader::Job::Begun))
    }

    fn kept_briefly(&self, filter: KeptFilter) -> BoxFuture<'_, Result<Vec<Brief>, LedgerError>> {
        Box::pin(self.reads.ask(move |reply| reader::Job::KeptBriefly(filter, reply)))
    }

    fn kept(&self, filter: KeptFilter) -> BoxFuture<'_, Result<Vec<Kept>, LedgerError>> {
        Box::pin(self.reads.ask(move |reply| reader::Job::Kept(filter, reply)))
    }

    fn replayed(&self, key: ReplayKey) -> BoxFuture<'_, Result<Option<Timestamp>, LedgerError>> {
        Box::pin(self.reads.ask(move |reply| reader::Job::Replayed(key, reply)))
    }

    fn replay_sent(&self, key: ReplayKey, ids: Vec<String>) -> BoxFuture<'_, Result<Vec<bool>, LedgerError>> {
        Box::pin(self.reads.ask(move |reply| reader::Job::ReplaySent(key, ids, reply)))
    }

    fn end_replay(&self, keys: Vec<ReplayKey>) -> BoxFuture<'_, Result<(), LedgerError>> {
        Box::pin(async { self.deed(Deed::EndReplay(keys)).await.map(drop) })
    }

    fn rhythm<'a>(&'a self, tenant: &'a TenantId, feed: FeedKind) -> BoxFuture<'a, Result<Option<String>, LedgerError>> {
        Box::pin(self.reads.ask(move |reply| reader::Job::Rhythm(tenant.clone(), feed, reply)))
    }

    fn keep_rhythm(&self, tenant: TenantId, feed: FeedKind, rhythm: String) -> BoxFuture<'_, Result<(), LedgerError>> {
        Box::pin(async move { self.deed(Deed::KeepRhythm(tenant, feed, rhythm)).await.map(drop) })
    }

    fn figures(&self) -> BoxFuture<'_, Result<Figures, LedgerError>> {
        Box::pin(self.reads.ask(reader::Job::Figures))
    }

    fn close(&self) -> BoxFuture<'_, Result<(), LedgerError>> {
        Box::pin(async {
            // The last connection to go carries the log into the file: that must be the one that may write.
            let reads = self.reads.ask(reader::Job::Close).await;
            self.writes.ask(writer::Job::Close).await.and(reads)
        })
    }
}
