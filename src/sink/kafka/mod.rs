//! `kafka`: one record an alert, delivered when the brokers have acknowledged it.
//!
//! librdkafka numbers what it sends (idempotence) and tries again for as long as it takes, so that no trouble between it and
//! the brokers loses a record or repeats one. Each record carries a receipt that comes back with the brokers' answer; the last
//! receipt of a batch wakes the task that waits for it.

mod callbacks;
mod client;
mod flow;
mod options;
mod page;
mod record;
#[cfg(test)]
mod tests;
mod topics;
mod trouble;
mod verdict;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaErrorCode as Code;
use tokio::time::Instant;

use self::client::{Blueprint, Client, Keeper};
use self::flow::{Flow, Ticket};
use self::record::{Envelope, Outgoing};
pub use self::topics::Missing;
use self::verdict::Verdicts;
use super::topic::TopicTemplate;
use super::{Batch, DeliverError, Delivery, Sink, settings};
use crate::tenant::SinkName;

/// What a message costs in librdkafka beside its payload: key, headers and its own bookkeeping, by feel.
const OVERHEAD: usize = 512;

/// How long a broker has for a question that should take milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long librdkafka has to hand back what was given up at the end.
const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// Why a sink cannot be set up: every problem, without values of options.
#[derive(Debug, Clone, thiserror::Error)]
#[error("[sinks.{sink}] {}", problems.join("; "))]
pub struct ConnectError {
    pub sink: SinkName,
    pub problems: Vec<String>,
}

/// A Kafka cluster.
pub struct Kafka {
    topics: TopicTemplate,
    flow: Arc<Flow>,
    main: Arc<Keeper>,
    /// Sends messages one to a batch, those that were refused in company. Made when first needed.
    alone: Keeper,
    looking: Arc<AtomicBool>,
}

impl Kafka {
    /// Prepares the sink; no broker needs to be up. Reads key files and starts threads, so it blocks for some milliseconds.
    ///
    /// # Errors
    /// For options that librdkafka does not take or that would break the promise, secrets that cannot be read, a bad topic.
    pub fn connect(name: SinkName, settings: &settings::Kafka) -> Result<Self, ConnectError> {
        let flow = Flow::new(format!("kafka sink {name} ({})", settings.brokers.join(",")));
        let blueprint = |alone| Blueprint { settings: settings.clone(), flow: Arc::clone(&flow), alone };
        let (topics, client) = match (TopicTemplate::parse(&settings.topic), blueprint(false).build()) {
            (Ok(topics), Ok(client)) => (topics, client),
            (topics, client) => {
                let problems = topics.err().into_iter().chain(client.err().unwrap_or_default()).collect();
                return Err(ConnectError { sink: name, problems });
            }
        };
        Ok(Self {
            topics,
            main: Arc::new(Keeper::new(blueprint(false), Some(client))),
            alone: Keeper::new(blueprint(true), None),
            flow,
            looking: Arc::default(),
        })
    }

    async fn send(&self, batch: &Batch) -> Delivery {
        let cost = batch.messages().map(|message| message.payload.len() + OVERHEAD).sum();
        let ticket = match self.flow.enter(cost).await {
            Ok(ticket) => Arc::new(ticket),
            Err(trouble) => {
                self.look();
                return Delivery::failed(batch.len(), trouble);
            }
        };
        let envelope = Envelope::new(batch, &self.topics);
        let mut verdicts = Verdicts::new(&self.flow, &envelope, batch.len());
        let all = envelope.outgoing().into_iter().enumerate().collect();
        let suspects = Self::round(&self.main, &envelope, all, &ticket, &mut verdicts).await;
        if !suspects.is_empty() {
            Self::round(&self.alone, &envelope, suspects, &ticket, &mut verdicts).await;
        }
        verdicts.delivery()
    }

    /// Sends messages by one of the producers and returns those that need a second look.
    async fn round<'b>(
        by: &Keeper,
        envelope: &Envelope<'_>,
        messages: Vec<(usize, Outgoing<'b>)>,
        ticket: &Arc<Ticket>,
        verdicts: &mut Verdicts<'_>,
    ) -> Vec<(usize, Outgoing<'b>)> {
        let client = match by.client().await {
            Ok(client) => client,
            Err(error) => {
                verdicts.fail(|_| error);
                return Vec::new();
            }
        };
        let outgoing: Vec<Outgoing<'_>> = messages.iter().map(|(_, outgoing)| *outgoing).collect();
        let answers = client.send(envelope, &outgoing, ticket).await;
        if let Some(why) = client.why_gone() {
            verdicts.fail(|_| why);
        }
        let mut suspects = Vec::new();
        for ((index, outgoing), answer) in messages.into_iter().zip(answers) {
            if verdicts.take(index, outgoing.message, answer, client.alone()) {
                // Some topics refuse old times; then the time of sending must do.
                let at = outgoing.at.filter(|_| answer != page::Answer::Failed(Code::InvalidTimestamp));
                suspects.push((index, Outgoing { at, ..outgoing }));
            }
        }
        suspects
    }

    /// Finds out in the background whether the brokers are back: those who wait may wait for another reason.
    fn look(&self) {
        if self.looking.swap(true, Ordering::AcqRel) {
            return;
        }
        let (main, flow, looking) = (Arc::clone(&self.main), Arc::clone(&self.flow), Arc::clone(&self.looking));
        tokio::spawn(async move {
            // Whether it worked shows in the flow.
            let _ = ask(&main, &flow).await;
            looking.store(false, Ordering::Release);
        });
    }

    async fn finish(&self, by: Instant) -> Result<(), DeliverError> {
        self.flow.close();
        let finished = tokio::time::timeout_at(by, self.flow.idle()).await;
        let left = self.flow.waiting();
        let clients: Vec<Arc<Client>> = [self.main.take().await, self.alone.take().await].into_iter().flatten().collect();
        if finished.is_ok() {
            return Ok(());
        }
        for client in &clients {
            client.purge();
        }
        // Whether the answers came or not, nobody waits any longer.
        let _ = tokio::time::timeout(LAST_ANSWERS, self.flow.idle()).await;
        for client in &clients {
            client.end();
        }
        Err(self.flow.error(&format!("{left} batches were given up on the way; they are offered again"), None))
    }
}

/// Asks the brokers for their view of the cluster.
async fn ask(main: &Keeper, flow: &Flow) -> Result<(), DeliverError> {
    let client = main.client().await?;
    let answer = tokio::task::spawn_blocking(move || client.ask(PATIENCE)).await;
    match answer {
        Ok(Ok(())) => {
            flow.alive();
            Ok(())
        }
        Ok(Err(error)) => Err(flow.known_trouble().unwrap_or_else(|| silence(flow, &error))),
        Err(_) => Err(flow.error("the question to the brokers was cut short", None)),
    }
}

fn silence(flow: &Flow, error: &KafkaError) -> DeliverError {
    let code = error.rdkafka_error_code().unwrap_or(Code::Fail);
    flow.error(&format!("no broker answers within {} s: {code}", PATIENCE.as_secs()), trouble::advice(code))
}

impl Sink for Kafka {
    fn deliver<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Delivery> {
        self.send(batch).boxed()
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), DeliverError>> {
        ask(&self.main, &self.flow).boxed()
    }

    fn close(&self, by: Instant) -> BoxFuture<'_, Result<(), DeliverError>> {
        self.finish(by).boxed()
    }
}

impl fmt::Debug for Kafka {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kafka").field("flow", &self.flow).finish_non_exhaustive()
    }
}
