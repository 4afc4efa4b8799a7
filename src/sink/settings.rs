//! What can be set of each sink. [`crate::config`] fills these in; every value here has been checked.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::Revisions;
use crate::format::Format;
use crate::secret::Secret;
use crate::tenant::SinkName;

/// One `[sinks.NAME]`.
#[derive(Debug, Clone)]
pub struct Settings {
    pub name: SinkName,
    pub kind: Kind,
    pub format: Format,
    pub send: Revisions,
}

/// Which destination, with what only that one needs.
#[derive(Debug, Clone)]
pub enum Kind {
    Kafka(Kafka),
    Syslog(Syslog),
    File(File),
}

#[derive(Debug, Clone)]
pub struct Kafka {
    /// `host:port`, at least one.
    pub brokers: Vec<String>,
    /// May hold `{tenant}`, `{customer}`, `{feed}` and `{severity}`.
    pub topic: String,
    /// Passed to librdkafka as they are.
    pub options: BTreeMap<String, KafkaOption>,
}

/// A librdkafka option: plain, or a secret such as `sasl.password`.
#[derive(Debug, Clone)]
pub enum KafkaOption {
    Plain(String),
    Secret(Secret),
}

#[derive(Debug, Clone)]
pub struct Syslog {
    /// `host:port`.
    pub address: String,
    /// How long a receiver may acknowledge nothing of what it was sent before the delivery counts as failed.
    pub patience: Duration,
}

impl Syslog {
    /// Long enough for a receiver that pauses (a restart, a busy disk), short enough that an operator hears of a stuck one.
    pub const PATIENCE: Duration = Duration::from_secs(30);

    #[must_use]
    pub fn new(address: impl Into<String>) -> Self {
        Self { address: address.into(), patience: Self::PATIENCE }
    }
}

#[derive(Debug, Clone)]
pub struct File {
    /// `-` is standard output.
    pub path: PathBuf,
}
