//! `missing_topic = "create"`: topics come into being when they are first needed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rdkafka::admin::{AdminOptions, NewTopic, TopicReplication, TopicResult};
use rdkafka::types::RDKafkaErrorCode as Code;
use tokio::time::Instant;

use super::client::{Client, Keeper};
use super::flow::Flow;
use super::{PATIENCE, silence};
use crate::sink::DeliverError;

/// How long brokers may take to create topics, and then to choose who leads them.
const CREATION: Duration = Duration::from_secs(20);
const READY: Duration = Duration::from_secs(20);

/// Between two looks at a new topic.
const LOOK: Duration = Duration::from_millis(100);

const RIGHTS: &str = "give this sink's user the operation Create on the topic or the cluster, or create the topic; the alerts go out by themselves then";
const BROKERS: &str =
    "there are fewer brokers than `replicas` asks for, or than the brokers' default does: lower `replicas`, or start them";
const POLICY: &str = "the brokers' rules do not allow it: set `partitions` and `replicas` as they want them, or create the topic";

/// Creates topics, one request at a time.
pub(super) struct Creator {
    /// -1 stands for the brokers' default.
    partitions: i32,
    replicas: i32,
    /// Topics that were there when we looked.
    known: Mutex<BTreeSet<String>>,
    turn: tokio::sync::Mutex<()>,
}

/// Topics that are still not there, and why.
pub(super) type Failed = BTreeMap<String, DeliverError>;

impl Creator {
    pub fn new(partitions: Option<u32>, replicas: Option<u16>) -> Self {
        Self {
            partitions: partitions.map_or(-1, |count| count.try_into().unwrap_or(i32::MAX)),
            replicas: replicas.map_or(-1, i32::from),
            known: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// Makes sure that topics are there.
    pub async fn ensure(&self, main: &Keeper, flow: &Flow, wanted: impl Iterator<Item = &str>) -> Failed {
        let mut wanted: BTreeSet<String> = {
            let known = self.known();
            wanted.filter(|topic| !known.contains(*topic)).map(ToOwned::to_owned).collect()
        };
        if wanted.is_empty() {
            return Failed::new();
        }
        let _turn = self.turn.lock().await;
        let all_fail =
            |wanted: &BTreeSet<String>, why: &DeliverError| wanted.iter().map(|one| (one.clone(), why.clone())).collect();
        let client = match self.look(main, flow).await {
            Ok(client) => client,
            Err(why) => return all_fail(&wanted, &why),
        };
        wanted.retain(|topic| !self.known().contains(topic));
        if wanted.is_empty() {
            return Failed::new();
        }
        let answers = match self.create(main, &wanted).await {
            Ok(answers) => answers,
            Err(why) => return all_fail(&wanted, &flow.error(&format!("topics cannot be created: {why}"), None)),
        };
        let deadline = Instant::now() + READY;
        let mut failed = Failed::new();
        for answer in answers {
            let (topic, outcome) = match answer {
                Ok(topic) | Err((topic, Code::TopicAlreadyExists)) => (topic, Ok(())),
                Err((topic, code)) => (topic, Err(code)),
            };
            match outcome {
                Ok(()) if usable(&client, &topic, deadline).await => {
                    tracing::info!(topic, "Created a topic that was missing");
                    self.known().insert(topic);
                }
                Ok(()) => {
                    let why = format!("topic {topic} was created, but had no leader within {} s", READY.as_secs());
                    failed.insert(topic, flow.trouble_of(Code::LeaderNotAvailable, &why));
                }
                Err(code) => {
                    let why = flow.error(&format!("topic {topic} does not exist and cannot be created: {code}"), advice(code));
                    failed.insert(topic, why);
                }
            }
        }
        failed
    }

    /// A topic turned out not to be there any more.
    pub fn forget(&self, topic: &str) {
        self.known().remove(topic);
    }

    /// Asks which topics there are.
    async fn look(&self, main: &Keeper, flow: &Flow) -> Result<Arc<Client>, DeliverError> {
        let client = main.client().await?;
        let asked = Arc::clone(&client);
        let listed = tokio::task::spawn_blocking(move || asked.topics(PATIENCE)).await;
        let listed = listed.map_err(|_| flow.error("the question to the brokers was cut short", None))?;
        let (present, _) = listed.map_err(|error| flow.known_trouble().unwrap_or_else(|| silence(flow, &error)))?;
        *self.known() = present;
        Ok(client)
    }

    async fn create(&self, main: &Keeper, wanted: &BTreeSet<String>) -> Result<Vec<TopicResult>, String> {
        let admin = main.admin().await.map_err(|problems| problems.join("; "))?;
        let new = |topic| NewTopic::new(topic, self.partitions, TopicReplication::Fixed(self.replicas));
        let new: Vec<NewTopic<'_>> = wanted.iter().map(|topic| new(topic)).collect();
        let options = AdminOptions::new().request_timeout(Some(CREATION)).operation_timeout(Some(CREATION));
        let answers = admin.create_topics(&new, &options).await;
        let _ = tokio::task::spawn_blocking(move || drop(admin)).await; // joins a thread
        answers.map_err(|error| error.to_string())
    }

    fn known(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits until every partition of a new topic has a leader.
async fn usable(client: &Arc<Client>, topic: &str, deadline: Instant) -> bool {
    while Instant::now() < deadline {
        let (client, topic) = (Arc::clone(client), topic.to_owned());
        if tokio::task::spawn_blocking(move || client.led(&topic, PATIENCE)).await.unwrap_or(false) {
            return true;
        }
        tokio::time::sleep(LOOK).await;
    }
    false
}

fn advice(code: Code) -> Option<&'static str> {
    match code {
        Code::TopicAuthorizationFailed | Code::ClusterAuthorizationFailed => Some(RIGHTS),
        Code::InvalidReplicationFactor => Some(BROKERS),
        Code::PolicyViolation | Code::InvalidPartitions | Code::InvalidConfig => Some(POLICY),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rdkafka::types::RDKafkaErrorCode as Code;

    use super::advice;

    #[test]
    fn why_a_topic_cannot_be_created_comes_with_what_to_do() {
        for (code, words) in [
            (Code::TopicAuthorizationFailed, "the operation Create"),
            (Code::ClusterAuthorizationFailed, "the operation Create"),
            (Code::InvalidReplicationFactor, "lower `replicas`"),
            (Code::PolicyViolation, "`partitions` and `replicas`"),
        ] {
            assert!(advice(code).is_some_and(|advice| advice.contains(words)), "{code}: {:?}", advice(code));
        }
    }
}
