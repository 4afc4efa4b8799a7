//! What is told of alarms: a line when one comes or goes, and a series for each that stands.

use std::sync::atomic::AtomicI64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tracing::{error, info, warn};

use crate::alarm::{Alarm, Kind, Subject};
use crate::source::FeedKind;
use crate::tenant::{SinkName, TenantName};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AlarmLabels {
    kind: &'static str,
    tenant: String,
    feed: &'static str,
    sink: String,
    app: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabels {
    kind: &'static str,
}

/// Series of alarms. One that is over is taken away, so that there are never more than parts of the configuration in trouble.
#[derive(Debug)]
pub struct AlarmMetrics {
    alarm: Family<AlarmLabels, Gauge<i64, AtomicI64>>,
    standing: Family<KindLabels, Gauge<i64, AtomicI64>>,
    raised: Family<KindLabels, Counter>,
}

impl Default for AlarmMetrics {
    fn default() -> Self {
        let metrics = Self { alarm: Family::default(), standing: Family::default(), raised: Family::default() };
        for kind in Kind::ALL {
            // What starts at 0 can be watched.
            metrics.standing.get_or_create(&KindLabels { kind: kind.as_str() }).set(0);
            metrics.raised.get_or_create(&KindLabels { kind: kind.as_str() }).inc_by(0);
        }
        metrics
    }
}

impl AlarmMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("alarm", "1 for each alarm that stands; labels that do not apply are empty", self.alarm.clone());
        registry.register("alarms_standing", "How many alarms of a kind stand", self.standing.clone());
        registry.register("alarms_raised", "Alarms of a kind that have come since the start", self.raised.clone());
    }

    /// An alarm has come.
    pub fn came(&self, alarm: &Alarm) {
        let kind = KindLabels { kind: alarm.subject.kind.as_str() };
        self.alarm.get_or_create(&labels(&alarm.subject)).set(1);
        self.standing.get_or_create(&kind).inc();
        self.raised.get_or_create(&kind).inc();
    }

    /// It has gone.
    pub fn gone(&self, alarm: &Alarm) {
        self.alarm.remove(&labels(&alarm.subject));
        self.standing.get_or_create(&KindLabels { kind: alarm.subject.kind.as_str() }).dec();
    }
}

fn labels(subject: &Subject) -> AlarmLabels {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    AlarmLabels {
        kind: subject.kind.as_str(),
        tenant: text(subject.tenant.as_ref().map(TenantName::as_str)),
        feed: subject.feed.map_or("", FeedKind::as_str),
        sink: text(subject.sink.as_ref().map(SinkName::as_str)),
        app: text(subject.app.as_deref()),
    }
}

/// An alarm came: `error` where alerts are held up until somebody acts, `warn` where somebody should look.
pub fn came(alarm: &Alarm) {
    let Alarm { subject, since, message, advice } = alarm;
    let Subject { kind, tenant, feed, sink, app } = subject;
    let (tenant, sink) = (tenant.as_ref().map(TenantName::as_str), sink.as_ref().map(SinkName::as_str));
    let (feed, app) = (feed.map(FeedKind::as_str), app.as_deref());
    if kind.holds_up() {
        error!(alarm = %kind, tenant, feed, sink, app, %since, error = message, advice, "An alarm came");
    } else {
        warn!(alarm = %kind, tenant, feed, sink, app, %since, error = message, advice, "An alarm came");
    }
}

/// An alarm went.
pub fn gone(alarm: &Alarm) {
    let Subject { kind, tenant, feed, sink, app } = &alarm.subject;
    let (tenant, sink) = (tenant.as_ref().map(TenantName::as_str), sink.as_ref().map(SinkName::as_str));
    let (feed, app) = (feed.map(FeedKind::as_str), app.as_deref());
    info!(alarm = %kind, tenant, feed, sink, app, since = %alarm.since, "An alarm is over");
}

/// Many alarms have one cause, most likely.
pub fn crowd(kind: Kind, count: usize, advice: &str) {
    error!(alarm = %kind, count, advice, "Many alarms of one kind stand; look for the cause that they share first");
}

/// What a feed's rhythm had learnt could not be kept or found; it goes on without, and learns anew.
pub fn rhythm_not_kept(error: &str) {
    warn!(error, "How often alerts come could not be kept in the ledger; silence may be told later than it could be");
}
