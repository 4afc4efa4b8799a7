//! How every part is doing at one moment, as the judge needs to know it. Durations are by a clock that never jumps.

use std::time::Duration;

use jiff::Timestamp;

use super::settings::Limits;
use super::silence::Silence;
use crate::pipeline::state::FeedState;
use crate::source::FeedKind;
use crate::tenant::{SinkName, TenantName};

/// Everything at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub now: Timestamp,
    pub feeds: Vec<Feed>,
    pub sinks: Vec<Sink>,
    pub credentials: Vec<Credential>,
    pub dead_letters: Vec<DeadLetters>,
    /// Why the ledger cannot be used, where it cannot.
    pub ledger: Option<Cause>,
    /// For how long it can be used again since it last could not; `None` where it always could.
    pub ledger_back: Option<Duration>,
}

/// Why something does not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    pub message: String,
    pub advice: Option<String>,
}

/// One feed of a tenant.
#[derive(Debug, Clone)]
pub struct Feed {
    pub tenant: TenantName,
    pub feed: FeedKind,
    pub limits: Limits,
    /// How often it is looked at.
    pub interval: Duration,
    pub state: FeedState,
    /// When it came into that state.
    pub since: Timestamp,
    /// What it last complained about.
    pub error: Option<Cause>,
    /// Since when none of its routes has come any further.
    pub unmoved: Duration,
    pub silence: Option<Silence>,
    pub routes: Vec<Route>,
}

/// A feed on its way to a sink.
#[derive(Debug, Clone)]
pub struct Route {
    pub sink: SinkName,
    /// How far its cursor is behind the server's present; `None` before the server was asked.
    pub behind: Option<Duration>,
    /// How long it has had the chance to catch up: since the route was made.
    pub age: Duration,
    /// Since when no page has got through, and why.
    pub failing: Option<(Duration, Option<Cause>)>,
}

/// A destination.
#[derive(Debug, Clone)]
pub struct Sink {
    pub name: SinkName,
    /// For how long it has been down without a break.
    pub down: Option<Duration>,
    /// For how long it has been there since it was last down for more than a moment; `None` where it never was.
    pub back: Option<Duration>,
    pub error: Option<Cause>,
}

/// When the credential of an app ends.
#[derive(Debug, Clone)]
pub struct Credential {
    pub app: String,
    pub expires: Timestamp,
}

/// What lies aside for one tenant and sink.
#[derive(Debug, Clone)]
pub struct DeadLetters {
    pub tenant: TenantName,
    /// `None` for what no route could ever take.
    pub sink: Option<SinkName>,
    pub count: u64,
    /// They have come to 80% of their bounds: the oldest are about to be dropped.
    pub crowded: bool,
}
