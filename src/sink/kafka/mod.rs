//! `kafka`: one record an alert, delivered when the brokers have acknowledged it.
//!
//! librdkafka numbers what it sends (idempotence) and tries again for as long as it takes, so that no trouble between it and
//! the brokers loses a record or repeats one. Each record carries a receipt that comes back with the brokers' answer; the last
//! receipt of a batch wakes the task that waits for it.

mod callbacks;
mod client;
mod create;
mod flow;
mod oauth;
mod options;
mod page;
mod record;
mod sasl;
mod statistics;
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

use self::callbacks::Session;
use self::client::{Blueprint, Client, Keeper};
use self::create::Creator;
use self::flow::{Flow, Ticket};
use self::oauth::SignIn;
use self::record::{Outgoing, Shipment};
pub use self::topics::Missing;
use self::trouble::{Circumstances, no_topic};
use self::verdict::Verdicts;
use super::bearer::BearerTokens;
use super::settings::{Envelope, MissingTopic};
use super::topic::TopicTemplate;
use super::{About, Batch, DeliverError, Delivery, Sink, settings};
use crate::format::Encoder;
use crate::source::FeedKind;
use crate::telemetry::Metrics;
use crate::tenant::{SinkName, Tenant};

/// What a message costs in librdkafka beside its payload: key, headers and its own bookkeeping, by feel.
const OVERHEAD: usize = 512;

/// How long a broker has for a question that should take milliseconds. Who asks us gives up after 5 s, and knows less.
const PATIENCE: Duration = Duration::from_secs(4);

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
    envelope: Envelope,
    largest_record: usize,
    creator: Option<Creator>,
    flow: Arc<Flow>,
    main: Arc<Keeper>,
    /// Sends messages one to a batch, those that were refused in company. Made when first needed.
    alone: Keeper,
    looking: Arc<AtomicBool>,
}

impl Kafka {
    /// Prepares the sink; no broker needs to be up. Reads key files and starts threads, so it blocks for some milliseconds. With
    /// `bearer` it signs in by SASL OAUTHBEARER, and has to be made within a Tokio runtime, which gets the tokens.
    ///
    /// # Errors
    /// For options that librdkafka does not take or that would break the promise, secrets that cannot be read, a bad topic.
    pub fn connect(
        name: SinkName,
        settings: &settings::Kafka,
        bearer: Option<Arc<dyn BearerTokens>>,
        metrics: &Arc<Metrics>,
    ) -> Result<Self, ConnectError> {
        let circumstances = Circumstances { bearer: bearer.is_some(), missing_topic: settings.missing_topic };
        let flow = Flow::new(format!("kafka sink {name} ({})", settings.brokers.join(",")), circumstances);
        let sign_in = bearer.map(|tokens| SignIn::new(tokens).ok_or("there is no Tokio runtime to get tokens in"));
        let main = sign_in.transpose().map(|sign_in| Blueprint {
            name: name.clone(),
            settings: settings.clone(),
            session: Session { flow: Arc::clone(&flow), sign_in },
            metrics: Arc::clone(metrics),
            alone: false,
        });
        let built = main.map_err(|problem| vec![problem.to_owned()]).and_then(|main| Ok((main.build()?, main)));
        let (topics, (client, main)) = match (TopicTemplate::parse(&settings.topic), built) {
            (Ok(topics), Ok(built)) => (topics, built),
            (topics, built) => {
                let problems = topics.err().into_iter().chain(built.err().unwrap_or_default()).collect();
                return Err(ConnectError { sink: name, problems });
            }
        };
        let creator = match settings.missing_topic {
            MissingTopic::Create { partitions, replicas } => Some(Creator::new(partitions, replicas)),
            MissingTopic::LeaveToBrokers | MissingTopic::Refuse => None,
        };
        Ok(Self {
            topics,
            envelope: settings.envelope,
            largest_record: client.largest_record(),
            creator,
            alone: Keeper::new(Blueprint { alone: true, ..main.clone() }, None),
            main: Arc::new(Keeper::new(main, Some(client))),
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
        let shipment = Shipment::new(batch, &self.topics, self.envelope);
        let mut verdicts = Verdicts::new(&self.flow, &shipment, batch.len());
        let mut all: Vec<_> = shipment.outgoing().into_iter().enumerate().collect();
        if let Some(creator) = &self.creator {
            let failed = creator.ensure(&self.main, &self.flow, shipment.topics()).await;
            all.retain(|(_, outgoing)| !failed.contains_key(shipment.topic(outgoing.message)));
            if let Some(why) = failed.into_values().next() {
                verdicts.fail(|_| why);
            }
        }
        let suspects = self.round(&self.main, &shipment, all, &ticket, &mut verdicts).await;
        if !suspects.is_empty() {
            self.round(&self.alone, &shipment, suspects, &ticket, &mut verdicts).await;
        }
        verdicts.delivery()
    }

    /// Sends messages by one of the producers and returns those that need a second look.
    async fn round<'b>(
        &self,
        by: &Keeper,
        shipment: &Shipment<'_>,
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
        let answers = client.send(shipment, &outgoing, ticket).await;
        if let Some(why) = client.why_gone() {
            verdicts.fail(|_| why);
        }
        let mut suspects = Vec::new();
        for ((index, outgoing), answer) in messages.into_iter().zip(answers) {
            if let (Some(creator), page::Answer::Failed(code) | page::Answer::Unfit(code)) = (&self.creator, answer)
                && no_topic(code)
            {
                creator.forget(shipment.topic(outgoing.message));
            }
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
    flow.trouble_of(code, &format!("no broker answers within {} s: {code}", PATIENCE.as_secs()))
}

impl Sink for Kafka {
    fn deliver<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Delivery> {
        self.send(batch).boxed()
    }

    fn room(&self, tenant: &Tenant, feed: FeedKind, encoder: Encoder, about: &About) -> usize {
        record::room(self.largest_record, self.envelope, tenant, feed, encoder, about)
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
