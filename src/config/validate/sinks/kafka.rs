//! `[sinks.NAME]` with `kind = "kafka"`.

use std::collections::BTreeMap;

use config::{Value, ValueKind};
use secrecy::SecretString;

use super::super::names::Names;
use super::{addresses, oauth};
use crate::config::env::Environment;
use crate::config::raw::Section;
use crate::config::{keys, secrets};
use crate::secret::Secret;
use crate::sink::settings::{Envelope, Kafka, KafkaOption, Kind, MissingTopic};
use crate::sink::topic::TopicTemplate;
use crate::source::entra::SignIn;

const TOPIC: &str =
    "a topic of letters, digits, \".\", \"_\", \"-\" and the placeholders {tenant}, {customer}, {feed}, {severity}";

const ENVELOPES: [(Envelope, &str); 3] = [
    (Envelope::None, "none"),
    (Envelope::CloudEvents, "cloudevents"),
    (Envelope::CloudEventsStructured, "cloudevents-structured"),
];

/// The shortest finding with its headers needs about as much.
const LEAST_BYTES: u32 = 1024;
/// What brokers can be set to at most.
const MOST_BYTES: u32 = 1_000_000_000;
/// More are a slip: a cluster holds some 200,000 in all.
const MOST_PARTITIONS: u32 = 100_000;
const MOST_REPLICAS: u32 = 1000;

/// The sink, and how it signs in where it does so with tokens.
pub(super) fn read(section: &Section<'_>, names: &Names, environment: &Environment) -> Option<(Kind, Option<SignIn>)> {
    if !cfg!(feature = "kafka") {
        section.unexpected("kind", "another kind, for this program was built without Kafka (cargo feature \"kafka\")");
    }
    let brokers = addresses(section, "brokers", "a list of host:port");
    section.missing("topic", TOPIC);
    let topic = section.parsed("topic", TOPIC, |text| TopicTemplate::parse(text).is_ok().then(|| text.to_owned()));
    let mut options = BTreeMap::new();
    if let Some(table) = section.free_section("options", &keys::KAFKA_OPTIONS) {
        read_options(&table, "", environment, &mut options);
    }
    let envelope = section.word_or_first("envelope", &ENVELOPES);
    let max_bytes = section.or("max_bytes", Kafka::MAX_BYTES, |section, key| section.octets(key, LEAST_BYTES..=MOST_BYTES));
    let missing_topic = missing_topic(section);
    let sign_in = oauth::read(section, names, brokers.as_deref().unwrap_or_default(), &options);
    let (envelope, max_bytes, missing_topic) = (envelope?, max_bytes?, missing_topic?);
    let kafka = Kafka { options, envelope, max_bytes, missing_topic, ..Kafka::new(brokers?, topic?) };
    Some((Kind::Kafka(kafka), sign_in.ok()?))
}

fn missing_topic(section: &Section<'_>) -> Option<MissingTopic> {
    let partitions = section.whole("partitions", 1..=MOST_PARTITIONS);
    let replicas = section.whole("replicas", 1..=MOST_REPLICAS).and_then(|replicas| u16::try_from(replicas).ok());
    let words = [
        (MissingTopic::LeaveToBrokers, "leave-to-brokers"),
        (MissingTopic::Refuse, "refuse"),
        (MissingTopic::Create { partitions, replicas }, "create"),
    ];
    let missing_topic = section.word_or_first("missing_topic", &words)?;
    if !matches!(missing_topic, MissingTopic::Create { .. }) {
        for key in ["partitions", "replicas"].into_iter().filter(|key| section.has(key)) {
            section.refuse(key, "found without missing_topic = \"create\", expected it beside that only");
        }
    }
    Some(missing_topic)
}

/// Options by their dotted names. `security.protocol = "…"` without quotes nests tables in TOML; it means the same here.
fn read_options(table: &Section<'_>, prefix: &str, environment: &Environment, options: &mut BTreeMap<String, KafkaOption>) {
    for key in table.keys() {
        let name = format!("{prefix}{key}");
        let Some(value) = table.value(key) else { continue };
        if matches!(name.as_str(), "bootstrap.servers" | "metadata.broker.list") {
            table.refuse(key, "found the brokers, expected them in the sink's own key \"brokers\"");
            continue;
        }
        let is_reference =
            |value: &Value| matches!(&value.kind, ValueKind::Table(t) if t.keys().any(|key| keys::SECRET.knows(key)));
        let option = match &value.kind {
            ValueKind::Table(_) if is_reference(value) => secrets::read(table, key, environment).map(KafkaOption::Secret),
            ValueKind::Table(_) => {
                if let Some(inner) = table.free_section(key, &keys::KAFKA_OPTIONS) {
                    read_options(&inner, &format!("{name}."), environment, options);
                }
                None
            }
            ValueKind::String(text) if is_secret(&name) => {
                table.warn(
                    key,
                    "a secret in plain text; { file = … }, { env = … } or { credential = … } keeps it out of the configuration",
                );
                Some(KafkaOption::Secret(Secret::Plain(SecretString::from(text.clone()))))
            }
            ValueKind::String(text) => Some(KafkaOption::Plain(text.clone())),
            ValueKind::I64(number) => Some(KafkaOption::Plain(number.to_string())),
            ValueKind::Float(number) => Some(KafkaOption::Plain(number.to_string())),
            ValueKind::Boolean(flag) => Some(KafkaOption::Plain(flag.to_string())),
            _ => {
                table.unexpected(key, "text, a number, true or false, or a secret");
                None
            }
        };
        if let Some(option) = option {
            options.insert(name, option);
        }
    }
}

/// librdkafka's options whose value nobody should see: `sasl.password`, `ssl.key.password`, `ssl.key.pem`, ….
fn is_secret(option: &str) -> bool {
    ["password", "secret", "key.pem", "sasl.oauthbearer.config"].iter().any(|word| option.contains(word))
}
