//! The keys of `[sinks.NAME]` of every kind, and those of Kafka and files.

use super::syslog::SYSLOG_KEYS;
use super::{Group, Key, key};

const SINK_KEYS: &[Key] = &[
    key("kind", "kind", "required", "`kafka`, `syslog` or `file`."),
    key(
        "format",
        "format",
        "`\"ocsf\"`",
        "How alerts are written: `ocsf`, `ecs`, `cef`, `leef` or `raw`; see [formats](formats.md).",
    ),
    key("send", "word", "`\"new\"`", "`new`: each alert once; `changes`: each revision."),
    key("filter", "table", "–", "Which alerts this sink takes, of whichever tenant; see Filter."),
    key("labels", "table of text", "–", "Free words that travel with each alert to this sink; see Routes."),
    key("ocsf", "table", "–", "With `format = \"ocsf\"`; see OCSF."),
    key("ecs", "table", "–", "With `format = \"ecs\"`; see ECS."),
    key("cef", "table", "–", "With `format = \"cef\"`; see CEF."),
    key("leef", "table", "–", "With `format = \"leef\"`; see LEEF."),
];

/// What sinks have whose far sides do not take messages of any length.
pub(super) const OVERSIZE: Key = key(
    "oversize",
    "word",
    "`\"shorten\"`",
    "What becomes of a message that is too long: `shorten` or `dead-letter`; see Messages that are too long.",
);

const KAFKA_KEYS: &[Key] = &[
    key("brokers", "list of host:port", "required", "Brokers to start from."),
    key("topic", "text", "required", "The topic; may hold `{tenant}`, `{customer}`, `{feed}` and `{severity}`."),
    key("options", "table", "–", "Passed to librdkafka: text, number, true or false, or a secret."),
    key(
        "envelope",
        "word",
        "`\"none\"`",
        "`none`, `cloudevents` (attributes as headers) or `cloudevents-structured` (one JSON document).",
    ),
    OVERSIZE,
    key(
        "max_bytes",
        "number",
        "`900000`",
        "The most octets that a record may have, key and headers included, before compression; at least 1024.",
    ),
    key(
        "missing_topic",
        "word",
        "`\"leave-to-brokers\"`",
        "What happens when a topic is not there: `leave-to-brokers`, `refuse` (never created) or `create`.",
    ),
    key("partitions", "number", "the brokers' default", "Of topics that `missing_topic = \"create\"` makes."),
    key("replicas", "number", "the brokers' default", "Of topics that `missing_topic = \"create\"` makes."),
    key("oauth", "table", "–", "Signs in with tokens for one of our apps (SASL OAUTHBEARER); see OAuth."),
];

const FILE_KEYS: &[Key] = &[key("path", "path", "required", "The file to append to; `-` is standard output.")];

pub const SINK: Group = Group::new("`[sinks.NAME]`, every kind", &[SINK_KEYS]);
pub const KAFKA: Group = Group::new("`[sinks.NAME]` with `kind = \"kafka\"`", &[KAFKA_KEYS]);
pub const FILE: Group = Group::new("`[sinks.NAME]` with `kind = \"file\"`", &[FILE_KEYS]);

pub(in crate::config) const KAFKA_SINK: Group = Group::new("a sink of kind \"kafka\"", &[SINK_KEYS, KAFKA_KEYS]);
pub(in crate::config) const SYSLOG_SINK: Group = Group::new("a sink of kind \"syslog\"", &[SINK_KEYS, SYSLOG_KEYS]);
pub(in crate::config) const FILE_SINK: Group = Group::new("a sink of kind \"file\"", &[SINK_KEYS, FILE_KEYS]);

/// Passed through: the names are librdkafka's.
pub(in crate::config) const KAFKA_OPTIONS: Group = Group { title: "options", keys: &[], later: &[], hidden: true };

pub const OAUTH: Group = Group::new(
    "OAuth: `oauth` of a Kafka sink",
    &[&[
        key("app", "app", "required", "The app registration that signs in: a name from `[apps]`."),
        key("tenant_id", "GUID", "the app's own `tenant_id`", "The Entra directory that the brokers trust."),
        key(
            "scope",
            "text",
            "that of the first broker where it is an Event Hub",
            "What the token is for, such as `https://NAMESPACE.servicebus.windows.net/.default`.",
        ),
        key("cloud", "cloud", "`\"global\"`", "Whose sign-in is asked: one of Microsoft's clouds or a name from `[clouds]`."),
    ]],
);
