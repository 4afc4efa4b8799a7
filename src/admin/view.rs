//! What the admin endpoint shows, and the trait through which it gets it.

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde::Serialize;

/// The present state of the daemon, as the admin endpoint asks for it. Each answer is a snapshot; none may hold a secret.
pub trait View: Send + Sync {
    /// `OpenMetrics` text with its final `# EOF`.
    fn metrics(&self) -> String;

    /// `Err` says what is missing: configured, ledger open, at least one sink reachable.
    fn ready(&self) -> Result<(), String>;

    /// All tenants, in the order in which people should read them.
    fn tenants(&self) -> Vec<TenantView>;

    /// All sinks, in the order in which people should read them.
    fn sinks(&self) -> Vec<SinkView>;

    /// The apps whose credential has an end that is known.
    fn credentials(&self) -> Vec<CredentialView>;

    /// The alarms that stand, the gravest first.
    fn alarms(&self) -> Vec<AlarmView>;

    /// The dead letters, newest first; whoever implements this bounds how many. `Err` says why they cannot be read:
    /// an empty list would claim that nothing was kept aside.
    fn dead_letters(&self) -> BoxFuture<'_, Result<Vec<DeadLetterView>, String>>;
}

/// Something that somebody should know and do something about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlarmView {
    /// One of the words of `docs/alarms.md`.
    pub kind: String,
    pub tenant: Option<String>,
    pub feed: Option<String>,
    pub sink: Option<String>,
    pub app: Option<String>,
    /// Since when it is so, as far as is known.
    pub since: Timestamp,
    pub message: String,
    pub advice: String,
}

/// A tenant with its feeds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TenantView {
    /// Our word for it.
    pub name: String,
    /// The Entra directory's GUID.
    pub tenant_id: String,
    /// The customer's name for people.
    pub customer: String,
    pub feeds: Vec<FeedView>,
}

/// How one feed of a tenant is doing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeedView {
    pub feed: String,
    /// One of `ok`, `throttled`, `degraded`, `needs_consent`, `broken`, `stalled`, `silent`.
    pub state: String,
    /// When it came into this state.
    pub since: Timestamp,
    /// The end of the last pass that went well; `None` when there was none yet.
    pub last_success: Option<Timestamp>,
    /// Age of the newest moment up to which the feed has been read and delivered; `None` before it is known.
    pub freshness_seconds: Option<f64>,
    pub last_error: Option<String>,
    /// What somebody can do about it.
    pub advice: Option<String>,
}

/// How one sink is doing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SinkView {
    pub name: String,
    /// `kafka`, `syslog` or `file`.
    pub kind: String,
    /// It took what it was last given.
    pub up: bool,
    /// When `up` last changed.
    pub since: Timestamp,
    pub last_error: Option<String>,
    pub advice: Option<String>,
}

/// When an app's credential ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CredentialView {
    pub app: String,
    pub expires: Timestamp,
    /// Whole days; negative once it has ended.
    pub days_left: i64,
}

/// An alert kept aside. Its body stays in the ledger: `alertferry dead-letters show` prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeadLetterView {
    pub tenant: String,
    pub feed: String,
    /// `None` when no route could ever take it.
    pub sink: Option<String>,
    pub alert_id: String,
    pub reason: String,
    pub at: Timestamp,
}
