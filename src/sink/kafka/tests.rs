//! The sink against librdkafka's mock cluster, for faults that real brokers do not produce on request.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};

use super::Kafka;
use crate::alert::Severity;
use crate::format::Encoder;
use crate::sink::settings::{self, KafkaOption};
use crate::sink::{About, Batch, Delivery, Sink as _, Verdict};
use crate::source::FeedKind;
use crate::tenant::Tenant;

fn cluster() -> MockCluster<'static, DefaultProducerContext> {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic("alerts", 2, 1).unwrap();
    cluster
}

fn sink(cluster: &MockCluster<'_, DefaultProducerContext>, options: &[(&str, &str)]) -> Kafka {
    let options = options.iter().map(|(name, value)| ((*name).to_owned(), KafkaOption::Plain((*value).to_owned()))).collect();
    let settings = settings::Kafka { options, ..settings::Kafka::new(vec![cluster.bootstrap_servers()], "alerts") };
    Kafka::connect("siem".into(), &settings, None, &Arc::default()).unwrap()
}

fn batch(len: usize) -> Batch {
    let tenant = Tenant { name: "contoso".into(), id: "1".into(), customer: "Contoso".into(), labels: BTreeMap::new() };
    let mut batch = Batch::new(Arc::new(tenant), FeedKind::GraphAlerts, Encoder::Raw);
    for number in 0..len {
        batch.push(About::alert(&number.to_string(), Severity::Low, None), |_| Ok::<(), ()>(())).unwrap();
    }
    batch
}

async fn deliver(sink: &Kafka, batch: &Batch) -> Delivery {
    tokio::time::timeout(Duration::from_mins(1), sink.deliver(batch)).await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_producer_that_failed_for_good_is_replaced() {
    let cluster = cluster();
    let denied = RDKafkaRespErr::RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED;
    cluster.request_errors(RDKafkaApiKey::InitProducerId, &[denied]);
    let sink = sink(&cluster, &[]);
    let page = batch(10);
    let failed = deliver(&sink, &page).await;
    assert_eq!(failed.verdicts, vec![Verdict::Unknown; 10]);
    let failure = failed.failure.unwrap();
    assert!(failure.message.starts_with("kafka sink siem ("), "{}", failure.message);
    assert!(failure.advice.as_ref().is_some_and(|advice| advice.contains("IdempotentWrite")), "{failure:?}");

    let replaced = async {
        while deliver(&sink, &page).await.failure.is_some() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), replaced).await.expect("a new producer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_of_librdkafkas_is_waited_out() {
    let cluster = cluster();
    let sink = sink(&cluster, &[("queue.buffering.max.messages", "10")]);
    let (one, other) = (batch(300), batch(300));
    let (one, other) = tokio::join!(deliver(&sink, &one), deliver(&sink, &other));
    for delivery in [one, other] {
        assert_eq!(delivery.verdicts, vec![Verdict::Delivered; 300], "{:?}", delivery.failure);
    }
}
