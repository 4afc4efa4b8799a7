//! Sinks as `check` shows them: how they write, how they send, and where to.

use serde_json::{Value, json};

use super::send_word;
use crate::config::duration;
use crate::format::shorten::Oversize;
use crate::format::{Encoder, cef, ecs, leef, ocsf};
use crate::sink::settings::{Envelope, Framing, Kafka, Kind, Rfc, Settings, Syslog, Tls, Transport};

pub(super) fn kind(sink: &Settings) -> &'static str {
    match &sink.kind {
        Kind::Kafka(_) => "kafka",
        Kind::Syslog(_) => "syslog",
        Kind::File(_) => "file",
    }
}

/// The format with its version and what of its options is not as usual.
pub(super) fn format(encoder: Encoder) -> String {
    let options: &[(bool, &str)] = match encoder {
        Encoder::Ocsf(ocsf::Options { raw_data, .. }) => &[(raw_data, "raw_data")],
        Encoder::Ecs(ecs::Options { original }) => &[(original, "original")],
        Encoder::Cef(cef::Options { strict_lengths, ipv6_in_src, high_is_ten }) => {
            &[(strict_lengths, "strict_lengths"), (ipv6_in_src, "ipv6 in src"), (high_is_ten, "high 10")]
        }
        Encoder::Leef(leef::Options { delimiter, .. }) => &[(delimiter != leef::Options::default().delimiter, "own delimiter")],
        Encoder::Raw => &[],
    };
    let set = options.iter().filter(|(set, _)| *set).map(|(_, word)| *word);
    std::iter::once(encoder.versioned()).chain(set).collect::<Vec<_>>().join(", ")
}

/// Where to, and by which way.
pub(super) fn target(sink: &Settings) -> String {
    match &sink.kind {
        Kind::Kafka(kafka) => {
            let envelope = envelope(kafka).map(|word| format!(" in {word}")).unwrap_or_default();
            format!("{} at {}{envelope}", kafka.topic, kafka.brokers.join(", "))
        }
        Kind::Syslog(syslog) => {
            let newlines = if syslog.framing == Framing::Newline { ", a line each" } else { "" };
            format!("{} over {}, rfc {}{newlines}", syslog.addresses.join(", "), transport(syslog), rfc(syslog))
        }
        Kind::File(file) if file.path.as_os_str() == "-" => "standard output".to_owned(),
        Kind::File(file) => file.path.display().to_string(),
    }
}

pub(super) fn shown_sink(sink: &Settings) -> Value {
    let mut shown = json!({
        "name": sink.name.as_str(),
        "kind": kind(sink),
        "format": sink.encoder.format().as_str(),
        "written": format(sink.encoder),
        "send": send_word(sink.send),
        "labels": sink.labels,
        "to": target(sink),
    });
    let more = match &sink.kind {
        Kind::Kafka(kafka) => json!({
            "brokers": kafka.brokers,
            "topic": kafka.topic,
            "envelope": envelope(kafka).unwrap_or("none"),
            "oversize": oversize(sink.oversize),
            "max_bytes": kafka.max_bytes,
        }),
        Kind::Syslog(syslog) => json!({
            "addresses": syslog.addresses,
            "transport": transport(syslog),
            "rfc": rfc(syslog),
            "framing": framing(syslog),
            "verifies": tls(syslog).map(verified),
            "oversize": oversize(sink.oversize),
            "max_bytes": syslog.max_bytes,
            "patience": duration::show(syslog.patience),
        }),
        Kind::File(file) => json!({ "path": file.path.display().to_string() }),
    };
    if let (Value::Object(shown), Value::Object(more)) = (&mut shown, more) {
        shown.extend(more);
    }
    shown
}

pub(super) fn oversize(oversize: Oversize) -> &'static str {
    match oversize {
        Oversize::Shorten => "shorten",
        Oversize::DeadLetter => "dead-letter",
    }
}

fn envelope(kafka: &Kafka) -> Option<&'static str> {
    match kafka.envelope {
        Envelope::None => None,
        Envelope::CloudEvents => Some("cloudevents"),
        Envelope::CloudEventsStructured => Some("cloudevents-structured"),
    }
}

fn transport(syslog: &Syslog) -> &'static str {
    match &syslog.transport {
        Transport::Udp => "udp",
        Transport::Tcp => "tcp",
        Transport::Tls(_) => "tls",
        Transport::Relp(None) => "relp",
        Transport::Relp(Some(_)) => "relp-tls",
    }
}

fn tls(syslog: &Syslog) -> Option<&Tls> {
    match &syslog.transport {
        Transport::Tls(tls) | Transport::Relp(Some(tls)) => Some(tls),
        Transport::Udp | Transport::Tcp | Transport::Relp(None) => None,
    }
}

/// By whom a receiver's certificate must be issued, and for which name.
fn verified(tls: &Tls) -> Value {
    json!({ "ca": tls.ca.as_ref().map(|path| path.display().to_string()), "server_name": tls.server_name })
}

/// `None` where the transport has its own.
fn framing(syslog: &Syslog) -> Option<&'static str> {
    let ours = matches!(syslog.transport, Transport::Tcp | Transport::Tls(_));
    ours.then_some(match syslog.framing {
        Framing::OctetCounting => "octet-counting",
        Framing::Newline => "newline",
    })
}

fn rfc(syslog: &Syslog) -> u16 {
    match syslog.rfc {
        Rfc::Rfc3164 => 3164,
        Rfc::Rfc5424 => 5424,
    }
}
