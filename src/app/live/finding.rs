//! What a look at the real ends finds, in words for people and programs.

use crate::source::{FeedKind, FetchError, Trouble};
use crate::tenant::{SinkName, TenantName};

/// How a check ended, from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Ok,
    /// It could not be told; no fault of its own.
    Unknown,
    /// It works, or may work again later.
    Warning,
    /// Somebody has to act.
    Failed,
}

impl Outcome {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Unknown => "unknown",
            Outcome::Warning => "warning",
            Outcome::Failed => "failed",
        }
    }
}

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Name, connection and TLS of a host.
    Host,
    /// A token was asked for.
    SignIn,
    /// The token is the one that was meant.
    Token,
    /// The token allows the feed.
    Permission,
    /// The feed's first page was read.
    Feed,
    /// The server's clock against ours.
    Clock,
    /// A sink can be reached and lets us in.
    Sink,
    /// The topics exist or will.
    Topic,
}

impl Check {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Check::Host => "host",
            Check::SignIn => "sign-in",
            Check::Token => "token",
            Check::Permission => "permission",
            Check::Feed => "feed",
            Check::Clock => "clock",
            Check::Sink => "sink",
            Check::Topic => "topic",
        }
    }
}

/// One check and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub check: Check,
    /// The feeds that it concerns; none where it concerns all or is about a sink.
    pub feeds: Vec<FeedKind>,
    pub outcome: Outcome,
    pub message: String,
    /// What somebody can do about it.
    pub advice: Option<String>,
    /// Which trouble of several tenants this is: its [`Shared::what`].
    pub shared: Option<String>,
}

impl Finding {
    pub(super) fn new(check: Check, outcome: Outcome, message: impl Into<String>) -> Self {
        Self { check, feeds: Vec::new(), outcome, message: message.into(), advice: None, shared: None }
    }

    pub(super) fn of(mut self, feeds: &[FeedKind]) -> Self {
        self.feeds = feeds.to_vec();
        self
    }

    pub(super) fn advised(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// Trouble that passes by itself is a warning: the daemon will try again, and so may whoever asked.
    pub(super) fn trouble(check: Check, error: &FetchError) -> Self {
        let outcome = match error.trouble {
            Trouble::Throttled(_) | Trouble::Passing => Outcome::Warning,
            Trouble::NeedsConsent | Trouble::Broken | Trouble::Stalled => Outcome::Failed,
        };
        let later = match error.trouble {
            Trouble::Throttled(Some(pause)) => Some(format!("again later: in {} s", pause.as_secs())),
            Trouble::Throttled(None) | Trouble::Passing => Some("again later".to_owned()),
            Trouble::NeedsConsent | Trouble::Broken | Trouble::Stalled => None,
        };
        let advice = error.advice.clone().into_iter().chain(later).reduce(|advice, later| format!("{advice}; {later}"));
        Self { check, feeds: Vec::new(), outcome, message: error.message.clone(), advice, shared: None }
    }
}

/// All that was found about one tenant or sink.
#[derive(Debug)]
pub struct Found<Name> {
    pub name: Name,
    pub findings: Vec<Finding>,
}

impl<Name> Found<Name> {
    /// The worst of its checks. What cannot be told is as good as good.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let worst = self.findings.iter().map(|finding| finding.outcome).max().unwrap_or(Outcome::Ok);
        if worst == Outcome::Unknown { Outcome::Ok } else { worst }
    }
}

/// Trouble that several tenants share, so that it need be told once only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// `app NAME (AADSTS…)` or `host NAME`.
    pub what: String,
    pub outcome: Outcome,
    pub message: String,
    pub advice: Option<String>,
    /// Those that it concerns.
    pub tenants: Vec<TenantName>,
}

impl Shared {
    /// `None` for a finding that is a tenant's own.
    pub(super) fn of(finding: &Finding, tenants: Vec<TenantName>) -> Option<Self> {
        let Finding { shared, outcome, message, advice, .. } = finding.clone();
        Some(Self { what: shared?, outcome, message, advice, tenants })
    }
}

/// Everything that was found.
#[derive(Debug)]
pub struct Report {
    /// In the order in which they were asked for.
    pub tenants: Vec<Found<TenantName>>,
    pub sinks: Vec<Found<SinkName>>,
    pub shared: Vec<Shared>,
}

impl Report {
    /// The worst of everything.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let tenants = self.tenants.iter().map(Found::outcome);
        let shared = self.shared.iter().map(|shared| shared.outcome);
        tenants.chain(self.sinks.iter().map(Found::outcome)).chain(shared).max().unwrap_or(Outcome::Ok)
    }
}
