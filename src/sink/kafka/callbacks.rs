//! What librdkafka tells us: answers to messages, trouble, and its log. Called on its polling thread, so nothing here waits.

use std::sync::Arc;

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use rdkafka::producer::{DeliveryResult, ProducerContext};
use rdkafka::types::RDKafkaErrorCode as Code;
use tokio_util::sync::CancellationToken;

use super::flow::Flow;
use super::page::{Answer, Receipt};
use super::trouble::{Sorted, sort};

pub(super) struct Callbacks {
    pub flow: Arc<Flow>,
    /// Cancelled once the producer is of no use any more.
    pub gone: CancellationToken,
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
            self.gone.cancel();
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
