//! Metrics of how fast feeds ask: what their budgets allow, how much of it is used, and what they wait for.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::metrics::{FeedLabels, feed_labels};
use crate::source::FeedKind;
use crate::tenant::TenantName;

type Seconds = Counter<f64, AtomicU64>;

/// What was spent stands in `requests_total`.
#[derive(Debug, Default)]
pub struct Pace {
    budget_wait: Family<FeedLabels, Seconds>,
    cap_wait: Seconds,
    throttled: Family<FeedLabels, Seconds>,
    limit: Family<FeedLabels, Gauge<f64, AtomicU64>>,
    used: Family<FeedLabels, Gauge<f64, AtomicU64>>,
}

impl Pace {
    pub(super) fn register(&self, registry: &mut Registry) {
        // Counters: the crate appends `_total` itself.
        registry.register("budget_wait_seconds", "Time that requests waited for their feed's budget", self.budget_wait.clone());
        registry.register("cap_wait_seconds", "Time that requests waited for the cap of all feeds", self.cap_wait.clone());
        registry.register("throttled_seconds", "Time for which the API's throttling held a feed up", self.throttled.clone());
        registry.register("budget_limit_requests_per_second", "The lasting pace that a feed's budget allows", self.limit.clone());
        registry.register(
            "budget_used_ratio",
            "How much of what a feed may ask at once has been: 0 is nothing, at 1 the next request waits",
            self.used.clone(),
        );
    }

    /// A feed is there: its counters start at 0, so that they can be watched.
    pub fn feed(&self, tenant: &TenantName, feed: FeedKind) {
        self.budget_wait.get_or_create(&feed_labels(tenant, feed)).inc_by(0.0);
        self.throttled.get_or_create(&feed_labels(tenant, feed)).inc_by(0.0);
    }

    /// A request had leave to go after waiting for its own budget and for the cap.
    pub fn waited(&self, tenant: &TenantName, feed: FeedKind, own: Duration, cap: Duration) {
        if !own.is_zero() {
            self.budget_wait.get_or_create(&feed_labels(tenant, feed)).inc_by(own.as_secs_f64());
        }
        self.cap_wait.inc_by(cap.as_secs_f64());
    }

    /// The API throttles: the feed is left in peace for this long.
    pub fn throttled(&self, tenant: &TenantName, feed: FeedKind, pause: Duration) {
        self.throttled.get_or_create(&feed_labels(tenant, feed)).inc_by(pause.as_secs_f64());
    }

    /// What a feed's budget allows, in requests per second, and how much of it is used now.
    pub fn budget(&self, tenant: &TenantName, feed: FeedKind, per_second: f64, used: f64) {
        let labels = feed_labels(tenant, feed);
        self.limit.get_or_create(&labels).set(per_second);
        self.used.get_or_create(&labels).set(used);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::source::FeedKind::MdeAlerts;
    use crate::telemetry::Metrics;

    #[test]
    fn what_feeds_wait_for_can_be_read_by_prometheus() {
        let (metrics, tenant) = (Metrics::default(), "contoso".into());
        metrics.pace().feed(&tenant, MdeAlerts);
        let first = metrics.render();
        assert!(first.contains(r#"alertferry_throttled_seconds_total{tenant="contoso",feed="mde-alerts"} 0.0"#), "{first}");
        let second = Duration::from_secs(1);
        metrics.pace().waited(&tenant, MdeAlerts, 2 * second, second / 2);
        metrics.pace().waited(&tenant, MdeAlerts, second / 2, second / 4);
        metrics.pace().throttled(&tenant, MdeAlerts, 30 * second);
        metrics.pace().budget(&tenant, MdeAlerts, 0.5, 0.25);
        let text = metrics.render();
        for line in [
            r#"alertferry_budget_wait_seconds_total{tenant="contoso",feed="mde-alerts"} 2.5"#,
            "alertferry_cap_wait_seconds_total 0.75",
            r#"alertferry_throttled_seconds_total{tenant="contoso",feed="mde-alerts"} 30.0"#,
            r#"alertferry_budget_limit_requests_per_second{tenant="contoso",feed="mde-alerts"} 0.5"#,
            r#"alertferry_budget_used_ratio{tenant="contoso",feed="mde-alerts"} 0.25"#,
        ] {
            assert!(text.lines().any(|other| other == line), "{line} in\n{text}");
        }
    }
}
