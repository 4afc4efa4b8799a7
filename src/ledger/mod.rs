//! What each route has already delivered: its cursor and the IDs it has seen.
//!
//! An ID counts as seen only after the sink acknowledged it. IDs, dead letters and cursor of one [`Step`] become durable
//! together or not at all.

mod kept;
pub mod memory;
pub mod settings;
pub mod sqlite;
mod step;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use crate::source::FeedKind;
use crate::tenant::{SinkName, TenantId};
pub use kept::{Brief, Kept, KeptFilter};
pub use step::{Aside, DeadLetter, Dropped, Recorded, ReplayKey, Step};

/// A feed of a tenant on its way to a sink.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RouteKey {
    pub tenant: TenantId,
    pub feed: FeedKind,
    /// `None` stands for the feed itself: it owns the dead letters that no route could ever take
    /// (an unreadable record, a record of another tenant).
    pub sink: Option<SinkName>,
}

/// How to find an ID: the ID, and the creation time by whose day the ledger clusters its keys.
///
/// The ledger must find an ID although two feeds give creation times that differ by less than a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenKey {
    pub id: String,
    pub created: Option<Timestamp>,
}

/// What is remembered of an ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The last-update time of the newest revision seen; `None` when the vendor gave none.
    pub revision: Option<Timestamp>,
    /// That revision was resolved.
    pub resolved: bool,
}

/// An ID to remember. Recording it again replaces what was remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub key: SeenKey,
    pub known: Known,
}

/// Numbers for metrics and alarms.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// How many IDs are remembered.
    pub ids: u64,
    /// Dead letters by tenant and sink, where there are any.
    pub dead_letters: Vec<Aside>,
    /// What the ledger takes on disk; `None` for one in memory.
    pub file: Option<FileFigures>,
}

/// What a ledger takes on disk, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileFigures {
    pub bytes: u64,
    /// Of these, what is free and will be used again.
    pub free: u64,
    /// The log beside the file.
    pub log: u64,
    /// What the file system has left for this process; `None` where it does not say.
    pub room: Option<u64>,
}

/// Why the ledger could not be used. Nothing was recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LedgerError {
    pub message: String,
    pub advice: Option<String>,
}

/// Durable memory of what was delivered. Seen keys are per (sink, tenant, alert ID): one alert through two feeds counts once.
pub trait Ledger: Send + Sync {
    /// The cursors of all routes of a feed that have one.
    fn cursors<'a>(
        &'a self,
        tenant: &'a TenantId,
        feed: FeedKind,
    ) -> BoxFuture<'a, Result<Vec<(SinkName, Timestamp)>, LedgerError>>;

    /// What is remembered of each key for a sink and tenant, in order. `sink` as in [`RouteKey::sink`].
    fn known<'a>(
        &'a self,
        tenant: &'a TenantId,
        sink: Option<&'a SinkName>,
        keys: Vec<SeenKey>,
    ) -> BoxFuture<'a, Result<Vec<Option<Known>>, LedgerError>>;

    /// Makes a step durable. When it returns `Ok`, a power cut does not undo it. Dead letters beyond the bounds go in the same
    /// commit, the oldest first; the answer names them.
    fn record(&self, step: Step) -> BoxFuture<'_, Result<Recorded, LedgerError>>;

    /// Forgets IDs whose newest revision is older than `before`, and replays that have not moved since. Dead letters stay.
    fn forget(&self, before: Timestamp) -> BoxFuture<'_, Result<(), LedgerError>>;

    /// The latest moment before which IDs were forgotten, or before which a ledger was lost whose place this one took; `None` if
    /// that never happened. An alert last changed before it may have been delivered without the ledger knowing any more.
    fn remembers_since(&self) -> BoxFuture<'_, Result<Option<Timestamp>, LedgerError>>;

    /// When this ledger was begun; `None` for one that an older version began. What was sent before, it never knew.
    fn begun(&self) -> BoxFuture<'_, Result<Option<Timestamp>, LedgerError>>;

    /// Dead letters without their bodies, the oldest first. There may be many: take them page by page, by `after` and `limit`.
    fn kept_briefly(&self, filter: KeptFilter) -> BoxFuture<'_, Result<Vec<Brief>, LedgerError>>;

    /// Dead letters with their bodies, the oldest first. They may be large: ask briefly, and take few at a time.
    fn kept(&self, filter: KeptFilter) -> BoxFuture<'_, Result<Vec<Kept>, LedgerError>>;

    /// How far a replay has come; `None` when there is none of that key.
    fn replayed(&self, key: ReplayKey) -> BoxFuture<'_, Result<Option<Timestamp>, LedgerError>>;

    /// Which of these IDs a replay that sends everything again has recorded, through whichever feed.
    fn replay_sent(&self, key: ReplayKey, ids: Vec<String>) -> BoxFuture<'_, Result<Vec<bool>, LedgerError>>;

    /// A replay is done, through these feeds: forgets how far it had come, in one commit.
    fn end_replay(&self, keys: Vec<ReplayKey>) -> BoxFuture<'_, Result<(), LedgerError>>;

    /// What the alarms noted of how often alerts come through a feed: their text, not to be understood here.
    fn rhythm<'a>(&'a self, tenant: &'a TenantId, feed: FeedKind) -> BoxFuture<'a, Result<Option<String>, LedgerError>>;

    /// Replaces that note.
    fn keep_rhythm(&self, tenant: TenantId, feed: FeedKind, rhythm: String) -> BoxFuture<'_, Result<(), LedgerError>>;

    fn figures(&self) -> BoxFuture<'_, Result<Figures, LedgerError>>;

    /// Finishes what was asked so far and lets go of the file.
    fn close(&self) -> BoxFuture<'_, Result<(), LedgerError>>;
}

/// Opens the ledger that the settings name. Blocks for as long as the disk takes.
///
/// # Errors
/// It is in use by another process, cannot be created, read or written, is damaged, another program's, or too new.
pub fn open(settings: &settings::Settings) -> Result<Arc<dyn Ledger>, LedgerError> {
    Ok(match &settings.kind {
        settings::Kind::Embedded(folder) => Arc::new(sqlite::Sqlite::open(folder, settings.bounds)?),
        settings::Kind::Memory => Arc::new(memory::Memory::new(settings.bounds)),
    })
}
