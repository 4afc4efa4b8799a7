//! How long a message may be: what the sink says fits, brokers take.

use alertferry::alert::Severity;
use alertferry::format::{Encoder, Format};
use alertferry::sink::settings::{Envelope, Kafka as Settings};
use alertferry::sink::{About, Batch, Sink as _};
use alertferry::source::FeedKind;
use uuid::Uuid;

use super::{assert_complete, connect, deliver, settings, tenant};
use crate::support::kafka::shared;

/// What brokers count for a batch of records beside them (record format 2), with some room.
const BATCH_FRAME: usize = 128;

#[tokio::test(flavor = "multi_thread")]
async fn a_message_as_long_as_the_sink_allows_is_taken_by_a_topic_of_that_limit_in_every_envelope() {
    const LIMIT: usize = 20_000;
    let broker = shared();
    broker.create_topic("room", 1, &[("max.message.bytes", &LIMIT.to_string())]).await;
    let contoso = tenant("contoso");
    let about = About { event_uid: Uuid::new_v4(), ..About::alert(&"x".repeat(300), Severity::High, None) };
    let mut sent = Vec::new();
    for envelope in [Envelope::None, Envelope::CloudEvents, Envelope::CloudEventsStructured] {
        for format in [Format::Ocsf, Format::Cef] {
            let plain = settings(&broker.address(), "room", &[("compression.type", "none")]);
            let sink = connect(&Settings { envelope, max_bytes: LIMIT - BATCH_FRAME, ..plain }).unwrap();
            let encoder = Encoder::of(format);
            let room = sink.room(&contoso, FeedKind::GraphAlerts, encoder, &about);
            // JSON text of digits, and the text that grows most when it is quoted.
            let payload = if format.is_json() { "1".repeat(room) } else { "\"".repeat(room) };
            let mut page = Batch::new(contoso.clone(), FeedKind::GraphAlerts, encoder);
            page.push(about.clone(), |out| -> Result<(), ()> {
                out.extend_from_slice(payload.as_bytes());
                Ok(())
            })
            .unwrap();
            assert_complete(&deliver(&sink, &page).await);
            sent.push(payload.len());
        }
    }
    let records = broker.read("room");
    assert_eq!(records.len(), sent.len());
    // Otherwise it would fit because the sink wastes what there is.
    assert!(records.iter().all(|record| record.value.len() > LIMIT - 2_000), "{sent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn librdkafka_takes_as_much_as_the_sink_is_set_to() {
    const LARGE: usize = 12_000_000;
    let broker = shared();
    broker.create_topic("large", 1, &[("max.message.bytes", &(LARGE + BATCH_FRAME).to_string())]).await;
    let plain = settings(&broker.address(), "large", &[("compression.type", "none")]);
    let sink = connect(&Settings { max_bytes: LARGE, ..plain }).unwrap();
    let mut page = super::empty(&tenant("contoso"));
    let about = About::alert("large", Severity::High, None);
    let room = sink.room(&tenant("contoso"), FeedKind::GraphAlerts, Encoder::of(Format::Ocsf), &about);
    super::add(&mut page, "large", &vec![b'1'; room]);
    assert_complete(&deliver(&sink, &page).await);
    assert_eq!(broker.read("large")[0].value.len(), room);
}
