//! `[sinks.NAME]`: destinations of every kind.

use std::collections::BTreeMap;

use config::{Value, ValueKind};
use secrecy::SecretString;

use super::names;
use crate::config::env::Environment;
use crate::config::raw::{Section, Words, quoted};
use crate::config::{keys, secrets};
use crate::format::shorten::Oversize;
use crate::format::{Encoder, Format};
use crate::secret::Secret;
use crate::sink::Revisions;
use crate::sink::settings::{File, Kafka, KafkaOption, Kind, Settings, Syslog};
use crate::sink::topic::TopicTemplate;
use crate::tenant::SinkName;

const HOST_AND_PORT: &str = "host:port, such as \"siem.example.net:6514\"";
const TOPIC: &str =
    "a topic of letters, digits, \".\", \"_\", \"-\" and the placeholders {tenant}, {customer}, {feed}, {severity}";

type Sinks = BTreeMap<SinkName, Option<Settings>>;

pub(super) fn read(top: &Section<'_>, environment: &Environment) -> Sinks {
    let mut sinks = Sinks::new();
    for (name, section) in names::entries(top, "sinks", &keys::SINK) {
        let sink = sink(name, &section, environment);
        if let Some(Settings { kind: Kind::File(file), .. }) = &sink
            && let Some(other) =
                sinks.values().flatten().find(|other| matches!(&other.kind, Kind::File(f) if f.path == file.path))
        {
            section.unexpected("path", &format!("a path of its own, for it is the one of sink {}", other.name));
        }
        sinks.insert(name.into(), sink);
    }
    sinks
}

fn sink(name: &str, section: &Section<'_>, environment: &Environment) -> Option<Settings> {
    const KINDS: [(&str, &str); 3] = [("kafka", "kafka"), ("syslog", "syslog"), ("file", "file")];
    section.missing("kind", "one of \"kafka\", \"syslog\", \"file\"");
    // without a kind nobody can say which other keys belong
    let kind = section.word("kind", Words { now: &KINDS, later: &["email"] })?;
    let format =
        if section.has("format") { section.word("format", Words { now: &Format::ALL, later: &[] }) } else { Some(Format::Ocsf) };
    let send = if section.has("send") {
        section.word("send", Words { now: &[(Revisions::New, "new"), (Revisions::Changes, "changes")], later: &[] })
    } else {
        Some(Revisions::New)
    };
    let kind = match kind {
        "kafka" => kafka(section, environment),
        "syslog" => syslog(section),
        _ => file(section),
    };
    Some(Settings {
        name: name.into(),
        kind: kind?,
        encoder: Encoder::of(format?),
        send: send?,
        oversize: Oversize::Shorten,
        labels: BTreeMap::new(),
    })
}

fn file(section: &Section<'_>) -> Option<Kind> {
    section.refuse_unknown_keys(&keys::FILE_SINK);
    section.missing("path", "the path of a file, or \"-\" for standard output");
    section.text("path", "the path of a file, or \"-\" for standard output").map(|path| Kind::File(File { path: path.into() }))
}

fn syslog(section: &Section<'_>) -> Option<Kind> {
    section.refuse_unknown_keys(&keys::SYSLOG_SINK);
    section.missing("address", HOST_AND_PORT);
    let address = section.parsed("address", HOST_AND_PORT, host_and_port);
    section.word("transport", Words { now: &[((), "tcp")], later: &["udp", "tls"] });
    section.word("framing", Words { now: &[((), "octet-counting")], later: &["newline"] });
    if section.whole("rfc", 3164..=5424).is_some_and(|rfc| rfc != 5424) {
        section.unexpected("rfc", "5424, the one that this version has");
    }
    address.map(|address| Kind::Syslog(Syslog::new(address)))
}

fn kafka(section: &Section<'_>, environment: &Environment) -> Option<Kind> {
    section.refuse_unknown_keys(&keys::KAFKA_SINK);
    if !cfg!(feature = "kafka") {
        section.unexpected("kind", "another kind, for this program was built without Kafka (cargo feature \"kafka\")");
    }
    section.missing("brokers", "a list of host:port");
    section.missing("topic", TOPIC);
    let brokers = section.list("brokers", "a list of host:port").map(|brokers| {
        if brokers.is_empty() {
            section.unexpected("brokers", "at least one host:port");
        }
        let read = |broker: &str| {
            let address = host_and_port(broker);
            if address.is_none() {
                section.refuse("brokers", &format!("found {}, expected {HOST_AND_PORT}", quoted(broker)));
            }
            address
        };
        brokers.into_iter().filter_map(read).collect()
    });
    let topic = section.parsed("topic", TOPIC, |text| TopicTemplate::parse(text).is_ok().then(|| text.to_owned()));
    let mut options = BTreeMap::new();
    if let Some(table) = section.free_section("options", &keys::KAFKA_OPTIONS) {
        read_options(&table, "", environment, &mut options);
    }
    Some(Kind::Kafka(Kafka { options, ..Kafka::new(brokers?, topic?) }))
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

fn host_and_port(text: &str) -> Option<String> {
    let (host, port) = text.trim().rsplit_once(':')?;
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let host_is_plain = match bare {
        Some(v6) => v6.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)),
    };
    let port_is_real = port.parse::<u16>().is_ok_and(|port| port > 0);
    (host_is_plain && port_is_real).then(|| text.trim().to_owned())
}
