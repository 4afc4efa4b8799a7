//! What the operator wrote, checked: a file, then `tenants.d/*.toml`, then the environment.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::pipeline::filter::Filter;
use crate::pipeline::schedule::Sweep;
use crate::retry::Retry;
use crate::source::FeedKind;
use crate::source::cloud::Cloud;
use crate::source::entra::App;
use crate::source::throttle::Rate;
use crate::tenant::{SinkName, Tenant};
use crate::{ledger, sink};

/// Everything that the program needs to know. Each value has been checked, each name resolves.
#[derive(Debug, Clone)]
pub struct Settings {
    pub ledger: ledger::settings::Settings,
    /// Where the admin endpoint listens.
    pub listen: SocketAddr,
    pub shutdown_deadline: Duration,
    pub sinks: BTreeMap<SinkName, sink::settings::Settings>,
    pub tenants: Vec<TenantSettings>,
    /// Worth a look, but no reason to refuse.
    pub warnings: Vec<String>,
}

/// One tenant with everything that `[defaults]` gave it.
#[derive(Debug, Clone)]
pub struct TenantSettings {
    pub tenant: Arc<Tenant>,
    pub app: Arc<App>,
    pub cloud: Arc<Cloud>,
    pub feeds: Vec<FeedKind>,
    pub sinks: Vec<SinkName>,
    pub interval: Duration,
    pub delay: Duration,
    pub overlap: Duration,
    pub lookback: Duration,
    pub sweep: Sweep,
    /// How often trouble that only a person can mend is looked at again.
    pub recheck: Duration,
    pub feed_retry: Retry,
    pub sink_retry: Retry,
    pub filter: Filter,
    pub budget: BTreeMap<FeedKind, Vec<Rate>>,
    pub page_size: BTreeMap<FeedKind, u32>,
}
