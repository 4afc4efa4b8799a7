//! Every metric, named once. Labels are bounded words: tenants, feeds and sinks of the configuration, and our own enums.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::alarms::AlarmMetrics;
use super::kafka::KafkaMetrics;
use super::ledger::LedgerMetrics;
use super::pace::Pace;
use crate::pipeline::outcome::Outcome;
use crate::source::FeedKind;
use crate::tenant::{SinkName, TenantName};

/// A feed of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct FeedLabels {
    tenant: String,
    feed: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    tenant: String,
    feed: &'static str,
    sink: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    tenant: String,
    feed: &'static str,
    sink: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    tenant: String,
    feed: &'static str,
    status: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabels {
    tenant: String,
    feed: &'static str,
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SinkLabels {
    sink: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeadLetterLabels {
    tenant: String,
    sink: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AppLabels {
    app: String,
}

/// All metrics with the registry that prints them. Made once and passed along; there is no global.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    read: Family<FeedLabels, Counter>,
    outcomes: Family<OutcomeLabels, Counter>,
    shortened: Family<RouteLabels, Counter>,
    requests: Family<RequestLabels, Counter>,
    freshness: Family<FeedLabels, Gauge<f64, AtomicU64>>,
    state: Family<StateLabels, Gauge<i64, AtomicI64>>,
    sink_up: Family<SinkLabels, Gauge<i64, AtomicI64>>,
    dead_letters: Family<DeadLetterLabels, Gauge<i64, AtomicI64>>,
    ledger_ids: Gauge<i64, AtomicI64>,
    credential_expiry: Family<AppLabels, Gauge<i64, AtomicI64>>,
    pace: Pace,
    kafka: KafkaMetrics,
    ledger: LedgerMetrics,
    alarms: AlarmMetrics,
    totals: Totals,
}

/// Sums over all tenants, for summaries.
#[derive(Debug, Default)]
struct Totals {
    read: AtomicU64,
    outcomes: [AtomicU64; Outcome::ALL.len()],
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("alertferry");
        let metrics = Self {
            read: Family::default(),
            outcomes: Family::default(),
            shortened: Family::default(),
            requests: Family::default(),
            freshness: Family::default(),
            state: Family::default(),
            sink_up: Family::default(),
            dead_letters: Family::default(),
            ledger_ids: Gauge::default(),
            credential_expiry: Family::default(),
            pace: Pace::default(),
            kafka: KafkaMetrics::default(),
            ledger: LedgerMetrics::default(),
            alarms: AlarmMetrics::default(),
            totals: Totals::default(),
            registry: Registry::default(),
        };
        // Counters: the crate appends `_total` itself.
        registry.register(
            "alerts_read",
            "Alerts and incidents read from a feed, each revision once a pass",
            metrics.read.clone(),
        );
        registry.register("alerts", "Alerts and incidents by what became of them on a route", metrics.outcomes.clone());
        registry.register(
            "alerts_shortened",
            "Forwarded alerts and incidents that were shortened to fit their sink",
            metrics.shortened.clone(),
        );
        registry.register(
            "requests",
            "Requests to a feed's API by HTTP status, or `error` where none came",
            metrics.requests.clone(),
        );
        registry.register(
            "feed_freshness_seconds",
            "Age of the newest moment up to which the feed has been read and delivered",
            metrics.freshness.clone(),
        );
        registry.register("feed_state", "1 for the feed's present state", metrics.state.clone());
        registry.register("sink_up", "1 while the sink takes alerts", metrics.sink_up.clone());
        registry.register("dead_letters", "Alerts and incidents kept aside with a reason", metrics.dead_letters.clone());
        registry.register("ledger_ids", "Alert IDs remembered", metrics.ledger_ids.clone());
        registry.register(
            "credential_expiry_timestamp_seconds",
            "When an app's credential expires, where that is known",
            metrics.credential_expiry.clone(),
        );
        metrics.pace.register(&mut registry);
        metrics.kafka.register(&mut registry);
        metrics.ledger.register(&mut registry);
        metrics.alarms.register(&mut registry);
        Self { registry, ..metrics }
    }
}

impl Metrics {
    /// The text for Prometheus, with its final `# EOF`.
    #[must_use]
    pub fn render(&self) -> String {
        let mut out = String::new();
        // Writing to a String does not fail.
        let _ = text::encode(&mut out, &self.registry);
        out
    }

    /// How fast feeds ask, and what holds them up.
    #[must_use]
    pub fn pace(&self) -> &Pace {
        &self.pace
    }

    /// What Kafka clients tell of themselves.
    #[must_use]
    pub fn kafka(&self) -> &KafkaMetrics {
        &self.kafka
    }

    /// Which alarms stand.
    #[must_use]
    pub fn alarms(&self) -> &AlarmMetrics {
        &self.alarms
    }

    /// What is told of the ledger.
    #[must_use]
    pub fn ledger(&self) -> &LedgerMetrics {
        &self.ledger
    }

    /// One request to a feed's API was answered with this status, or failed (`error`).
    pub fn request(&self, tenant: &TenantName, feed: FeedKind, status: &str) {
        let labels = RequestLabels { tenant: tenant.to_string(), feed: feed.as_str(), status: status.to_owned() };
        self.requests.get_or_create(&labels).inc();
    }

    /// Alerts were read.
    pub fn read(&self, tenant: &TenantName, feed: FeedKind, count: u64) {
        self.read.get_or_create(&feed_labels(tenant, feed)).inc_by(count);
        self.totals.read.fetch_add(count, Ordering::Relaxed);
    }

    /// Alerts of a route ended in an outcome.
    pub fn outcome(&self, tenant: &TenantName, feed: FeedKind, sink: &SinkName, outcome: Outcome, count: u64) {
        let labels =
            OutcomeLabels { tenant: tenant.to_string(), feed: feed.as_str(), sink: sink.to_string(), outcome: outcome.as_str() };
        self.outcomes.get_or_create(&labels).inc_by(count);
        self.totals.outcomes[outcome as usize].fetch_add(count, Ordering::Relaxed);
    }

    /// Forwarded alerts of a route were shortened to fit its sink.
    pub fn shortened(&self, tenant: &TenantName, feed: FeedKind, sink: &SinkName, count: u64) {
        let labels = RouteLabels { tenant: tenant.to_string(), feed: feed.as_str(), sink: sink.to_string() };
        self.shortened.get_or_create(&labels).inc_by(count);
    }

    /// Alerts read so far, over all tenants.
    #[must_use]
    pub fn total_read(&self) -> u64 {
        self.totals.read.load(Ordering::Relaxed)
    }

    /// Alerts that ended like this so far, over all routes.
    #[must_use]
    pub fn total(&self, outcome: Outcome) -> u64 {
        self.totals.outcomes[outcome as usize].load(Ordering::Relaxed)
    }

    /// When an app's credential expires.
    pub fn credential_expiry(&self, app: &str, at: jiff::Timestamp) {
        self.credential_expiry.get_or_create(&AppLabels { app: app.to_owned() }).set(at.as_second());
    }

    /// How old the newest complete moment of a feed is.
    pub fn freshness(&self, tenant: &TenantName, feed: FeedKind, seconds: f64) {
        self.freshness.get_or_create(&feed_labels(tenant, feed)).set(seconds);
    }

    /// A feed's state: 1 for `present`, 0 for each other word of `all`.
    pub fn state(&self, tenant: &TenantName, feed: FeedKind, present: &'static str, all: &[&'static str]) {
        for state in all {
            let labels = StateLabels { tenant: tenant.to_string(), feed: feed.as_str(), state };
            self.state.get_or_create(&labels).set(i64::from(*state == present));
        }
    }

    /// Whether a sink takes alerts.
    pub fn sink_up(&self, sink: &SinkName, up: bool) {
        self.sink_up.get_or_create(&SinkLabels { sink: sink.to_string() }).set(i64::from(up));
    }

    /// Alerts kept aside; an empty sink label stands for the feed itself.
    pub fn dead_letters(&self, tenant: &TenantName, sink: Option<&SinkName>, count: u64) {
        let labels = DeadLetterLabels { tenant: tenant.to_string(), sink: sink.map(ToString::to_string).unwrap_or_default() };
        self.dead_letters.get_or_create(&labels).set(count.try_into().unwrap_or(i64::MAX));
    }

    /// None is kept aside any more, where any was.
    pub fn no_dead_letters(&self, tenant: &TenantName, sink: Option<&SinkName>) {
        let labels = DeadLetterLabels { tenant: tenant.to_string(), sink: sink.map(ToString::to_string).unwrap_or_default() };
        if let Some(gauge) = self.dead_letters.get(&labels) {
            gauge.set(0);
        }
    }

    /// How many IDs the ledger remembers.
    pub fn ledger_ids(&self, count: u64) {
        self.ledger_ids.set(count.try_into().unwrap_or(i64::MAX));
    }
}

pub(super) fn feed_labels(tenant: &TenantName, feed: FeedKind) -> FeedLabels {
    FeedLabels { tenant: tenant.to_string(), feed: feed.as_str() }
}
