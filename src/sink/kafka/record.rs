//! An alert as a Kafka record: topic, key, headers and time.

use std::collections::BTreeMap;

use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::BaseRecord;

use super::page::Receipt;
use crate::alert::Severity;
use crate::sink::topic::TopicTemplate;
use crate::sink::{Batch, Message};

/// What the records of one batch have in common.
pub(super) struct Envelope<'a> {
    batch: &'a Batch,
    topics: BTreeMap<Severity, String>,
}

/// One message with the time it is to carry, in milliseconds since 1970; the brokers' own or librdkafka's where there is none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outgoing<'a> {
    pub message: Message<'a>,
    pub at: Option<i64>,
}

impl<'a> Envelope<'a> {
    pub fn new(batch: &'a Batch, template: &TopicTemplate) -> Self {
        let mut topics = BTreeMap::new();
        for message in batch.messages() {
            let severity = message.about.severity;
            topics.entry(severity).or_insert_with(|| template.name(&batch.tenant, batch.feed, severity));
        }
        Self { batch, topics }
    }

    /// All messages of the batch. Brokers refuse a time in the future, and with it everything that travels along.
    pub fn outgoing(&self) -> Vec<Outgoing<'a>> {
        let now = crate::clock::now();
        let at = |message: &Message<'_>| message.about.at.map(|at| at.min(now).as_millisecond()).filter(|at| *at > 0);
        self.batch.messages().map(|message| Outgoing { message, at: at(&message) }).collect()
    }

    pub fn topic(&self, message: Message<'_>) -> &str {
        self.topics.get(&message.about.severity).map_or("", String::as_str)
    }

    /// `tenant_id:alert_id`, so that all revisions of an alert stand in one partition, in order.
    pub fn key(&self, message: Message<'_>) -> String {
        format!("{}:{}", self.batch.tenant.id, message.about.alert_id)
    }

    pub fn record<'r>(
        &'r self,
        outgoing: Outgoing<'r>,
        key: &'r str,
        receipt: Box<Receipt>,
    ) -> BaseRecord<'r, str, [u8], Box<Receipt>> {
        let Outgoing { message, at } = outgoing;
        let mut record = BaseRecord::with_opaque_to(self.topic(message), receipt)
            .key(key)
            .payload(message.payload)
            .headers(self.headers(message));
        record.timestamp = at;
        record
    }

    fn headers(&self, message: Message<'_>) -> OwnedHeaders {
        let Batch { tenant, feed, encoder, .. } = self.batch;
        [
            ("tenant", tenant.name.as_str()),
            ("tenant_id", tenant.id.as_str()),
            ("feed", feed.as_str()),
            ("severity", message.about.severity.as_str()),
            ("format", encoder.versioned()),
            ("alert_id", &message.about.alert_id),
        ]
        .into_iter()
        .fold(OwnedHeaders::new_with_capacity(6), |headers, (key, value)| headers.insert(Header { key, value: Some(value) }))
    }
}
