//! One librdkafka producer: created and dropped off the async threads, replaced when it has failed for good.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::ClientContext;
use rdkafka::admin::AdminClient;
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::error::KafkaError;
use rdkafka::metadata::{MetadataBroker, MetadataTopic};
use rdkafka::producer::{Producer as _, PurgeConfig, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode as Code;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::callbacks::{Callbacks, Session};
use super::flow::{Flow, Ticket};
use super::oauth;
use super::options::Options;
use super::page::{Answer, Page};
use super::record::{Outgoing, Shipment};
use super::trouble::{Sorted, sort};
use crate::crash;
use crate::sink::DeliverError;
use crate::sink::settings;
use crate::telemetry::Metrics;
use crate::telemetry::kafka::Meter;
use crate::tenant::SinkName;

/// A producer that failed for good is replaced at most this often.
const LEAST_LIFE: Duration = Duration::from_secs(1);

/// After so many messages the other tasks of this thread get their turn; handing one over takes some microseconds.
const AT_A_TIME: usize = 64;

/// What a producer is made of.
#[derive(Clone)]
pub(super) struct Blueprint {
    pub name: SinkName,
    pub settings: settings::Kafka,
    pub session: Session,
    pub metrics: Arc<Metrics>,
    /// Each message travels in a batch of its own, so that a refusal of the brokers concerns it alone.
    pub alone: bool,
}

pub(super) struct Client {
    /// `None` only while it is being dropped.
    producer: Option<ThreadedProducer<Callbacks>>,
    flow: Arc<Flow>,
    gone: CancellationToken,
    alone: bool,
    largest_record: usize,
}

impl Blueprint {
    /// Reads the secrets and starts librdkafka's threads; needs no broker. Reads files, so it blocks.
    ///
    /// # Errors
    /// Every problem in a sentence that names the option.
    pub fn build(&self) -> Result<Client, Vec<String>> {
        let mut options = self.options()?;
        if self.alone {
            options.config.set("batch.num.messages", "1");
        }
        let gone = CancellationToken::new();
        let meter = Meter::new(Arc::clone(&self.metrics), &self.name);
        let callbacks = Callbacks { session: self.session.clone(), gone: gone.clone(), meter, alone: self.alone };
        let producer = make(&options, callbacks)?;
        let (flow, largest_record) = (Arc::clone(&self.session.flow), options.largest_record(&self.settings));
        Ok(Client { producer: Some(producer), flow, gone, alone: self.alone, largest_record })
    }

    /// A client for questions about topics, and for making some. Blocks, as [`Blueprint::build`] does.
    fn build_admin(&self) -> Result<AdminClient<Session>, Vec<String>> {
        let mut options = self.options()?;
        options.config.set("statistics.interval.ms", "0");
        let admin: AdminClient<Session> = make(&options, self.session.clone())?;
        if let Some(sign_in) = &self.session.sign_in {
            let signed_in = sign_in.token().and_then(|token| oauth::hand_over(admin.inner(), token));
            signed_in.map_err(|why| vec![format!("no token to sign in with: {why}")])?;
        }
        Ok(admin)
    }

    fn options(&self) -> Result<Options, Vec<String>> {
        Options::read(&self.settings, self.session.sign_in.is_some())
    }
}

fn make<C: ClientContext, T: FromClientConfigAndContext<C>>(options: &Options, context: C) -> Result<T, Vec<String>> {
    options.config.create_with_context(context).map_err(|error| {
        let words = match error {
            KafkaError::ClientCreation(words) => options.without_secrets(&words),
            error => options.without_secrets(&error.to_string()),
        };
        vec![format!("librdkafka refuses the options: {words}")]
    })
}

impl Client {
    /// Sends messages and waits until the brokers have answered for each, or the producer is gone.
    pub async fn send(&self, shipment: &Shipment<'_>, messages: &[Outgoing<'_>], ticket: &Arc<Ticket>) -> Vec<Answer> {
        let page = Page::new(messages.len(), Arc::clone(ticket));
        tokio::select! {
            biased;
            () = self.hand_over(shipment, messages, &page) => {}
            () = self.gone.cancelled() => {}
        }
        crash::point("kafka.handed-over");
        tokio::select! {
            biased;
            () = page.done() => {}
            () = self.gone.cancelled() => {}
        }
        crash::point("kafka.answered");
        page.answers()
    }

    async fn hand_over(&self, shipment: &Shipment<'_>, messages: &[Outgoing<'_>], page: &Arc<Page>) {
        let Some(producer) = &self.producer else { return };
        for (index, outgoing) in messages.iter().enumerate() {
            let sealed = shipment.seal(*outgoing);
            let mut record = sealed.record(shipment.headers(outgoing.message.about), Box::new(page.receipt(index)));
            loop {
                let room = self.flow.room();
                let (error, rejected) = match producer.send(record) {
                    Ok(()) => break,
                    Err(rejected) => rejected,
                };
                let code = error.rdkafka_error_code().unwrap_or(Code::Fail);
                if code == Code::QueueFull {
                    record = rejected;
                    room.await;
                    continue;
                }
                if sort(code) == Sorted::Fatal {
                    self.gone.cancel();
                }
                rejected.delivery_opaque.settle(Answer::Unfit(code));
                break;
            }
            if index % AT_A_TIME == AT_A_TIME - 1 {
                tokio::task::yield_now().await;
            }
        }
    }

    /// Whether the messages of this producer travel alone.
    pub fn alone(&self) -> bool {
        self.alone
    }

    /// Why the producer is of no use any more, if so.
    pub fn why_gone(&self) -> Option<DeliverError> {
        // librdkafka gives the messages back before it tells of the error that made it do so.
        if let Some((code, words)) = self.producer.as_ref().and_then(|producer| producer.client().fatal_error()) {
            self.gone.cancel();
            return Some(self.flow.trouble_of(code, &words));
        }
        self.gone.is_cancelled().then(|| self.flow.error("the producer was closed", None))
    }

    /// Asks some broker for its view of the cluster. Blocks.
    pub fn ask(&self, limit: Duration) -> Result<(), KafkaError> {
        match &self.producer {
            Some(producer) => producer.client().fetch_metadata(None, limit).map(drop),
            None => Ok(()),
        }
    }

    /// The topics that this user may see, and the number of one of the brokers. Asks for none by name, since that may create it.
    /// Blocks.
    pub fn topics(&self, limit: Duration) -> Result<(BTreeSet<String>, Option<i32>), KafkaError> {
        let Some(producer) = &self.producer else { return Err(KafkaError::Canceled) };
        let metadata = producer.client().fetch_metadata(None, limit)?;
        // Not the one that told: an answer over the first connection of all comes from a broker whose number is not known yet, -1.
        let broker = metadata.brokers().first().map(MetadataBroker::id);
        Ok((metadata.topics().iter().map(|topic| topic.name().to_owned()).collect(), broker))
    }

    /// Whether every partition of a topic has a leader. Blocks.
    pub fn led(&self, topic: &str, limit: Duration) -> bool {
        let Some(producer) = &self.producer else { return false };
        let metadata = producer.client().fetch_metadata(Some(topic), limit);
        metadata.is_ok_and(|metadata| {
            let ready = |topic: &MetadataTopic| {
                topic.error().is_none() && topic.partitions().iter().all(|one| one.error().is_none() && one.leader() >= 0)
            };
            metadata.topics().iter().all(|topic| ready(topic) && !topic.partitions().is_empty())
        })
    }

    /// The most octets that a record may have.
    pub fn largest_record(&self) -> usize {
        self.largest_record
    }

    /// Gives up what is on its way; the answers come soon after.
    pub fn purge(&self) {
        if let Some(producer) = &self.producer {
            producer.purge(PurgeConfig::default().queue().inflight());
        }
    }

    /// Tells whoever still waits that no more answers come.
    pub fn end(&self) {
        self.gone.cancel();
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.end();
        if let Some(producer) = self.producer.take() {
            // Dropping joins threads and may take half a second. Where no thread can be had it happens here.
            let _ = std::thread::Builder::new().name("kafka-farewell".to_owned()).spawn(move || drop(producer));
        }
    }
}

/// Holds the producer of the day.
pub(super) struct Keeper {
    blueprint: Arc<Blueprint>,
    current: Mutex<Option<(Arc<Client>, Instant)>>,
}

impl Keeper {
    pub fn new(blueprint: Blueprint, first: Option<Client>) -> Self {
        let current = first.map(|client| (Arc::new(client), Instant::now()));
        Self { blueprint: Arc::new(blueprint), current: Mutex::new(current) }
    }

    /// The producer, made anew when there is none or it has failed for good.
    ///
    /// # Errors
    /// When it cannot be made, or failed just now.
    pub async fn client(&self) -> Result<Arc<Client>, DeliverError> {
        let mut current = self.current.lock().await;
        self.flow().open()?;
        if let Some((client, born)) = &*current {
            match client.why_gone() {
                None => return Ok(Arc::clone(client)),
                Some(why) if born.elapsed() < LEAST_LIFE => return Err(why),
                Some(why) => tracing::warn!(advice = why.advice, "{why}; making a new producer"),
            }
        }
        let blueprint = Arc::clone(&self.blueprint);
        let built = tokio::task::spawn_blocking(move || blueprint.build()).await;
        let client = match built {
            Ok(Ok(client)) => Arc::new(client),
            Ok(Err(problems)) => return Err(self.flow().error(&problems.join("; "), None)),
            Err(_) => return Err(self.flow().error("no producer could be made", None)),
        };
        *current = Some((Arc::clone(&client), Instant::now()));
        Ok(client)
    }

    /// A client for questions about topics, to be dropped off the async threads.
    ///
    /// # Errors
    /// Every problem in a sentence that names the option.
    pub async fn admin(&self) -> Result<AdminClient<Session>, Vec<String>> {
        let blueprint = Arc::clone(&self.blueprint);
        let built = tokio::task::spawn_blocking(move || blueprint.build_admin()).await;
        built.unwrap_or_else(|_| Err(vec!["no client could be made".to_owned()]))
    }

    fn flow(&self) -> &Flow {
        &self.blueprint.session.flow
    }

    /// Takes the producer out, if there is one.
    pub async fn take(&self) -> Option<Arc<Client>> {
        self.current.lock().await.take().map(|(client, _)| client)
    }
}
