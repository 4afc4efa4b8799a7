//! What librdkafka tells and asks us: answers to messages, trouble, statistics, its log, tokens. Called on its polling thread,
//! so nothing here waits but for a token.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use rdkafka::ClientContext;
use rdkafka::client::OAuthToken;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use rdkafka::producer::{DeliveryResult, ProducerContext};
use rdkafka::statistics::Statistics;
use rdkafka::types::RDKafkaErrorCode as Code;
use tokio_util::sync::CancellationToken;

use super::flow::Flow;
use super::oauth::SignIn;
use super::page::{Answer, Receipt};
use super::statistics;
use super::trouble::{Sorted, sort};
use crate::telemetry::kafka::{Meter, Reading};

/// What every client needs, be it for messages or for topics.
#[derive(Clone)]
pub(super) struct Session {
    pub flow: Arc<Flow>,
    pub sign_in: Option<SignIn>,
}

impl ClientContext for Session {
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
        tracing::debug!("{}", self.flow.error(&format!("{error}: {words}"), None));
    }
}

/// What a producer needs beside that.
pub(super) struct Callbacks {
    pub session: Session,
    /// Cancelled once the producer is of no use any more.
    pub gone: CancellationToken,
    pub meter: Meter,
    pub alone: bool,
}

impl ClientContext for Callbacks {
    const ENABLE_REFRESH_OAUTH_TOKEN: bool = true;

    fn log(&self, level: RDKafkaLogLevel, facility: &str, words: &str) {
        self.session.log(level, facility, words);
    }

    fn error(&self, error: KafkaError, words: &str) {
        let code = error.rdkafka_error_code().unwrap_or(Code::Fail);
        if sort(code) == Sorted::Fatal {
            self.gone.cancel();
        }
        self.session.flow.trouble(code, words);
    }

    fn generate_oauth_token(&self, _: Option<&str>) -> Result<OAuthToken, Box<dyn Error>> {
        let sign_in = self.session.sign_in.as_ref().ok_or("this sink signs in without tokens")?;
        sign_in.token().map_err(|why| {
            self.session.flow.locked_out(&why);
            why.replace('\0', "").into() // which the binding cannot pass on
        })
    }

    fn stats(&self, statistics: Statistics) {
        let reading = statistics::read(&statistics);
        // Of the two producers of a sink, only the usual one speaks for the brokers.
        self.meter.take(if self.alone { Reading { brokers: BTreeMap::new(), ..reading } } else { reading });
    }
}

impl ProducerContext for Callbacks {
    type DeliveryOpaque = Box<Receipt>;

    fn delivery(&self, result: &DeliveryResult<'_>, receipt: Box<Receipt>) {
        let flow = &self.session.flow;
        let answer = match result {
            Ok(_) => {
                flow.alive();
                Answer::Delivered
            }
            Err((error, _)) => Answer::Failed(error.rdkafka_error_code().unwrap_or(Code::Fail)),
        };
        receipt.settle(answer);
        flow.one_left();
    }
}
