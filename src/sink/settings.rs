//! What can be set of each sink. [`crate::config`] fills these in; every value here has been checked.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::Revisions;
use crate::alert::Severity;
use crate::format::Encoder;
use crate::format::shorten::Oversize;
use crate::secret::Secret;
use crate::tenant::SinkName;

/// One `[sinks.NAME]`.
#[derive(Debug, Clone)]
pub struct Settings {
    pub name: SinkName,
    pub kind: Kind,
    pub encoder: Encoder,
    pub send: Revisions,
    pub oversize: Oversize,
    /// Free words of ours that travel with each alert, beside those of the tenant.
    pub labels: BTreeMap<String, String>,
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
    pub envelope: Envelope,
    /// The most octets that a record may have, key and headers included, before compression.
    pub max_bytes: usize,
    pub missing_topic: MissingTopic,
}

impl Kafka {
    /// Below the 1,048,588 octets that brokers take by default.
    pub const MAX_BYTES: usize = 900_000;

    #[must_use]
    pub fn new(brokers: Vec<String>, topic: impl Into<String>) -> Self {
        Self {
            brokers,
            topic: topic.into(),
            options: BTreeMap::new(),
            envelope: Envelope::None,
            max_bytes: Self::MAX_BYTES,
            missing_topic: MissingTopic::LeaveToBrokers,
        }
    }
}

/// What goes around a message in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Envelope {
    None,
    /// CloudEvents 1.0 in binary mode: the value as it is, the attributes as headers.
    CloudEvents,
    /// CloudEvents 1.0 in structured mode: one JSON document with the value in `data`.
    CloudEventsStructured,
}

/// What happens when a topic is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingTopic {
    /// Brokers create it or not, as they are set.
    LeaveToBrokers,
    /// It is never created, whatever brokers are set to.
    Refuse,
    Create {
        /// `None`: the brokers' default.
        partitions: Option<u32>,
        replicas: Option<u16>,
    },
}

/// A librdkafka option: plain, or a secret such as `sasl.password`.
#[derive(Debug, Clone)]
pub enum KafkaOption {
    Plain(String),
    Secret(Secret),
}

#[derive(Debug, Clone)]
pub struct Syslog {
    /// `host:port`, at least one: the first that answers is used, in this order.
    pub addresses: Vec<String>,
    pub transport: Transport,
    pub rfc: Rfc,
    /// For TCP and TLS; the others have their own.
    pub framing: Framing,
    /// From 0 to 23.
    pub facility: u8,
    /// Syslog's severity, from 0 to 7, for each of ours; those that are not named have their usual one.
    pub severities: BTreeMap<Severity, u8>,
    /// Who sends, as receivers see it; the machine's name where it is not set.
    pub hostname: Option<String>,
    pub app_name: String,
    /// The name of the structured data, such as `alertferry@32473`; `None` sends none.
    pub structured_data: Option<String>,
    /// Whether the text of an RFC 5424 message begins with the UTF-8 byte order mark that the RFC asks for.
    pub byte_order_mark: bool,
    /// The most octets that a message may have, its header included and framing not.
    pub max_bytes: usize,
    /// How long a receiver may acknowledge nothing of what it was sent before the delivery counts as failed.
    pub patience: Duration,
    /// How long a connection is idle before its far side is asked whether it is still there.
    pub keepalive: Duration,
}

impl Syslog {
    /// Long enough for a receiver that pauses (a restart, a busy disk), short enough that an operator hears of a stuck one.
    pub const PATIENCE: Duration = Duration::from_secs(30);
    /// A firewall forgets an idle connection after minutes.
    pub const KEEPALIVE: Duration = Duration::from_secs(30);
    /// `local0`, what receivers expect of applications that are not part of the system.
    pub const FACILITY: u8 = 16;
    pub const APP_NAME: &str = "alertferry";
    /// 32473 is the enterprise number that RFC 5612 sets aside for documentation; we have none of our own.
    pub const STRUCTURED_DATA: &str = "alertferry@32473";
    /// What receivers of datagrams should take (RFC 5426).
    pub const MAX_BYTES_OF_A_DATAGRAM: usize = 2048;
    /// Below rsyslog's usual limit of 8 KiB.
    pub const MAX_BYTES: usize = 8000;
    /// rsyslog's usual `maxFrameSize`: it takes what follows a longer frame for lines, and loses it.
    pub const MAX_BYTES_RAW: usize = 200_000;
    /// What IPv4 has room for.
    pub const MAX_BYTES_OF_A_RAW_DATAGRAM: usize = 65_507;

    /// RFC 5424 over TCP with octet counting.
    #[must_use]
    pub fn new(address: impl Into<String>) -> Self {
        Self {
            addresses: vec![address.into()],
            transport: Transport::Tcp,
            rfc: Rfc::Rfc5424,
            framing: Framing::OctetCounting,
            facility: Self::FACILITY,
            severities: BTreeMap::new(),
            hostname: None,
            app_name: Self::APP_NAME.to_owned(),
            structured_data: Some(Self::STRUCTURED_DATA.to_owned()),
            byte_order_mark: false,
            max_bytes: Self::MAX_BYTES,
            patience: Self::PATIENCE,
            keepalive: Self::KEEPALIVE,
        }
    }
}

/// How syslog messages travel.
#[derive(Debug, Clone)]
pub enum Transport {
    /// RFC 5426: one message a datagram.
    Udp,
    /// RFC 6587.
    Tcp,
    /// RFC 5425.
    Tls(Tls),
    /// rsyslog's acknowledged protocol, over TCP or TLS.
    Relp(Option<Tls>),
}

/// The form of a syslog message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rfc {
    Rfc3164,
    Rfc5424,
}

/// How messages are told apart in a stream (RFC 6587).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    OctetCounting,
    /// A line feed ends a message; those inside become spaces.
    Newline,
}

/// How a receiver proves who it is, and how we do.
#[derive(Debug, Clone)]
pub struct Tls {
    /// A PEM file of certificates that are trusted instead of the system's.
    pub ca: Option<PathBuf>,
    /// The name that the receiver's certificate must have, where it is not the host of the address.
    pub server_name: Option<String>,
    pub identity: Option<Identity>,
    pub min_version: TlsVersion,
}

/// What we show to a receiver that asks for a certificate.
#[derive(Debug, Clone)]
pub struct Identity {
    /// PEM; the certificate first, then those that vouch for it.
    pub certificate: PathBuf,
    /// PEM: PKCS#8, PKCS#1 or SEC1, not encrypted.
    pub key: Secret,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    V1_2,
    V1_3,
}

#[derive(Debug, Clone)]
pub struct File {
    /// `-` is standard output.
    pub path: PathBuf,
}
