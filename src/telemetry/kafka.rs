//! Metrics of Kafka clients: what waits in them, what they sent, and how their brokers answer.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::Metrics;
use crate::tenant::SinkName;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SinkLabels {
    sink: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BrokerLabels {
    sink: String,
    broker: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct QuantileLabels {
    sink: String,
    broker: String,
    quantile: &'static str,
}

type Whole = Gauge<i64, AtomicI64>;
type Seconds = Gauge<f64, AtomicU64>;

/// Brokers are those of the cluster, so that these labels are bounded too.
#[derive(Debug, Default)]
pub struct KafkaMetrics {
    queue_messages: Family<SinkLabels, Whole>,
    queue_bytes: Family<SinkLabels, Whole>,
    messages: Family<SinkLabels, Counter>,
    bytes: Family<SinkLabels, Counter>,
    errors: Family<SinkLabels, Counter>,
    retries: Family<SinkLabels, Counter>,
    disconnects: Family<SinkLabels, Counter>,
    connected: Family<BrokerLabels, Whole>,
    round_trip: Family<QuantileLabels, Seconds>,
}

/// What one client says of itself. Totals count from when it was made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// Messages handed over that no broker has acknowledged yet, and their bytes.
    pub queue: (u64, u64),
    /// Messages that went to brokers, those that went twice included, and their bytes before compression.
    pub sent: (u64, u64),
    /// Requests that could not be sent or were not answered in time.
    pub errors: u64,
    /// Requests that were sent again.
    pub retries: u64,
    pub disconnects: u64,
    /// By `host:port`.
    pub brokers: BTreeMap<String, BrokerReading>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct BrokerReading {
    pub connected: bool,
    /// Median and 99th percentile of the last interval, in seconds, where there was a request.
    pub round_trip: Option<(f64, f64)>,
}

impl KafkaMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        // Counters: the crate appends `_total` itself.
        registry.register(
            "kafka_queue_messages",
            "Messages that a Kafka sink's client has not got acknowledged yet",
            self.queue_messages.clone(),
        );
        registry.register("kafka_queue_bytes", "Bytes of these messages", self.queue_bytes.clone());
        registry.register("kafka_transmitted_messages", "Messages that went to the brokers", self.messages.clone());
        registry.register("kafka_transmitted_bytes", "Bytes of these messages before compression", self.bytes.clone());
        registry.register(
            "kafka_transmit_errors",
            "Requests to brokers that could not be sent or were not answered in time",
            self.errors.clone(),
        );
        registry.register("kafka_transmit_retries", "Requests to brokers that were sent again", self.retries.clone());
        registry.register("kafka_disconnects", "Connections to brokers that ended", self.disconnects.clone());
        registry.register(
            "kafka_broker_connected",
            "1 while a connection to the broker stands; brokers end idle ones",
            self.connected.clone(),
        );
        registry.register(
            "kafka_broker_rtt_seconds",
            "How long the broker took to answer in the last interval",
            self.round_trip.clone(),
        );
    }
}

/// Turns the readings of one client into metrics of its sink, which may have several clients over time and at a time.
#[derive(Debug)]
pub struct Meter {
    metrics: Arc<Metrics>,
    sink: SinkLabels,
    last: Mutex<Reading>,
}

impl Meter {
    /// Counters start at 0, so that they can be watched.
    #[must_use]
    pub fn new(metrics: Arc<Metrics>, sink: &SinkName) -> Self {
        let meter = Self { metrics, sink: SinkLabels { sink: sink.to_string() }, last: Mutex::default() };
        meter.take(Reading::default());
        meter
    }

    /// The client said something of itself.
    pub fn take(&self, reading: Reading) {
        let kafka = self.metrics.kafka();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        for (family, now, before) in
            [(&kafka.queue_messages, reading.queue.0, last.queue.0), (&kafka.queue_bytes, reading.queue.1, last.queue.1)]
        {
            family.get_or_create(&self.sink).inc_by(now.cast_signed() - before.cast_signed());
        }
        for (family, now, before) in [
            (&kafka.messages, reading.sent.0, last.sent.0),
            (&kafka.bytes, reading.sent.1, last.sent.1),
            (&kafka.errors, reading.errors, last.errors),
            (&kafka.retries, reading.retries, last.retries),
            (&kafka.disconnects, reading.disconnects, last.disconnects),
        ] {
            family.get_or_create(&self.sink).inc_by(now.saturating_sub(before));
        }
        for name in last.brokers.keys().filter(|name| !reading.brokers.contains_key(*name)) {
            self.forget(name);
        }
        for (name, broker) in &reading.brokers {
            kafka.connected.get_or_create(&self.broker(name)).set(i64::from(broker.connected));
            if let Some((median, most)) = broker.round_trip {
                let [half, almost_all] = self.quantiles(name);
                kafka.round_trip.get_or_create(&half).set(median);
                kafka.round_trip.get_or_create(&almost_all).set(most);
            }
        }
        *last = reading;
    }

    fn forget(&self, broker: &str) {
        let kafka = self.metrics.kafka();
        kafka.connected.remove(&self.broker(broker));
        for labels in self.quantiles(broker) {
            kafka.round_trip.remove(&labels);
        }
    }

    fn broker(&self, name: &str) -> BrokerLabels {
        BrokerLabels { sink: self.sink.sink.clone(), broker: name.to_owned() }
    }

    fn quantiles(&self, name: &str) -> [QuantileLabels; 2] {
        ["0.5", "0.99"].map(|quantile| QuantileLabels { sink: self.sink.sink.clone(), broker: name.to_owned(), quantile })
    }
}

impl Drop for Meter {
    /// What waited in a client went with it; what it counted stays counted.
    fn drop(&mut self) {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.take(Reading { queue: (0, 0), brokers: BTreeMap::new(), ..last });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::{BrokerReading, Meter, Reading};
    use crate::telemetry::Metrics;

    fn assert_lines(metrics: &Metrics, lines: &[&str]) {
        let text = metrics.render();
        for line in lines {
            assert!(text.lines().any(|other| other == *line), "{line} in\n{text}");
        }
    }

    #[test]
    fn clients_of_one_sink_add_up_and_a_new_one_goes_on_counting() {
        let metrics = Arc::new(Metrics::default());
        let (one, other) = (Meter::new(Arc::clone(&metrics), &"siem".into()), Meter::new(Arc::clone(&metrics), &"siem".into()));
        assert_lines(&metrics, &[r#"alertferry_kafka_transmitted_messages_total{sink="siem"} 0"#]);
        let brokers = BTreeMap::from([("b:9092".to_owned(), BrokerReading { connected: true, round_trip: Some((0.25, 0.5)) })]);
        one.take(Reading { queue: (5, 500), sent: (10, 1000), retries: 1, brokers, ..Reading::default() });
        other.take(Reading { queue: (1, 100), sent: (2, 200), errors: 3, ..Reading::default() });
        assert_lines(
            &metrics,
            &[
                r#"alertferry_kafka_queue_messages{sink="siem"} 6"#,
                r#"alertferry_kafka_queue_bytes{sink="siem"} 600"#,
                r#"alertferry_kafka_transmitted_messages_total{sink="siem"} 12"#,
                r#"alertferry_kafka_transmitted_bytes_total{sink="siem"} 1200"#,
                r#"alertferry_kafka_transmit_errors_total{sink="siem"} 3"#,
                r#"alertferry_kafka_transmit_retries_total{sink="siem"} 1"#,
                r#"alertferry_kafka_disconnects_total{sink="siem"} 0"#,
                r#"alertferry_kafka_broker_connected{sink="siem",broker="b:9092"} 1"#,
                r#"alertferry_kafka_broker_rtt_seconds{sink="siem",broker="b:9092",quantile="0.5"} 0.25"#,
                r#"alertferry_kafka_broker_rtt_seconds{sink="siem",broker="b:9092",quantile="0.99"} 0.5"#,
            ],
        );
        drop(one);
        assert!(!metrics.render().contains("b:9092"), "a broker that nobody knows any more");
        let next = Meter::new(Arc::clone(&metrics), &"siem".into());
        next.take(Reading { sent: (1, 10), ..Reading::default() });
        assert_lines(
            &metrics,
            &[
                r#"alertferry_kafka_queue_messages{sink="siem"} 1"#,
                r#"alertferry_kafka_transmitted_messages_total{sink="siem"} 13"#,
            ],
        );
    }
}
