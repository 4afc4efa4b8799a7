//! What each of Kafka's errors means for an alert, decided once: refused for good, worth a second look, or trouble that passes.

use rdkafka::types::RDKafkaErrorCode as Code;

use crate::sink::settings::MissingTopic;

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sorted {
    /// It will not be taken. Brokers refuse a batch of messages as a whole, so this holds for good only for a message that was
    /// alone; which one of many was to blame shows when each is sent alone.
    Refused,
    /// Worth another try later.
    Passing,
    /// The producer is of no use any more and must be made anew.
    Fatal,
}

const CREATE_TOPIC: &str =
    "create the topic, or let the brokers do it (auto.create.topics.enable); the alerts go out by themselves afterwards";
const CREATE_REFUSED_TOPIC: &str = "create the topic (the sink has missing_topic = \"refuse\", so nobody does it on the way), or look for a mistake in `topic`; the \
     alerts go out by themselves afterwards";
const TOPIC_COMES_BACK: &str = "nothing: the topic is created with the next try (missing_topic = \"create\")";
const TOPIC_NAME: &str =
    "the brokers do not take this topic's name: look for one that differs only in '.' and '_', and at `topic` of the sink";
const TOPIC_RIGHTS: &str = "give this sink's user the operations Write and Describe on the topic";
const CLUSTER_RIGHTS: &str = "give this sink's user the operation IdempotentWrite on the cluster";
const CREDENTIALS: &str = "check sasl.mechanism, sasl.username and sasl.password in the sink's options";
const OAUTH: &str = "look at the app that the sink's `oauth` names: its credential, its scope, and its rights at the brokers";
const TLS: &str = "check security.protocol and the ssl.* options of the sink against what the brokers' listener speaks";
// librdkafka does not tell these three apart.
const THEIR_CERTIFICATE: &str = "name the file of the authority that signed the brokers' certificates in the sink's option ssl.ca.location, name the \
     brokers in `brokers` by a name that stands in their certificates, and see that these have not expired: `openssl s_client -connect HOST:PORT` shows them";
const OUR_CERTIFICATE: &str = "the brokers want a certificate from this sink, or another one: set ssl.certificate.location and ssl.key.location (or \
     ssl.key.pem) of the sink's options to a pair that an authority of theirs has signed";
const NAMES: &str = "check the host names in `brokers`, and those that the brokers announce (advertised.listeners)";
const REACH: &str =
    "check that the brokers run, that `brokers` is right, and that security.protocol is what their listener speaks";
const REPLICAS: &str = "too few replicas of the partition are in step: bring the missing brokers back";
const LEADER: &str = "the partition has no leader: bring the missing brokers back";
const VERSION: &str = "the brokers are older than idempotent producers; Kafka 0.11 is the least";

pub(super) fn sort(code: Code) -> Sorted {
    match code {
        Code::MessageSizeTooLarge
        | Code::MessageBatchTooLarge
        | Code::InvalidRecord
        | Code::InvalidMessageSize
        | Code::InvalidTimestamp => Sorted::Refused,
        Code::Fatal | Code::InvalidProducerEpoch | Code::ProducerFenced | Code::Fenced => Sorted::Fatal,
        _ => Sorted::Passing,
    }
}

/// Whether a topic is not there, or may not be seen.
pub(super) fn no_topic(code: Code) -> bool {
    matches!(code, Code::UnknownTopic | Code::UnknownTopicOrPartition)
}

/// What advice depends on beside the error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Circumstances {
    /// Whether tokens of ours are used to sign in.
    pub bearer: bool,
    pub missing_topic: MissingTopic,
}

impl Circumstances {
    /// What somebody can do about trouble that does not pass by itself. The code of a failed TLS handshake says less than the
    /// words of OpenSSL.
    pub fn advice(self, code: Code, words: &str) -> Option<&'static str> {
        match (certificates(words).or_else(|| advice(code)), self.missing_topic) {
            (Some(CREATE_TOPIC), MissingTopic::Refuse) => Some(CREATE_REFUSED_TOPIC),
            (Some(CREATE_TOPIC), MissingTopic::Create { .. }) => Some(TOPIC_COMES_BACK),
            (Some(CREDENTIALS), _) if self.bearer => Some(OAUTH),
            (usual, _) => usual,
        }
    }
}

fn certificates(words: &str) -> Option<&'static str> {
    let told_off = words.contains("SSL routines") && words.contains("alert");
    if words.contains("certificate verify failed") {
        Some(THEIR_CERTIFICATE)
    } else if told_off && (words.contains("certificate") || words.contains("unknown ca")) {
        Some(OUR_CERTIFICATE)
    } else {
        None
    }
}

fn advice(code: Code) -> Option<&'static str> {
    match code {
        Code::UnknownTopic | Code::UnknownTopicOrPartition | Code::UnknownPartition => Some(CREATE_TOPIC),
        Code::InvalidTopic | Code::PolicyViolation => Some(TOPIC_NAME),
        Code::TopicAuthorizationFailed => Some(TOPIC_RIGHTS),
        Code::ClusterAuthorizationFailed => Some(CLUSTER_RIGHTS),
        Code::Authentication | Code::SaslAuthenticationFailed | Code::UnsupportedSASLMechanism | Code::IllegalSASLState => {
            Some(CREDENTIALS)
        }
        Code::SSL => Some(TLS),
        Code::Resolve => Some(NAMES),
        Code::AllBrokersDown | Code::BrokerTransportFailure | Code::OperationTimedOut | Code::MessageTimedOut => Some(REACH),
        Code::NotEnoughReplicas | Code::NotEnoughReplicasAfterAppend | Code::ISRInsufficient => Some(REPLICAS),
        Code::LeaderNotAvailable | Code::NotLeaderForPartition => Some(LEADER),
        Code::UnsupportedVersion | Code::UnsupportedFeature | Code::UnsupportedForMessageFormat => Some(VERSION),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rdkafka::types::RDKafkaErrorCode as Code;

    use super::{Circumstances, Sorted, sort};
    use crate::sink::settings::MissingTopic;

    const USUAL: Circumstances = Circumstances { bearer: false, missing_topic: MissingTopic::LeaveToBrokers };

    #[test]
    fn errors_are_sorted_on_purpose() {
        for code in [Code::MessageSizeTooLarge, Code::MessageBatchTooLarge, Code::InvalidRecord, Code::InvalidTimestamp] {
            assert_eq!(sort(code), Sorted::Refused, "{code}");
        }
        for code in [Code::Fatal, Code::InvalidProducerEpoch, Code::ProducerFenced] {
            assert_eq!(sort(code), Sorted::Fatal, "{code}");
        }
        for (code, words) in [
            (Code::UnknownTopic, "create the topic"),
            (Code::UnknownTopicOrPartition, "create the topic"),
            (Code::InvalidTopic, "differs only in"),
            (Code::TopicAuthorizationFailed, "Write and Describe"),
            (Code::ClusterAuthorizationFailed, "IdempotentWrite"),
            (Code::Authentication, "sasl.username"),
            (Code::SaslAuthenticationFailed, "sasl.username"),
            (Code::SSL, "ssl.*"),
            (Code::Resolve, "advertised.listeners"),
            (Code::AllBrokersDown, "the brokers run"),
            (Code::BrokerTransportFailure, "the brokers run"),
            (Code::LeaderNotAvailable, "no leader"),
            (Code::NotEnoughReplicas, "replicas"),
        ] {
            assert_eq!(sort(code), Sorted::Passing, "{code}");
            let advice = USUAL.advice(code, "").unwrap_or_else(|| panic!("{code}: no advice"));
            assert!(advice.contains(words), "{code}: {advice}");
        }
        for code in [Code::PurgeQueue, Code::PurgeInflight, Code::KafkaStorageError, Code::RequestTimedOut] {
            assert_eq!((sort(code), USUAL.advice(code, "")), (Sorted::Passing, None), "{code}: it passes by itself");
        }
    }

    #[test]
    fn openssls_words_say_whose_certificate_is_wrong() {
        for (code, words, told) in [
            (
                Code::SSL,
                "SSL handshake failed: error:0A000086:SSL routines::certificate verify failed: broker",
                "have not expired",
            ),
            (
                Code::BrokerTransportFailure,
                "error:0A000412:SSL routines::sslv3 alert bad certificate",
                "ssl.certificate.location",
            ),
            (Code::BrokerTransportFailure, "error:0A00045C:SSL routines::tlsv13 alert certificate required", "ssl.key.pem"),
            (Code::SSL, "error:0A000418:SSL routines::tlsv1 alert unknown ca", "ssl.key.pem"),
            (Code::SSL, "error:0A00010B:SSL routines::wrong version number", "security.protocol"),
        ] {
            let advice = USUAL.advice(code, words).unwrap();
            assert!(advice.contains(told), "{words}: {advice}");
        }
    }

    #[test]
    fn advice_knows_how_the_sink_is_set() {
        let create = MissingTopic::Create { partitions: None, replicas: None };
        for (bearer, missing_topic, code, words) in [
            (true, MissingTopic::LeaveToBrokers, Code::Authentication, "`oauth`"),
            (true, MissingTopic::LeaveToBrokers, Code::SaslAuthenticationFailed, "`oauth`"),
            (false, MissingTopic::Refuse, Code::UnknownTopic, "missing_topic = \"refuse\""),
            (false, create, Code::UnknownTopicOrPartition, "with the next try"),
        ] {
            let advice = Circumstances { bearer, missing_topic }.advice(code, "").unwrap();
            assert!(advice.contains(words), "{code}: {advice}");
        }
    }
}
