//! Where alerts come from: the contract of a feed, and Microsoft's feeds.
//!
//! Reading changes nothing: the caller owns the cursor. A page says up to which moment everything has been read, so that the
//! caller can move the cursor once the page has been delivered.

pub mod azure;
pub mod cloud;
pub mod entra;
mod foreign;
pub mod geo;
pub mod http;
pub mod microsoft;
pub mod paging;
pub mod server_clock;
pub mod throttle;
mod wire;

use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use crate::alert::{Header, ReadFinding, Unreadable};

/// One API that a tenant's alerts can be read from. Adding a feed is one file in [`microsoft`] and one row in [`FeedKind::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FeedKind {
    /// Microsoft Graph `security/alerts_v2`.
    GraphAlerts,
    /// Microsoft Graph `security/incidents`, with the alerts inside.
    GraphIncidents,
    /// Defender for Endpoint `/api/alerts`.
    MdeAlerts,
    /// Defender XDR `/api/incidents`, with the alerts inside.
    XdrIncidents,
    /// Entra ID Protection, Microsoft Graph `identityProtection/riskDetections`.
    RiskDetections,
    /// Microsoft Sentinel incidents with their alerts, through Azure Resource Manager.
    SentinelIncidents,
    /// Microsoft Defender for Cloud alerts, through Azure Resource Manager.
    DefenderForCloud,
}

impl FeedKind {
    pub const ALL: [(FeedKind, &'static str); 7] = [
        (FeedKind::GraphAlerts, "graph-alerts"),
        (FeedKind::GraphIncidents, "graph-incidents"),
        (FeedKind::MdeAlerts, "mde-alerts"),
        (FeedKind::XdrIncidents, "xdr-incidents"),
        (FeedKind::RiskDetections, "risk-detections"),
        (FeedKind::SentinelIncidents, "sentinel-incidents"),
        (FeedKind::DefenderForCloud, "defender-for-cloud"),
    ];

    /// The word used in configuration, metrics, logs and the ledger.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            FeedKind::GraphAlerts => "graph-alerts",
            FeedKind::GraphIncidents => "graph-incidents",
            FeedKind::MdeAlerts => "mde-alerts",
            FeedKind::XdrIncidents => "xdr-incidents",
            FeedKind::RiskDetections => "risk-detections",
            FeedKind::SentinelIncidents => "sentinel-incidents",
            FeedKind::DefenderForCloud => "defender-for-cloud",
        }
    }
}

impl fmt::Display for FeedKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for FeedKind {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.iter().find(|(_, name)| *name == word).map(|(kind, _)| *kind).ok_or(())
    }
}

/// The span of last-update times that a pass asks for, inclusive at both ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub from: Timestamp,
    pub to: Timestamp,
}

/// One answer of a feed: the vendor's bytes and where each record stands in them.
#[derive(Debug)]
pub struct Page {
    body: String,
    records: Vec<Record>,
    /// Everything up to this moment has been read once this page has; `None` while that cannot be said.
    pub complete_to: Option<Timestamp>,
}

/// One element of a page.
#[derive(Debug)]
pub struct Record {
    span: Range<usize>,
    pub header: Result<Header, Unreadable>,
}

impl Page {
    /// `records` point into `body`.
    #[must_use]
    pub fn new(body: String, records: Vec<(Range<usize>, Result<Header, Unreadable>)>, complete_to: Option<Timestamp>) -> Self {
        let records = records.into_iter().map(|(span, header)| Record { span, header }).collect();
        Self { body, records, complete_to }
    }

    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// How big the answer was, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.body.len()
    }

    /// The vendor's JSON of one record, byte for byte.
    #[must_use]
    pub fn raw(&self, record: &Record) -> &str {
        &self.body[record.span.clone()]
    }
}

/// A feed of one tenant.
pub trait Source: Send + Sync {
    fn kind(&self) -> FeedKind;

    /// Reads one of this feed's records in full.
    fn reader(&self) -> ReadFinding;

    /// The server's present time, as far as its answers have told.
    fn now(&self) -> Timestamp;

    /// Starts to read a window. Nothing is asked until the first page is.
    fn open(&self, window: Window) -> Box<dyn Pages + '_>;
}

/// The pages of one window, in the order in which they must be recorded.
pub trait Pages: Send {
    /// The next page, or `None` when the window has been read to its end.
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Page>, FetchError>>;
}

/// What kind of trouble a fetch met; it decides the pause and the feed's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The far side asked us to wait; the time it asked for, clamped, where it said one.
    Throttled(Option<Duration>),
    /// Passing: a broken connection, a 5xx, an HTML or broken answer.
    Passing,
    /// Somebody at the customer's must consent, licence or enable something.
    NeedsConsent,
    /// Our own configuration or credential is wrong; asking again changes nothing until somebody acts.
    Broken,
    /// The feed answers but cannot be read further: rows that no request reaches.
    Stalled,
}

/// Why a page could not be had. Nothing is lost: the cursor has not moved.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct FetchError {
    pub trouble: Trouble,
    /// What happened, without secrets, with the server's own words and request ID where it gave them.
    pub message: String,
    /// What somebody can do about it.
    pub advice: Option<String>,
}
