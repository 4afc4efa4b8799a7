//! Where alerts go: the contract of a sink, and the sinks.
//!
//! A sink answers only when the far side has answered for every message, or says which ones it does not know about.

pub mod bearer;
pub mod cloudevents;
pub mod file;
#[cfg(feature = "kafka")]
pub mod kafka;
pub mod settings;
pub mod syslog;
pub mod topic;

use std::ops::Range;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::time::Instant;

use uuid::Uuid;

use crate::alert::{Kind, Severity};
use crate::format::{Activity, Encoder};
use crate::source::FeedKind;
use crate::tenant::Tenant;

/// The encoded alerts of one page for one route, their bytes in one buffer.
#[derive(Debug)]
pub struct Batch {
    pub tenant: Arc<Tenant>,
    pub feed: FeedKind,
    pub encoder: Encoder,
    bytes: Vec<u8>,
    entries: Vec<(About, Range<usize>)>,
}

/// What a sink is told of one message beside its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    pub kind: Kind,
    pub alert_id: String,
    pub severity: Severity,
    /// When the alert happened, by the vendor: the last update, else the creation.
    pub at: Option<Timestamp>,
    pub activity: Activity,
    /// [`crate::format::event_uid`]: the same each time that this revision is sent.
    pub event_uid: Uuid,
    /// [`crate::format::Context::replayed`]
    pub replayed: bool,
}

impl About {
    /// An alert that is sent for the first time.
    #[must_use]
    pub fn alert(alert_id: &str, severity: Severity, at: Option<Timestamp>) -> Self {
        let (kind, activity, event_uid) = (Kind::Alert, Activity::Create, Uuid::nil());
        Self { kind, alert_id: alert_id.to_owned(), severity, at, activity, event_uid, replayed: false }
    }
}

/// One encoded alert of a batch.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    pub about: &'a About,
    pub payload: &'a [u8],
}

impl Batch {
    #[must_use]
    pub fn new(tenant: Arc<Tenant>, feed: FeedKind, encoder: Encoder) -> Self {
        Self { tenant, feed, encoder, bytes: Vec::new(), entries: Vec::new() }
    }

    /// Adds one message whose bytes `encode` appends. When `encode` fails, the batch stays as it was.
    ///
    /// # Errors
    /// What `encode` returned.
    pub fn push<T, E>(&mut self, about: About, encode: impl FnOnce(&mut Vec<u8>) -> Result<T, E>) -> Result<T, E> {
        let start = self.bytes.len();
        let encoded = encode(&mut self.bytes);
        match &encoded {
            Ok(_) => self.entries.push((about, start..self.bytes.len())),
            Err(_) => self.bytes.truncate(start),
        }
        encoded
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn messages(&self) -> impl ExactSizeIterator<Item = Message<'_>> {
        self.entries.iter().map(|(about, span)| Message { about, payload: &self.bytes[span.clone()] })
    }
}

/// Which revisions a sink wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revisions {
    /// `send = "new"`: each alert once.
    New,
    /// `send = "changes"`: each revision that a poll saw.
    Changes,
}

/// What a sink knows of one message after a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The far side has it.
    Delivered,
    /// The far side will never take this one (too large, say); it becomes a dead letter.
    Refused(String),
    /// Not known to have arrived; it is offered again.
    Unknown,
}

/// What became of a batch: a verdict for each message, in order, and what went wrong if anything did.
#[derive(Debug)]
pub struct Delivery {
    pub verdicts: Vec<Verdict>,
    /// Present if and only if some verdict is [`Verdict::Unknown`].
    pub failure: Option<DeliverError>,
}

impl Delivery {
    /// Every message arrived.
    #[must_use]
    pub fn complete(len: usize) -> Self {
        Self { verdicts: vec![Verdict::Delivered; len], failure: None }
    }

    /// Nothing is known to have arrived.
    #[must_use]
    pub fn failed(len: usize, failure: DeliverError) -> Self {
        Self { verdicts: vec![Verdict::Unknown; len], failure: Some(failure) }
    }
}

/// Why a sink could not be used. Always worth another try later: what never works is [`Verdict::Refused`].
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct DeliverError {
    /// What happened, without secrets, naming the far side.
    pub message: String,
    /// What somebody can do about it.
    pub advice: Option<String>,
}

/// A destination.
pub trait Sink: Send + Sync {
    /// Sends a batch and answers once the far side has answered for each message. It may take as long as the far side takes;
    /// dropping the future is safe, but what was under way may still arrive.
    fn deliver<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Delivery>;

    /// How many octets the payload of a message may have, what the sink puts around it taken off.
    fn room(&self, _tenant: &Tenant, _feed: FeedKind, _encoder: Encoder, _about: &About) -> usize {
        usize::MAX
    }

    /// Finds out whether the far side can be reached, without sending anything that a reader would see.
    fn probe(&self) -> BoxFuture<'_, Result<(), DeliverError>>;

    /// A count that grows whenever the far side takes something of the page under way. Two looks tell a slow far side from a dead
    /// one while a question has to wait behind the page; 0 for ever where a sink cannot tell.
    fn taken(&self) -> u64 {
        0
    }

    /// Opens files anew (log rotation). Most sinks have nothing to do.
    fn reopen(&self) {}

    /// Lets go of the far side in good order, at the latest by `by`.
    fn close(&self, by: Instant) -> BoxFuture<'_, Result<(), DeliverError>>;
}
