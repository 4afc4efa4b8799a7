//! What librdkafka tells us: answers to messages, trouble, and its log. Called on its polling thread, so nothing here waits.

use std::sync::{Arc, OnceLock};

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use rdkafka::producer::{DeliveryResult, ProducerContext};
use rdkafka::types::RDKafkaErrorCode as Code;
use tokio_util::sync::CancellationToken;

use super::flow::Flow;
use super::page::{Answer, Receipt};
use super::trouble::{Sorted, sort};

/// Whether a producer is of any use still, and why not.
#[derive(Debug, Default)]
pub(super) struct Fate {
    pub gone: CancellationToken,
    why: OnceLock<String>,
}

impl Fate {
    pub fn seal(&self, why: &str) {
        // The first reason is the one that explains the others.
        let _ = self.why.set(why.to_owned());
        self.gone.cancel();
    }

    pub fn why(&self) -> &str {
        self.why.get().map_or("the producer failed", String::as_str)
    }
}

pub(super) struct Callbacks {
    pub flow: Arc<Flow>,
    pub fate: Arc<Fate>,
}

impl ClientContext for Callbacks {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, words: &str) {
        match level {
            RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical | RDKafkaLogLevel::Error => {
                tracing::warn!(target: "librdkafka", facility, "{words}");
            }
            RDKafkaLogLevel::Warning | RDKafkaLogLevel::Notice => tracing::info!(target: "librdkafka", facility, "{words}"),
            RDKafkaLogLevel::Info | RDKafkaLogLevel::Debug => tracing::debug!(target: "librdkafka", facility, "{words}"),
        }
    }

    fn error(&self, error: KafkaError, words: &str) {
        let code = error.rdkafka_error_code().unwrap_or(Code::Fail);
        if sort(code) == Sorted::Fatal {
            self.fate.seal(words);
        }
        self.flow.trouble(code, words);
    }
}

impl ProducerContext for Callbacks {
    type DeliveryOpaque = Box<Receipt>;

    fn delivery(&self, result: &DeliveryResult<'_>, receipt: Box<Receipt>) {
        let answer = match result {
            Ok(_) => {
                self.flow.alive();
                Answer::Delivered
            }
            Err((error, _)) => Answer::Failed(error.rdkafka_error_code().unwrap_or(Code::Fail)),
        };
        receipt.settle(answer);
        self.flow.one_left();
    }
}
