//! From the brokers' answers to what the pipeline is told.

use super::flow::Flow;
use super::page::Answer;
use super::record::Shipment;
use super::trouble::{Sorted, no_topic, sort};
use crate::sink::{DeliverError, Delivery, Message, Verdict};

/// What is known of a batch after its answers came.
pub(super) struct Verdicts<'a> {
    flow: &'a Flow,
    shipment: &'a Shipment<'a>,
    known: Vec<Verdict>,
    failure: Option<DeliverError>,
}

impl<'a> Verdicts<'a> {
    pub fn new(flow: &'a Flow, shipment: &'a Shipment<'a>, len: usize) -> Self {
        Self { flow, shipment, known: vec![Verdict::Unknown; len], failure: None }
    }

    /// Takes in the answer to the message at `index`. Returns whether it needs a second look: it was refused, but perhaps for
    /// the sake of another message in the same batch.
    pub fn take(&mut self, index: usize, message: Message<'_>, answer: Answer, alone: bool) -> bool {
        let topic = self.shipment.topic(message);
        let (code, alone) = match answer {
            Answer::Delivered => {
                self.known[index] = Verdict::Delivered;
                return false;
            }
            Answer::None => return false,
            Answer::Failed(code) => (code, alone),
            Answer::Unfit(code) => (code, true),
        };
        match sort(code) {
            Sorted::Refused if !alone => return true,
            Sorted::Refused => {
                let bytes = message.payload.len();
                self.known[index] = Verdict::Refused(format!(
                    "Kafka does not take this message of {bytes} bytes into topic {topic}: {code}; the limits are \
                     max.message.bytes of the topic, message.max.bytes of the brokers and of the sink's options; `max_bytes` of \
                     the sink shortens what is longer"
                ));
            }
            Sorted::Passing if no_topic(code) => {
                let what = format!("topic {topic} does not exist, or this sink's user may not see it");
                self.fail(|flow| flow.trouble_of(code, &what));
            }
            Sorted::Passing => self.fail(|flow| flow.trouble_of(code, &format!("topic {topic}: {code}"))),
            Sorted::Fatal => self.fail(|flow| flow.error(&code.to_string(), None)),
        }
        false
    }

    /// Notes why something is not known to have arrived; the first reason counts.
    pub fn fail(&mut self, why: impl FnOnce(&Flow) -> DeliverError) {
        if self.failure.is_none() {
            self.failure = Some(why(self.flow));
        }
    }

    pub fn delivery(self) -> Delivery {
        let unknown = self.known.contains(&Verdict::Unknown);
        let failure = unknown.then(|| self.failure.unwrap_or_else(|| self.flow.error("the brokers did not answer", None)));
        Delivery { verdicts: self.known, failure }
    }
}
