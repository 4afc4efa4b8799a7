//! The ledger's metrics: its size on disk, how long its commits take, and what had to go.

use std::sync::atomic::AtomicI64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::tenant::{SinkName, TenantName};

/// From a fast disk's half millisecond to the seconds of one in trouble.
const COMMIT_SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DroppedLabels {
    tenant: String,
    sink: String,
}

/// What is told of the ledger.
#[derive(Debug)]
pub struct LedgerMetrics {
    bytes: Gauge<i64, AtomicI64>,
    free: Gauge<i64, AtomicI64>,
    log: Gauge<i64, AtomicI64>,
    room: Gauge<i64, AtomicI64>,
    commits: Histogram,
    dropped: Family<DroppedLabels, Counter>,
}

impl Default for LedgerMetrics {
    fn default() -> Self {
        Self {
            bytes: Gauge::default(),
            free: Gauge::default(),
            log: Gauge::default(),
            room: Gauge::default(),
            commits: Histogram::new(COMMIT_SECONDS),
            dropped: Family::default(),
        }
    }
}

impl LedgerMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("ledger_bytes", "Size of the ledger's file", self.bytes.clone());
        registry.register("ledger_free_bytes", "Free room inside the ledger's file, to be used again", self.free.clone());
        registry.register("ledger_wal_bytes", "Size of the log beside the ledger's file", self.log.clone());
        registry.register("ledger_disk_free_bytes", "What the ledger's file system has left", self.room.clone());
        registry.register("ledger_commit_seconds", "How long a page waited until it was durable", self.commits.clone());
        registry.register(
            "dead_letters_dropped",
            "Dead letters dropped because their tenant and sink had more than may be kept",
            self.dropped.clone(),
        );
    }

    /// The sizes, in bytes; `room` is what the file system has left, where it says.
    pub fn sizes(&self, bytes: u64, free: u64, log: u64, room: Option<u64>) {
        let amount = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        self.bytes.set(amount(bytes));
        self.free.set(amount(free));
        self.log.set(amount(log));
        self.room.set(room.map_or(-1, amount));
    }

    /// A page waited this long until it was durable.
    pub fn committed(&self, waited: Duration) {
        self.commits.observe(waited.as_secs_f64());
    }

    /// Dead letters were dropped; an empty sink label stands for the feed itself.
    pub fn dropped(&self, tenant: &TenantName, sink: Option<&SinkName>, count: u64) {
        let labels = DroppedLabels { tenant: tenant.to_string(), sink: sink.map(ToString::to_string).unwrap_or_default() };
        self.dropped.get_or_create(&labels).inc_by(count);
    }
}
