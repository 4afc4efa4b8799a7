//! `[sinks.NAME]`: destinations of every kind.

mod formats;
mod kafka;
mod oauth;
mod syslog;
mod tls;

use std::collections::BTreeMap;
use std::net::Ipv6Addr;

use super::filters;
use super::names::{self, Names};
use crate::config::env::Environment;
use crate::config::found::quoted;
use crate::config::keys;
use crate::config::raw::{Section, Words};
use crate::format::shorten::Oversize;
use crate::format::{Encoder, Format};
use crate::pipeline::filter::Filter;
use crate::sink::Revisions;
use crate::sink::settings::{File, Kind, Settings};
use crate::source::entra::SignIn;
use crate::tenant::SinkName;

const HOST_AND_PORT: &str = "host:port, such as \"siem.example.net:6514\"";

/// The words of `send` and `oversize`; a route reads the same.
pub(super) const SEND: [(Revisions, &str); 2] = [(Revisions::New, "new"), (Revisions::Changes, "changes")];
pub(super) const OVERSIZE: [(Oversize, &str); 2] = [(Oversize::Shorten, "shorten"), (Oversize::DeadLetter, "dead-letter")];

/// One sink with what the pipeline and the far side's sign-in need of its table.
#[derive(Debug, Clone)]
pub(in crate::config) struct Sink {
    pub settings: Settings,
    pub filter: Filter,
    /// How tokens for the far side are had, where it asks for them.
    pub sign_in: Option<SignIn>,
}

type Sinks = BTreeMap<SinkName, Option<Sink>>;

/// Reads every sink; `names` has the apps and clouds already.
pub(super) fn read(top: &Section<'_>, names: &Names, environment: &Environment) -> Sinks {
    let mut sinks = Sinks::new();
    for (name, section) in names::entries(top, "sinks", &keys::SINK) {
        let sink = sink(name, &section, names, environment);
        if let Some(Kind::File(file)) = sink.as_ref().map(|sink| &sink.settings.kind)
            && let Some(other) =
                sinks.values().flatten().find(|other| matches!(&other.settings.kind, Kind::File(f) if f.path == file.path))
        {
            section.unexpected("path", &format!("a path of its own, for it is the one of sink {}", other.settings.name));
        }
        sinks.insert(name.into(), sink);
    }
    sinks
}

fn sink(name: &str, section: &Section<'_>, names: &Names, environment: &Environment) -> Option<Sink> {
    const KINDS: [(&str, &str); 3] = [("kafka", "kafka"), ("syslog", "syslog"), ("file", "file")];
    section.missing("kind", "one of \"kafka\", \"syslog\", \"file\"");
    // without a kind nobody can say which other keys belong
    let kind = section.word("kind", Words { now: &KINDS, later: &["email"] })?;
    section.refuse_unknown_keys(match kind {
        "kafka" => &keys::KAFKA_SINK,
        "syslog" => &keys::SYSLOG_SINK,
        _ => &keys::FILE_SINK,
    });
    let encoder = formats::encoder(section);
    let format = encoder.map_or(Format::Ocsf, Encoder::format);
    let send = section.word_or_first("send", &SEND);
    let oversize = if kind == "file" { Some(Oversize::Shorten) } else { section.word_or_first("oversize", &OVERSIZE) };
    let filter = filters::Written::read(section).finished();
    let labels = section.words_by_name("labels");
    let (kind, sign_in) = match kind {
        "kafka" => kafka::read(section, names, environment)?,
        "syslog" => (syslog::read(section, format, environment)?, None),
        _ => (file(section)?, None),
    };
    let settings = Settings { name: name.into(), kind, encoder: encoder?, send: send?, oversize: oversize?, labels };
    Some(Sink { settings, filter, sign_in })
}

fn file(section: &Section<'_>) -> Option<Kind> {
    section.missing("path", "the path of a file, or \"-\" for standard output");
    section.text("path", "the path of a file, or \"-\" for standard output").map(|path| Kind::File(File { path: path.into() }))
}

/// At least one `host:port`; each that is none is noted.
fn addresses(section: &Section<'_>, key: &str, expected: &str) -> Option<Vec<String>> {
    section.missing(key, expected);
    let written = section.list(key, expected)?;
    if written.is_empty() {
        section.unexpected(key, "at least one host:port");
    }
    let read = |one: &str| {
        let address = host_and_port(one);
        if address.is_none() {
            section.refuse(key, &format!("found {}, expected {HOST_AND_PORT}", quoted(one)));
        }
        address
    };
    let addresses: Vec<Option<String>> = written.into_iter().map(read).collect();
    addresses.into_iter().collect::<Option<Vec<_>>>().filter(|addresses| !addresses.is_empty())
}

fn host_and_port(text: &str) -> Option<String> {
    let (host, port) = text.trim().rsplit_once(':')?;
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let host_is_plain = match bare {
        Some(v6) => v6.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)),
    };
    let port_is_real = port.parse::<u16>().is_ok_and(|port| port > 0);
    (host_is_plain && port_is_real).then(|| text.trim().to_owned())
}
