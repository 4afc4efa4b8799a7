//! Whether topics exist, and whether the brokers would create those that do not, found out without creating any.

use std::collections::BTreeSet;
use std::time::Duration;

use rdkafka::admin::{AdminOptions, ResourceSpecifier};

use super::{Kafka, PATIENCE, silence};
use crate::sink::DeliverError;

/// The broker's word for whether a topic comes into being when it is first written to.
const AUTO_CREATE: &str = "auto.create.topics.enable";

/// A client that was just made has to meet the brokers before it can ask one of them about itself.
const ACQUAINTANCE: Duration = Duration::from_secs(20);

/// Topics that do not exist, or that this sink's user may not see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missing {
    pub topics: BTreeSet<String>,
    /// Whether the brokers create a topic when it is first written to; `None` where they do not tell this user.
    pub created_when_written_to: Option<bool>,
}

impl Kafka {
    /// Which of these topics are missing.
    ///
    /// # Errors
    /// When no broker answers.
    pub async fn missing(&self, mut wanted: BTreeSet<String>) -> Result<Missing, DeliverError> {
        let client = self.main.client().await?;
        let listed = tokio::task::spawn_blocking(move || client.topics(PATIENCE)).await;
        let listed = listed.map_err(|_| self.flow.error("the question to the brokers was cut short", None))?;
        let (present, broker) =
            listed.map_err(|error| self.flow.known_trouble().unwrap_or_else(|| silence(&self.flow, &error)))?;
        wanted.retain(|topic| !present.contains(topic));
        let created_when_written_to = match broker {
            Some(broker) if !wanted.is_empty() => self.creates(broker).await,
            Some(_) | None => None,
        };
        Ok(Missing { topics: wanted, created_when_written_to })
    }

    /// Many users may not read the brokers' settings, and some brokers have no such setting: then nobody knows.
    async fn creates(&self, broker: i32) -> Option<bool> {
        let admin = self.main.admin().await.ok()?;
        let options = AdminOptions::new().request_timeout(Some(ACQUAINTANCE));
        let answer = admin.describe_configs([&ResourceSpecifier::Broker(broker)], &options).await.ok()?;
        let _ = tokio::task::spawn_blocking(move || drop(admin)).await; // joins a thread
        let config = answer.into_iter().next()?.ok()?;
        config.get(AUTO_CREATE)?.value.as_deref().map(|value| value == "true")
    }
}
