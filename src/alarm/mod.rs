//! What somebody should know and do something about: pure rules, from how the parts are doing to a list of alarms.
//!
//! [`judge`](judge::judge) looks at a [`Snapshot`](snapshot::Snapshot) and lists every [`Alarm`]; [`Register`](register::Register) compares
//! two such lists, so that each alarm is told once when it comes and once when it goes. [`rhythm`] remembers how often alerts
//! come, and [`silence`] says when a pause is too long for that.

pub mod judge;
pub mod register;
pub mod rhythm;
pub mod settings;
pub mod silence;
pub mod snapshot;

use std::fmt;

use jiff::Timestamp;

use crate::source::FeedKind;
use crate::tenant::{SinkName, TenantName};

/// What kind of trouble an alarm is about, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The ledger cannot be used: nothing moves.
    Ledger,
    /// A sink has taken nothing for a while.
    SinkDown,
    /// A sink can be reached, but does not take what it is given.
    SinkRefusing,
    /// Somebody at the customer's must act.
    NeedsConsent,
    /// Our configuration or credential is wrong.
    Broken,
    /// A feed makes no progress, or cannot be read completely.
    Stalled,
    /// The credential of an app ends soon, or has ended.
    CredentialEnding,
    /// A route's cursor is older than it may be.
    Behind,
    /// A feed answers, but has had nothing for far longer than usual.
    Silent,
    /// Alerts were kept aside.
    DeadLetters,
}

impl Kind {
    pub const ALL: [Kind; 10] = [
        Kind::Ledger,
        Kind::SinkDown,
        Kind::SinkRefusing,
        Kind::NeedsConsent,
        Kind::Broken,
        Kind::Stalled,
        Kind::CredentialEnding,
        Kind::Behind,
        Kind::Silent,
        Kind::DeadLetters,
    ];

    /// The word used in metrics, logs and the JSON API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Ledger => "ledger",
            Kind::SinkDown => "sink_down",
            Kind::SinkRefusing => "sink_refusing",
            Kind::NeedsConsent => "needs_consent",
            Kind::Broken => "broken",
            Kind::Stalled => "stalled",
            Kind::CredentialEnding => "credential_ending",
            Kind::Behind => "behind",
            Kind::Silent => "silent",
            Kind::DeadLetters => "dead_letters",
        }
    }

    /// Whether alerts are held up until it is mended; the others want a look.
    #[must_use]
    pub fn holds_up(self) -> bool {
        match self {
            Kind::Ledger | Kind::SinkDown | Kind::SinkRefusing | Kind::NeedsConsent | Kind::Broken | Kind::Stalled => true,
            Kind::CredentialEnding | Kind::Behind | Kind::Silent | Kind::DeadLetters => false,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an alarm is about. Two alarms with the same subject are the same alarm.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    pub kind: Kind,
    pub tenant: Option<TenantName>,
    pub feed: Option<FeedKind>,
    pub sink: Option<SinkName>,
    pub app: Option<String>,
}

impl Subject {
    /// About the daemon as a whole; callers add what it is about by struct update syntax.
    #[must_use]
    pub fn of(kind: Kind) -> Self {
        Self { kind, tenant: None, feed: None, sink: None, app: None }
    }
}

/// Something that somebody should know and do something about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    pub subject: Subject,
    /// Since when it is so, as far as is known.
    pub since: Timestamp,
    /// What is the matter, without secrets.
    pub message: String,
    /// What somebody can do about it.
    pub advice: String,
}
