//! The keys of `[sinks.NAME]`.

use super::{Group, Key, key};

const SINK_KEYS: &[Key] = &[
    key("kind", "kind", "required", "`kafka`, `syslog` or `file`."),
    key("format", "format", "`\"ocsf\"`", "How alerts are written: `ocsf` or `raw`."),
    key("send", "word", "`\"new\"`", "`new`: each alert once; `changes`: each revision."),
];

const KAFKA_KEYS: &[Key] = &[
    key("brokers", "list of host:port", "required", "Brokers to start from."),
    key("topic", "text", "required", "The topic; may hold `{tenant}`, `{customer}`, `{feed}` and `{severity}`."),
    key("options", "table", "–", "Passed to librdkafka: text, number, true or false, or a secret."),
];

const SYSLOG_KEYS: &[Key] = &[
    key("address", "host:port", "required", "The receiver."),
    key("transport", "word", "`\"tcp\"`", "`tcp`."),
    key("rfc", "number", "`5424`", "The message format: `5424`."),
    key("framing", "word", "`\"octet-counting\"`", "How messages are told apart: `octet-counting`."),
];

const FILE_KEYS: &[Key] = &[key("path", "path", "required", "The file to append to; `-` is standard output.")];

pub const SINK: Group = Group::new("`[sinks.NAME]`, every kind", &[SINK_KEYS]);
pub const KAFKA: Group = Group::new("`[sinks.NAME]` with `kind = \"kafka\"`", &[KAFKA_KEYS]);
pub const SYSLOG: Group = Group::new("`[sinks.NAME]` with `kind = \"syslog\"`", &[SYSLOG_KEYS]);
pub const FILE: Group = Group::new("`[sinks.NAME]` with `kind = \"file\"`", &[FILE_KEYS]);

pub(in crate::config) const KAFKA_SINK: Group = Group::new("a sink of kind \"kafka\"", &[SINK_KEYS, KAFKA_KEYS]);
pub(in crate::config) const SYSLOG_SINK: Group = Group::new("a sink of kind \"syslog\"", &[SINK_KEYS, SYSLOG_KEYS]);
pub(in crate::config) const FILE_SINK: Group = Group::new("a sink of kind \"file\"", &[SINK_KEYS, FILE_KEYS]);

/// Passed through: the names are librdkafka's.
pub(in crate::config) const KAFKA_OPTIONS: Group = Group { title: "options", keys: &[], later: &[], hidden: true };
