//! What is told to the ledger: what one page, retry or replay did to one route.

use jiff::Timestamp;

use super::{RouteKey, Seen};
use crate::tenant::{SinkName, TenantId};

/// An alert kept aside with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The alert's ID, or `sha256:…` of the bytes where none could be read.
    pub alert_id: String,
    pub reason: String,
    pub at: Timestamp,
    /// The vendor's JSON, byte for byte.
    pub body: String,
}

impl DeadLetter {
    /// What it counts for in the bound on bytes.
    #[must_use]
    pub fn weight(&self) -> u64 {
        (self.body.len() + self.reason.len() + self.alert_id.len()) as u64
    }
}

/// A replay of a span of the past: the same command given again goes on where it had come to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReplayKey {
    pub route: RouteKey,
    pub from: Timestamp,
    pub to: Timestamp,
    /// Also what had been sent.
    pub send_again: bool,
}

/// What one page did to one route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub route: RouteKey,
    pub seen: Vec<Seen>,
    /// Their IDs stand in `seen` as well, so that each is kept aside once.
    pub dead: Vec<DeadLetter>,
    /// The route is complete up to here, exact to the vendor's 100 ns; `None` leaves the cursor where it was.
    pub cursor: Option<Timestamp>,
    /// Dead letters of any route that are settled and go in the same commit, by their numbers; one that is gone already is no error.
    pub lifted: Vec<i64>,
    /// Dead letters of any route that were retried in vain, by their numbers: they stay what they are, with the reason why now.
    pub stay: Vec<(i64, String)>,
    /// How far a replay has come; `None` for everything that is not a replay.
    pub replayed: Option<(ReplayKey, Timestamp)>,
}

impl Step {
    /// One that does nothing yet.
    #[must_use]
    pub fn of(route: RouteKey) -> Self {
        Self { route, seen: Vec::new(), dead: Vec::new(), cursor: None, lifted: Vec::new(), stay: Vec::new(), replayed: None }
    }
}

/// What a recorded step did beyond what it said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recorded {
    /// The oldest dead letters of its tenant and sink, which had to go to keep the bounds.
    pub dropped: Vec<Dropped>,
    /// With this step the dead letters of its tenant and sink have come to 80% of a bound.
    pub crowded: Option<Aside>,
}

/// A dead letter that had to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    pub number: i64,
    /// The word for the feed, as it was when the alert was kept aside.
    pub feed: String,
    pub alert_id: String,
    pub at: Timestamp,
}

/// How many dead letters a tenant and sink have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    pub tenant: TenantId,
    /// As in [`RouteKey::sink`].
    pub sink: Option<SinkName>,
    pub letters: u64,
    /// Of bodies, reasons and alert IDs.
    pub bytes: u64,
}
