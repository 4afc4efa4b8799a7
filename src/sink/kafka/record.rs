//! An alert as a Kafka record: topic, key, headers, value and time, and how long its message may be.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::BaseRecord;

use super::page::Receipt;
use crate::alert::Severity;
use crate::format::Encoder;
use crate::sink::cloudevents::{Event, STRUCTURED};
use crate::sink::settings::Envelope;
use crate::sink::topic::TopicTemplate;
use crate::sink::{About, Batch, Message};
use crate::source::FeedKind;
use crate::tenant::Tenant;

/// What Kafka's record format adds at the most: lengths and times, each a number of up to ten octets.
const FRAME: usize = 64;

/// What it adds to each header: the lengths of its name and its value.
const HEADER_FRAME: usize = 10;

/// What the records of one batch have in common.
pub(super) struct Shipment<'a> {
    batch: &'a Batch,
    envelope: Envelope,
    topics: BTreeMap<Severity, String>,
}

/// One message with the time it is to carry, in milliseconds since 1970; the brokers' own or librdkafka's where there is none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outgoing<'a> {
    pub message: Message<'a>,
    pub at: Option<i64>,
}

/// The parts of a record that somebody must own while it is handed over.
pub(super) struct Sealed<'a> {
    topic: &'a str,
    key: String,
    value: Cow<'a, [u8]>,
    at: Option<i64>,
}

impl<'a> Shipment<'a> {
    pub fn new(batch: &'a Batch, template: &TopicTemplate, envelope: Envelope) -> Self {
        let mut topics = BTreeMap::new();
        for message in batch.messages() {
            let severity = message.about.severity;
            topics.entry(severity).or_insert_with(|| template.name(&batch.tenant, batch.feed, severity));
        }
        Self { batch, envelope, topics }
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

    /// Where the batch goes.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.topics.values().map(String::as_str)
    }

    /// Makes a record of a message, but for its headers.
    pub fn seal<'s>(&'s self, Outgoing { message, at }: Outgoing<'s>) -> Sealed<'s> {
        let Batch { tenant, feed, encoder, .. } = self.batch;
        let value = match self.envelope {
            Envelope::None | Envelope::CloudEvents => Cow::Borrowed(message.payload),
            Envelope::CloudEventsStructured => {
                Cow::Owned(Event::new(tenant, *feed, *encoder, message.about).document(message.payload))
            }
        };
        Sealed { topic: self.topic(message), key: key(tenant, message.about), value, at }
    }

    pub fn headers(&self, about: &About) -> OwnedHeaders {
        let Batch { tenant, feed, encoder, .. } = self.batch;
        let headers = headers(tenant, *feed, *encoder, about, self.envelope);
        headers.iter().fold(OwnedHeaders::new_with_capacity(headers.len()), |all, (key, value)| {
            all.insert(Header { key, value: Some(value.as_ref()) })
        })
    }
}

impl Sealed<'_> {
    pub fn record(&self, headers: OwnedHeaders, receipt: Box<Receipt>) -> BaseRecord<'_, str, [u8], Box<Receipt>> {
        let mut record = BaseRecord::with_opaque_to(self.topic, receipt).key(&*self.key).payload(&*self.value).headers(headers);
        record.timestamp = self.at;
        record
    }
}

/// How many octets the message of a record may have, of which `most` are there for all of it.
pub(super) fn room(most: usize, envelope: Envelope, tenant: &Tenant, feed: FeedKind, encoder: Encoder, about: &About) -> usize {
    let headers = headers(tenant, feed, encoder, about, envelope);
    let headers: usize = headers.iter().map(|(name, value)| name.len() + value.len() + HEADER_FRAME).sum();
    let left = most.saturating_sub(FRAME + key(tenant, about).len() + headers);
    match envelope {
        Envelope::None | Envelope::CloudEvents => left,
        Envelope::CloudEventsStructured => Event::new(tenant, feed, encoder, about).room(left),
    }
}

/// `tenant_id:alert_id`, so that all revisions of an alert stand in one partition, in order.
fn key(tenant: &Tenant, about: &About) -> String {
    format!("{}:{}", tenant.id, about.alert_id)
}

fn headers<'a>(
    tenant: &'a Tenant,
    feed: FeedKind,
    encoder: Encoder,
    about: &'a About,
    envelope: Envelope,
) -> Vec<(&'static str, Cow<'a, str>)> {
    let mut headers = vec![
        ("tenant", tenant.name.as_str().into()),
        ("tenant_id", tenant.id.as_str().into()),
        ("feed", feed.as_str().into()),
        ("severity", about.severity.as_str().into()),
        ("format", encoder.versioned().into()),
        ("alert_id", about.alert_id.as_str().into()),
        ("kind", about.kind.as_str().into()),
    ];
    if about.replayed {
        headers.push(("replayed", "true".into()));
    }
    // W3C Trace Context knows no trace of zeros only.
    if !about.event_uid.is_nil() {
        let (trace, (_, span)) = (about.event_uid.simple(), about.event_uid.as_u64_pair());
        headers.push(("traceparent", format!("00-{trace}-{span:016x}-01").into()));
    }
    match envelope {
        Envelope::None => {}
        Envelope::CloudEvents => headers.extend(Event::new(tenant, feed, encoder, about).into_headers()),
        Envelope::CloudEventsStructured => headers.push(("content-type", STRUCTURED.into())),
    }
    headers
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use rdkafka::message::Headers as _;

    use super::{FRAME, HEADER_FRAME, Shipment, room};
    use crate::alert::Severity;
    use crate::format::{Encoder, Format};
    use crate::sink::settings::Envelope;
    use crate::sink::topic::TopicTemplate;
    use crate::sink::{About, Batch};
    use crate::source::FeedKind;
    use crate::tenant::Tenant;

    fn about() -> About {
        let event_uid = "9f0c3a52-5d6e-5b1f-8a5e-3f6f2f0d1c11".parse().unwrap();
        About { event_uid, ..About::alert("da1", Severity::High, None) }
    }

    /// The record of one message with this payload, as octets that count: key, value and headers.
    fn octets(envelope: Envelope, format: Format, payload: &[u8]) -> (usize, Vec<(String, String)>) {
        let tenant =
            Arc::new(Tenant { name: "contoso".into(), id: "1".into(), customer: String::new(), labels: BTreeMap::new() });
        let mut batch = Batch::new(tenant, FeedKind::GraphAlerts, Encoder::of(format));
        let write = |out: &mut Vec<u8>| -> Result<(), ()> {
            out.extend_from_slice(payload);
            Ok(())
        };
        batch.push(about(), write).unwrap();
        let shipment = Shipment::new(&batch, &TopicTemplate::parse("alerts").unwrap(), envelope);
        let sealed = shipment.seal(shipment.outgoing()[0]);
        let text = |bytes: Option<&[u8]>| String::from_utf8(bytes.unwrap().to_vec()).unwrap();
        let headers: Vec<_> = shipment.headers(&about()).iter().map(|one| (one.key.to_owned(), text(one.value))).collect();
        let of_headers: usize = headers.iter().map(|(name, value)| name.len() + value.len() + HEADER_FRAME).sum();
        (FRAME + sealed.key.len() + sealed.value.len() + of_headers, headers)
    }

    #[test]
    fn a_message_that_has_room_makes_a_record_of_just_the_size_that_was_asked_for() {
        let tenant = Tenant { name: "contoso".into(), id: "1".into(), customer: String::new(), labels: BTreeMap::new() };
        for envelope in [Envelope::None, Envelope::CloudEvents, Envelope::CloudEventsStructured] {
            for (format, filling) in [(Format::Ocsf, "1"), (Format::Leef, "\t")] {
                let room = room(3000, envelope, &tenant, FeedKind::GraphAlerts, Encoder::of(format), &about());
                let (octets, _) = octets(envelope, format, filling.repeat(room).as_bytes());
                assert!(octets <= 3000 && octets + 16 > 3000, "{envelope:?} {format:?}: {room} made {octets}");
            }
        }
    }

    #[test]
    fn a_trace_can_be_followed_unless_it_has_no_id() {
        let (_, headers) = octets(Envelope::None, Format::Ocsf, b"{}");
        let parent = headers.iter().find(|(name, _)| name == "traceparent").map(|(_, value)| value.as_str());
        assert_eq!(parent, Some("00-9f0c3a525d6e5b1f8a5e3f6f2f0d1c11-8a5e3f6f2f0d1c11-01"));
    }

    #[test]
    fn what_is_replayed_has_a_header_that_says_so_and_nothing_else_has_one() {
        let tenant = Tenant { name: "contoso".into(), id: "1".into(), customer: String::new(), labels: BTreeMap::new() };
        let found = |about: &About| {
            let headers = super::headers(&tenant, FeedKind::GraphAlerts, Encoder::Raw, about, Envelope::None);
            headers.iter().find(|(name, _)| *name == "replayed").map(|(_, value)| value.to_string())
        };
        assert_eq!(found(&about()), None);
        assert_eq!(found(&About { replayed: true, ..about() }).as_deref(), Some("true"));
    }

    #[test]
    fn the_value_says_what_it_is_only_in_an_envelope() {
        for (envelope, content_type) in [
            (Envelope::None, None),
            (Envelope::CloudEvents, Some("text/plain; charset=UTF-8")),
            (Envelope::CloudEventsStructured, Some("application/cloudevents+json; charset=UTF-8")),
        ] {
            let (_, headers) = octets(envelope, Format::Cef, b"CEF:0");
            let found = headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.as_str());
            assert_eq!(found, content_type, "{envelope:?}");
        }
    }
}
