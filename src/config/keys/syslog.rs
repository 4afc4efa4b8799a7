//! The keys of `[sinks.NAME]` with `kind = "syslog"`, and of the tables below it.

use super::sinks::OVERSIZE;
use super::{Group, Key, key};

pub(super) const SYSLOG_KEYS: &[Key] = &[
    key(
        "address",
        "host:port, or a list of them",
        "required",
        "The receiver; of several, the first that answers. IPv6 in brackets: `[2001:db8::1]:514`.",
    ),
    key("transport", "word", "`\"tcp\"`", "`udp`, `tcp`, `tls`, `relp` or `relp-tls`."),
    key("rfc", "number", "`5424`", "The message format: `5424` or `3164`."),
    key(
        "framing",
        "word",
        "`\"octet-counting\"`",
        "How messages are told apart over TCP and TLS: `octet-counting` or `newline`.",
    ),
    key("facility", "word or number", "`\"local0\"`", "Syslog's facility, from `kern` (0) to `local7` (23)."),
    key("severities", "table", "see Severities", "Syslog's severity for each of ours."),
    key("hostname", "text", "the machine's name", "Who sends, as receivers see it."),
    key("app_name", "text", "`\"alertferry\"`", "RFC 5424's APP-NAME, RFC 3164's TAG."),
    key(
        "structured_data",
        "text or false",
        "`\"alertferry@32473\"`",
        "The name of the structured data (RFC 5424) with tenant and alert IDs: yours, with your enterprise number; `false` sends none.",
    ),
    key(
        "byte_order_mark",
        "true or false",
        "`false`",
        "Whether a message's text begins with the byte order mark that RFC 5424 asks for.",
    ),
    OVERSIZE,
    key(
        "max_bytes",
        "number",
        "`8000`; with `udp` `2048`, but of `ocsf` `8000`; of `raw`, which cannot be shortened, `200000` and `65507`",
        "The most octets that a message may have, its header included; at least 1024, with `udp` from 480 to 65507.",
    ),
    key(
        "patience",
        "duration",
        "`\"30s\"`",
        "How long a receiver may acknowledge nothing before the delivery counts as failed; at least `\"1s\"`; not with `udp`.",
    ),
    key(
        "keepalive",
        "duration",
        "`\"30s\"`",
        "How long a connection is idle before its far side is asked for; at least `\"1s\"`; not with `udp`.",
    ),
    key("tls", "table", "–", "With `tls` and `relp-tls`; see TLS."),
];

pub const SYSLOG: Group = Group::new("`[sinks.NAME]` with `kind = \"syslog\"`", &[SYSLOG_KEYS]);

pub const TLS: Group = Group {
    title: "TLS: `tls` of a syslog sink",
    keys: &[&[
        key("ca", "path", "the system's", "A PEM file of certificates that are trusted instead of the system's."),
        key("server_name", "text", "the host of the address", "The name that the receiver's certificate must have."),
        key("certificate", "path", "–", "Our certificate for receivers that ask for one: PEM, then those that vouch for it."),
        key("key", "secret", "the certificate's file", "Its private key: PEM, not encrypted."),
        key("min_version", "word", "`\"1.2\"`", "The oldest TLS that is spoken: `1.2` or `1.3`."),
    ]],
    later: &[],
    hidden: true,
};

const SEVERITY: &str = "word or number";

pub const SEVERITIES: Group = Group::new(
    "Severities: `severities` of a syslog sink",
    &[&[
        key("unknown", SEVERITY, "`\"notice\"`", "Also what the vendor leaves open."),
        key("informational", SEVERITY, "`\"informational\"`", "From `emergency` (0) to `debug` (7)."),
        key("low", SEVERITY, "`\"notice\"`", "The same."),
        key("medium", SEVERITY, "`\"warning\"`", "The same."),
        key("high", SEVERITY, "`\"error\"`", "The same."),
        key("critical", SEVERITY, "`\"critical\"`", "The same."),
        key("other", SEVERITY, "`\"notice\"`", "A word of the vendor's that this version does not know."),
    ]],
);
