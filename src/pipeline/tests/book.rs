//! The memory ledger with a log of what it recorded, and failing when a test wants it to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use super::tape::Tape;
use crate::ledger::memory::Memory;
use crate::ledger::{Brief, Figures, Kept, KeptFilter, Known, Ledger, LedgerError, Recorded, ReplayKey, SeenKey, Step};
use crate::source::FeedKind;
use crate::tenant::{SinkName, TenantId};

#[derive(Debug)]
pub struct Book {
    memory: Memory,
    tape: Tape,
    /// Writing fails.
    pub full: AtomicBool,
    /// Reading fails.
    pub torn: AtomicBool,
}

impl Book {
    pub fn new(tape: &Tape) -> Arc<Self> {
        Arc::new(Self { memory: Memory::default(), tape: tape.clone(), full: false.into(), torn: false.into() })
    }

    fn readable(&self) -> Result<(), LedgerError> {
        if self.torn.load(Ordering::Relaxed) { Err(error("torn")) } else { Ok(()) }
    }
}

fn error(what: &str) -> LedgerError {
    LedgerError { message: format!("the book is {what}"), advice: None }
}

impl Ledger for Book {
    fn cursors<'a>(
        &'a self,
        tenant: &'a TenantId,
        feed: FeedKind,
    ) -> BoxFuture<'a, Result<Vec<(SinkName, Timestamp)>, LedgerError>> {
        Box::pin(async move {
            self.readable()?;
            self.memory.cursors(tenant, feed).await
        })
    }

    fn known<'a>(
        &'a self,
        tenant: &'a TenantId,
        sink: Option<&'a SinkName>,
        keys: Vec<SeenKey>,
    ) -> BoxFuture<'a, Result<Vec<Option<Known>>, LedgerError>> {
        Box::pin(async move {
            self.readable()?;
            self.memory.known(tenant, sink, keys).await
        })
    }

    fn record(&self, step: Step) -> BoxFuture<'_, Result<Recorded, LedgerError>> {
        Box::pin(async move {
            if self.full.load(Ordering::Relaxed) {
                return Err(error("full"));
            }
            self.tape.recorded(&step);
            self.memory.record(step).await
        })
    }

    fn forget(&self, before: Timestamp) -> BoxFuture<'_, Result<(), LedgerError>> {
        self.memory.forget(before)
    }

    fn remembers_since(&self) -> BoxFuture<'_, Result<Option<Timestamp>, LedgerError>> {
        self.memory.remembers_since()
    }

    fn begun(&self) -> BoxFuture<'_, Result<Option<Timestamp>, LedgerError>> {
        self.memory.begun()
    }

    fn kept_briefly(&self, filter: KeptFilter) -> BoxFuture<'_, Result<Vec<Brief>, LedgerError>> {
        self.memory.kept_briefly(filter)
    }

    fn kept(&self, filter: KeptFilter) -> BoxFuture<'_, Result<Vec<Kept>, LedgerError>> {
        self.memory.kept(filter)
    }

    fn replayed(&self, key: ReplayKey) -> BoxFuture<'_, Result<Option<Timestamp>, LedgerError>> {
        self.memory.replayed(key)
    }

    fn replay_sent(&self, key: ReplayKey, ids: Vec<String>) -> BoxFuture<'_, Result<Vec<bool>, LedgerError>> {
        self.memory.replay_sent(key, ids)
    }

    fn end_replay(&self, keys: Vec<ReplayKey>) -> BoxFuture<'_, Result<(), LedgerError>> {
        self.memory.end_replay(keys)
    }

    fn rhythm<'a>(&'a self, tenant: &'a TenantId, feed: FeedKind) -> BoxFuture<'a, Result<Option<String>, LedgerError>> {
        self.memory.rhythm(tenant, feed)
    }

    fn keep_rhythm(&self, tenant: TenantId, feed: FeedKind, rhythm: String) -> BoxFuture<'_, Result<(), LedgerError>> {
        self.memory.keep_rhythm(tenant, feed, rhythm)
    }

    fn figures(&self) -> BoxFuture<'_, Result<Figures, LedgerError>> {
        self.memory.figures()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), LedgerError>> {
        self.memory.close()
    }
}
