//! The options of the librdkafka client: our defaults, what an operator may change, and what would break the promise.

use rdkafka::config::ClientConfig;
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaConfRes;
use secrecy::{ExposeSecret as _, SecretString};

use super::sasl;
use crate::sink::settings::{Kafka, KafkaOption, MissingTopic};

/// Option, its other name in librdkafka, and our value.
const DEFAULTS: [(&str, &str, &str); 10] = [
    ("client.id", "client.id", "alertferry"),
    ("compression.type", "compression.codec", "lz4"),
    ("linger.ms", "queue.buffering.max.ms", "5"),
    // The default differs from what Java's clients do, so that their consumers would look at the wrong partition.
    ("partitioner", "partitioner", "murmur2_random"),
    // What waits is bounded by bytes, in flow.rs.
    ("queue.buffering.max.messages", "queue.buffering.max.messages", "0"),
    // How long a topic may stay unknown before its messages are given back: enough for one that is being created.
    ("topic.metadata.propagation.max.ms", "topic.metadata.propagation.max.ms", "5000"),
    // librdkafka's 10 s would add as much to every outage.
    ("reconnect.backoff.max.ms", "reconnect.backoff.max.ms", "3000"),
    ("socket.keepalive.enable", "socket.keepalive.enable", "true"),
    // Brokers close idle connections all the time.
    ("log.connection.close", "log.connection.close", "false"),
    // For the metrics.
    ("statistics.interval.ms", "statistics.interval.ms", "10000"),
];

/// librdkafka counts before it compresses, brokers after. 8 MiB of JSON make about 1 MiB, the brokers' default limit.
const LARGEST: usize = 8 * 1024 * 1024;

/// What librdkafka counts for a record beside what we do, and more.
const SLACK: usize = 1024;

/// The most that librdkafka's option takes.
const LIMIT: usize = 1_000_000_000;

const LARGEST_OPTION: &str = "message.max.bytes";

const AT_MOST_ONCE: &str = "without it an alert can be lost or sent twice";
const NO_TIMEOUT: &str = "a message given up after a while may have arrived, and would be sent twice";

/// Option, its other name in librdkafka, the only values accepted, of which the first is set, and why.
const FIXED: [(&str, &str, &[&str], &str); 5] = [
    ("enable.idempotence", "enable.idempotence", &["true"], AT_MOST_ONCE),
    ("acks", "request.required.acks", &["all", "-1"], AT_MOST_ONCE),
    ("message.timeout.ms", "delivery.timeout.ms", &["0"], NO_TIMEOUT),
    ("retries", "message.send.max.retries", &["2147483647"], NO_TIMEOUT),
    ("delivery.report.only.error", "delivery.report.only.error", &["false"], "a delivery would never be reported"),
];

/// Options that are ours to set.
const OURS: [(&str, &str); 4] = [
    ("allow.auto.create.topics", "say what becomes of missing topics in `missing_topic`"),
    ("bootstrap.servers", "name the brokers in `brokers`"),
    ("metadata.broker.list", "name the brokers in `brokers`"),
    ("transactional.id", "alertferry sends without transactions here"),
];

/// A complete configuration and the secrets in it, which no message may show.
pub(super) struct Options {
    pub config: ClientConfig,
    secrets: Vec<SecretString>,
}

impl Options {
    /// Reads the secrets anew and checks each option by itself.
    ///
    /// # Errors
    /// Every problem, naming its option, never its value.
    pub fn read(settings: &Kafka, bearer: bool) -> Result<Self, Vec<String>> {
        let mut config = ClientConfig::new();
        let mut secrets = Vec::new();
        let mut problems = Vec::new();
        config.set("bootstrap.servers", settings.brokers.join(","));
        for (name, other, value) in DEFAULTS {
            if !settings.options.contains_key(other) {
                config.set(name, value);
            }
        }
        for (name, _, values, _) in FIXED {
            config.set(name, values[0]);
        }
        config.set(LARGEST_OPTION, settings.max_bytes.saturating_add(SLACK).clamp(LARGEST, LIMIT).to_string());
        if settings.missing_topic != MissingTopic::LeaveToBrokers {
            config.set("allow.auto.create.topics", "false");
        }
        for (name, option) in &settings.options {
            let value = match option {
                KafkaOption::Plain(value) => value.clone(),
                KafkaOption::Secret(secret) => match secret.read() {
                    Ok(secret) => {
                        secrets.push(secret.clone());
                        secret.expose_secret().to_owned()
                    }
                    Err(error) => {
                        problems.push(format!("options.{name:?}: {error}"));
                        continue;
                    }
                },
            };
            match check(name, &value) {
                Ok(true) => {
                    config.set(name, value);
                }
                Ok(false) => {}
                Err(problem) => problems.push(format!("options.{name:?} {problem}")),
            }
        }
        problems.extend(sasl::settle(&mut config, bearer));
        if problems.is_empty() { Ok(Self { config, secrets }) } else { Err(problems) }
    }

    /// The most octets that a record may have: the sink's own limit, or librdkafka's where an operator made that smaller.
    pub fn largest_record(&self, settings: &Kafka) -> usize {
        let librdkafkas = self.config.get(LARGEST_OPTION).and_then(|value| value.parse::<usize>().ok());
        librdkafkas.map_or(settings.max_bytes, |limit| limit.saturating_sub(SLACK).min(settings.max_bytes))
    }

    /// A text of librdkafka's with our secrets struck out, in case it quotes one.
    pub fn without_secrets(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.expose_secret(), "[REDACTED]"))
    }
}

/// Whether an option is to be set: `false` for one that has its only possible value already.
fn check(name: &str, value: &str) -> Result<bool, String> {
    if let Some((_, advice)) = OURS.iter().find(|(ours, _)| *ours == name) {
        return Err(format!("cannot be set here: {advice}"));
    }
    if let Some((_, _, values, why)) = FIXED.iter().find(|(fixed, other, ..)| *fixed == name || *other == name) {
        return if values.contains(&value) { Ok(false) } else { Err(format!("must stay {}: {why}", values[0])) };
    }
    match ClientConfig::new().set(name, value).create_native_config() {
        Ok(_) => Ok(true),
        Err(KafkaError::ClientConfig(RDKafkaConfRes::RD_KAFKA_CONF_UNKNOWN, ..)) => {
            Err("is unknown: librdkafka has no option of this name".to_owned())
        }
        // librdkafka's own words would quote the value.
        Err(_) => Err("has a value that librdkafka does not take, or is not part of this build".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use secrecy::SecretString;

    use super::Options;
    use crate::secret::Secret;
    use crate::sink::settings::{Kafka, KafkaOption};

    fn read(options: &[(&str, &str)]) -> Result<Options, Vec<String>> {
        let options = options.iter().map(|(name, value)| ((*name).to_owned(), KafkaOption::Plain((*value).to_owned()))).collect();
        Options::read(&Kafka { options, ..Kafka::new(vec!["b1:9092".into(), "b2:9092".into()], "alerts") }, false)
    }

    #[test]
    fn the_promise_is_kept_by_default() {
        let config = read(&[]).unwrap().config;
        for (name, value) in [
            ("bootstrap.servers", "b1:9092,b2:9092"),
            ("enable.idempotence", "true"),
            ("acks", "all"),
            ("message.timeout.ms", "0"),
            ("compression.type", "lz4"),
            ("linger.ms", "5"),
            ("partitioner", "murmur2_random"),
            ("client.id", "alertferry"),
        ] {
            assert_eq!(config.get(name), Some(value), "{name}");
        }
        config.create_native_config().unwrap();
    }

    #[test]
    fn an_operator_may_change_what_does_no_harm_by_either_name() {
        let config = read(&[("compression.codec", "zstd"), ("linger.ms", "50"), ("acks", "-1")]).unwrap().config;
        assert_eq!(config.get("compression.codec"), Some("zstd"));
        assert_eq!(config.get("compression.type"), None, "librdkafka would take whichever comes last");
        assert_eq!(config.get("linger.ms"), Some("50"));
        assert_eq!(config.get("acks"), Some("all"));
    }

    #[test]
    fn librdkafka_takes_what_the_sink_may_send_and_an_operators_smaller_limit_counts() {
        let of = |max_bytes, options: &[(&str, &str)]| {
            let options = options.iter().map(|(name, value)| ((*name).to_owned(), KafkaOption::Plain((*value).to_owned())));
            let settings = Kafka { max_bytes, options: options.collect(), ..Kafka::new(vec!["b:9092".into()], "alerts") };
            let options = Options::read(&settings, false).unwrap();
            options.config.create_native_config().unwrap();
            (options.config.get("message.max.bytes").unwrap().parse::<usize>().unwrap(), options.largest_record(&settings))
        };
        assert_eq!(of(900_000, &[]), (8_388_608, 900_000));
        assert_eq!(of(20_000_000, &[]), (20_001_024, 20_000_000));
        assert_eq!(of(usize::MAX, &[]), (1_000_000_000, 999_998_976));
        assert_eq!(of(900_000, &[("message.max.bytes", "10000")]), (10_000, 8_976));
    }

    #[test]
    fn what_would_break_the_promise_is_refused_with_the_reason() {
        for (name, value, words) in [
            ("enable.idempotence", "false", "must stay true"),
            ("acks", "1", "must stay all"),
            ("request.required.acks", "0", "must stay all"),
            ("message.timeout.ms", "30000", "must stay 0"),
            ("delivery.timeout.ms", "30000", "must stay 0"),
            ("retries", "3", "must stay 2147483647"),
            ("delivery.report.only.error", "true", "must stay false"),
            ("bootstrap.servers", "b3:9092", "`brokers`"),
            ("transactional.id", "t", "without transactions"),
            ("allow.auto.create.topics", "true", "`missing_topic`"),
        ] {
            let problems = read(&[(name, value)]).err().unwrap_or_else(|| panic!("{name} passed"));
            assert!(problems[0].contains(name) && problems[0].contains(words), "{problems:?}");
        }
    }

    #[test]
    fn every_mistake_is_reported_at_once_and_no_value_is_shown() {
        let options = BTreeMap::from([
            ("compression.tpye".to_owned(), KafkaOption::Plain("s3cret-a".into())),
            ("linger.ms".to_owned(), KafkaOption::Plain("s3cret-b".into())),
            ("sasl.password".to_owned(), KafkaOption::Secret(Secret::File("/nonexistent/password".into()))),
            ("security.protocol".to_owned(), KafkaOption::Secret(Secret::Plain(SecretString::from("s3cret-c")))),
        ]);
        let settings = Kafka { options, ..Kafka::new(vec!["b:9092".into()], "alerts") };
        let problems = Options::read(&settings, false).err().unwrap();
        assert_eq!(problems.len(), 4, "{problems:?}");
        for (problem, words) in
            problems.iter().zip(["has no option", "does not take", "secret file /nonexistent", "does not take"])
        {
            assert!(problem.contains(words), "{problem}");
        }
        assert!(!problems.concat().contains("s3cret"), "{problems:?}");
    }

    #[test]
    fn secrets_are_struck_out_of_what_librdkafka_says() {
        let options =
            BTreeMap::from([("sasl.password".to_owned(), KafkaOption::Secret(Secret::Plain(SecretString::from("hunter2"))))]);
        let options = Options::read(&Kafka { options, ..Kafka::new(vec!["b:9092".into()], "alerts") }, false).unwrap();
        assert_eq!(options.without_secrets("bad hunter2, hunter2"), "bad [REDACTED], [REDACTED]");
    }
}
