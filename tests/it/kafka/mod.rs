//! The Kafka sink against real Apache Kafka, read back by an independent consumer.

mod codecs;
mod daemon;
mod delivery;
mod envelopes;
mod guarded;
mod missing_topics;
mod oauth;
mod outage;
mod refusal;
mod sizes;
mod statistics;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use alertferry::alert::Severity;
use alertferry::format::{Encoder, Format};
use alertferry::sink::kafka::{ConnectError, Kafka};
use alertferry::sink::settings::{self, KafkaOption};
use alertferry::sink::{About, Batch, Delivery, Sink as _, Verdict};
use alertferry::source::FeedKind;
use alertferry::tenant::Tenant;

/// Far longer than anything here takes, even on a busy machine.
const GENEROUS: Duration = Duration::from_mins(1);

fn tenant(name: &str) -> Arc<Tenant> {
    Arc::new(Tenant {
        name: name.into(),
        id: format!("id-of-{name}").into(),
        customer: format!("{name} Ltd"),
        labels: BTreeMap::new(),
    })
}

fn settings(brokers: &str, topic: &str, options: &[(&str, &str)]) -> settings::Kafka {
    let options = options.iter().map(|(name, value)| ((*name).to_owned(), KafkaOption::Plain((*value).to_owned()))).collect();
    settings::Kafka { options, ..settings::Kafka::new(vec![brokers.to_owned()], topic) }
}

fn connect(settings: &settings::Kafka) -> Result<Kafka, ConnectError> {
    Kafka::connect("siem".into(), settings, None, &Arc::default())
}

fn sink(brokers: &str, topic: &str) -> Kafka {
    connect(&settings(brokers, topic, &[])).expect("a sink")
}

fn empty(tenant: &Arc<Tenant>) -> Batch {
    Batch::new(Arc::clone(tenant), FeedKind::GraphAlerts, Encoder::of(Format::Ocsf))
}

fn add(batch: &mut Batch, id: &str, payload: &[u8]) {
    let encoded: Result<(), Infallible> = batch.push(About::alert(id, Severity::High, None), |out| {
        out.extend_from_slice(payload);
        Ok(())
    });
    let Ok(()) = encoded;
}

/// A batch of alerts with these IDs and a payload that names tenant and ID.
fn batch(tenant: &Arc<Tenant>, ids: impl IntoIterator<Item = String>) -> Batch {
    let mut batch = empty(tenant);
    for id in ids {
        add(&mut batch, &id, format!("{{\"tenant\":\"{}\",\"id\":\"{id}\"}}", tenant.name).as_bytes());
    }
    batch
}

/// Delivers, and fails the test rather than hang.
async fn deliver(sink: &Kafka, batch: &Batch) -> Delivery {
    let delivery = tokio::time::timeout(GENEROUS, sink.deliver(batch)).await.expect("an answer");
    assert_eq!(delivery.verdicts.len(), batch.len());
    assert_eq!(delivery.failure.is_some(), delivery.verdicts.contains(&Verdict::Unknown), "{:?}", delivery.failure);
    delivery
}

#[track_caller]
fn assert_complete(delivery: &Delivery) {
    assert!(delivery.failure.is_none(), "{:?}", delivery.failure);
    assert!(delivery.verdicts.iter().all(|verdict| *verdict == Verdict::Delivered), "{:?}", delivery.verdicts);
}
