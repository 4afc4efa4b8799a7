//! `[sinks.NAME]` with `kind = "syslog"`.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use config::ValueKind;

use super::super::Told;
use super::{addresses, tls};
use crate::alert::Severity;
use crate::config::env::Environment;
use crate::config::found::quoted;
use crate::config::raw::Section;
use crate::config::{keys, suggest};
use crate::format::Format;
use crate::sink::settings::{Framing, Kind, Rfc, Syslog, Transport};

const ADDRESS: &str = "host:port or a list of them, such as \"siem.example.net:6514\"";
const STRUCTURED_DATA: &str = "false, or a name with an enterprise number, such as \"alertferry@32473\": up to 32 printable characters without space, \"=\", \"]\" and quotes";

/// The shortest finding with its header needs about as much.
const STREAM_BYTES: RangeInclusive<u32> = 1024..=16_777_216;
/// What every receiver of datagrams must take (RFC 5424), and what IPv4 has room for.
const DATAGRAM_BYTES: RangeInclusive<u32> = 480..=65_507;

const SECOND: Duration = Duration::from_secs(1);

/// Syslog's words, each at the place of its number.
const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit",
    "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
];
const SEVERITIES: [&str; 8] = ["emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug"];

/// How messages travel, without what TLS needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Udp,
    Tcp,
    Tls,
    Relp,
    RelpTls,
}

pub(super) fn read(section: &Section<'_>, format: Format, environment: &Environment) -> Option<Kind> {
    const WAYS: [(Way, &str); 5] =
        [(Way::Tcp, "tcp"), (Way::Udp, "udp"), (Way::Tls, "tls"), (Way::Relp, "relp"), (Way::RelpTls, "relp-tls")];
    let addresses = addresses(section, "address", ADDRESS);
    let way = section.word_or_first("transport", &WAYS);
    let rfc = rfc(section);
    let framing = section.word_or_first("framing", &[(Framing::OctetCounting, "octet-counting"), (Framing::Newline, "newline")]);
    let facility = section.or("facility", Syslog::FACILITY, |section, key| numbered(section, key, &FACILITIES));
    let hostname = word(section, "hostname", 255).ok();
    let app_name = app_name(section, rfc);
    let structured_data = structured_data(section, rfc);
    let byte_order_mark = section.or("byte_order_mark", false, Section::flag);
    if rfc == Some(Rfc::Rfc3164) && byte_order_mark == Some(true) {
        section.refuse("byte_order_mark", "found true beside rfc = 3164, which has none, expected false or rfc = 5424");
    }
    let severities = severities(section);
    let patience = section.or("patience", Syslog::PATIENCE, |section, key| section.duration(key, SECOND));
    let keepalive = section.or("keepalive", Syslog::KEEPALIVE, |section, key| section.duration(key, SECOND));
    let way = way?;
    let max_bytes = max_bytes(section, way, format);
    refuse_meaningless(section, way);
    let encrypted = matches!(way, Way::Tls | Way::RelpTls);
    let tls = if encrypted { tls::read(section, environment) } else { None };
    let transport = match way {
        Way::Udp => Transport::Udp,
        Way::Tcp => Transport::Tcp,
        Way::Tls => Transport::Tls(tls?),
        Way::Relp => Transport::Relp(None),
        Way::RelpTls => Transport::Relp(Some(tls?)),
    };
    Some(Kind::Syslog(Syslog {
        addresses: addresses?,
        transport,
        rfc: rfc?,
        framing: framing?,
        facility: facility?,
        severities: severities?,
        hostname: hostname?,
        app_name: app_name?,
        structured_data: structured_data.ok()?,
        byte_order_mark: byte_order_mark?,
        max_bytes: max_bytes?,
        patience: patience?,
        keepalive: keepalive?,
    }))
}

fn rfc(section: &Section<'_>) -> Option<Rfc> {
    if !section.has("rfc") {
        return Some(Rfc::Rfc5424);
    }
    match section.whole("rfc", 3164..=5424)? {
        3164 => Some(Rfc::Rfc3164),
        5424 => Some(Rfc::Rfc5424),
        _ => {
            section.unexpected("rfc", "5424 or 3164");
            None
        }
    }
}

fn max_bytes(section: &Section<'_>, way: Way, format: Format) -> Option<usize> {
    // The vendor's own document cannot be shortened: a usual limit would make dead letters of most alerts.
    let (range, usual) = match (way, format) {
        (Way::Udp, Format::Raw) => (DATAGRAM_BYTES, Syslog::MAX_BYTES_OF_A_RAW_DATAGRAM),
        // The shortest document of OCSF is longer than what receivers of datagrams should take.
        (Way::Udp, Format::Ocsf) => (DATAGRAM_BYTES, Syslog::MAX_BYTES),
        (Way::Udp, _) => (DATAGRAM_BYTES, Syslog::MAX_BYTES_OF_A_DATAGRAM),
        (_, Format::Raw) => (STREAM_BYTES, Syslog::MAX_BYTES_RAW),
        _ => (STREAM_BYTES, Syslog::MAX_BYTES),
    };
    let most = section.or("max_bytes", usual, |section, key| section.octets(key, range))?;
    let needed = shortest(format);
    if most < needed {
        section.warn(
            "max_bytes",
            &format!(
                "{most} octets are too few: even in its shortest form an alert may need {needed} as {}, and one that does not fit \
                 becomes a dead letter; raise max_bytes, or choose another format",
                format.as_str()
            ),
        );
    }
    Some(most)
}

/// What the shortest form of an alert needs, as docs/formats.md has it.
fn shortest(format: Format) -> usize {
    match format {
        Format::Ocsf => 2600,
        Format::Ecs => 2000,
        Format::Cef | Format::Leef => 1500,
        Format::Raw => 0,
    }
}

/// What is written for one transport and means nothing to another was meant for something.
fn refuse_meaningless(section: &Section<'_>, way: Way) {
    let of_streams = "expected it with \"tcp\" or \"tls\" only";
    let framing = match way {
        Way::Udp => Some("a datagram is one message"),
        Way::Relp | Way::RelpTls => Some("RELP has its own"),
        Way::Tcp | Way::Tls => None,
    };
    if let Some(why) = framing.filter(|_| section.has("framing")) {
        section.refuse("framing", &format!("found where {why}, {of_streams}"));
    }
    for key in ["patience", "keepalive"].into_iter().filter(|key| way == Way::Udp && section.has(key)) {
        section.refuse(key, "found with transport \"udp\", which has no connection, expected another transport");
    }
    if section.has("tls") && !matches!(way, Way::Tls | Way::RelpTls) {
        section.refuse("tls", "found without TLS, expected it with transport = \"tls\" or \"relp-tls\" only");
    }
}

/// A word of the list, or its place in it.
fn numbered(section: &Section<'_>, key: &str, words: &[&str]) -> Option<u8> {
    let number = match &section.value(key)?.kind {
        ValueKind::I64(number) => usize::try_from(*number).ok(),
        ValueKind::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| words.iter().position(|word| word.eq_ignore_ascii_case(text)))
        }
        _ => None,
    };
    let number = number.filter(|number| *number < words.len()).and_then(|number| u8::try_from(number).ok());
    if number.is_none() {
        let found = match &section.value(key)?.kind {
            ValueKind::String(text) => text.as_str(),
            _ => "",
        };
        let expected = suggest::one_of(found, words.iter().copied());
        section.unexpected(key, &format!("a number from 0 to {} or {expected}", words.len() - 1));
    }
    number
}

fn severities(section: &Section<'_>) -> Option<BTreeMap<Severity, u8>> {
    if !section.has("severities") {
        return Some(BTreeMap::new());
    }
    let table = section.section("severities", &keys::SEVERITIES)?;
    let written = Severity::ALL.into_iter().filter(|severity| table.has(severity.as_str()));
    Some(written.filter_map(|severity| Some((severity, numbered(&table, severity.as_str(), &SEVERITIES)?))).collect())
}

/// A word of a syslog header, where one was written.
fn word(section: &Section<'_>, key: &str, longest: usize) -> Result<Option<String>, Told> {
    if !section.has(key) {
        return Ok(None);
    }
    let expected = format!("up to {longest} printable ASCII characters without a space");
    let is_word = |text: &str| text.len() <= longest && text.bytes().all(|b| b.is_ascii_graphic());
    section.parsed(key, &expected, |text| is_word(text).then(|| text.to_owned())).map(Some).ok_or(Told)
}

fn app_name(section: &Section<'_>, rfc: Option<Rfc>) -> Option<String> {
    const KEY: &str = "app_name";
    let Some(name) = word(section, KEY, 48).ok()? else { return Some(Syslog::APP_NAME.to_owned()) };
    let is_tag = name.len() <= 32 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
    if rfc == Some(Rfc::Rfc3164) && !is_tag {
        let expected = "with rfc = 3164 up to 32 letters, digits, \"-\", \"_\", \".\" and \"/\"";
        section.unexpected(KEY, expected);
        return None;
    }
    Some(name)
}

/// The name of the structured data, where it is to be sent.
fn structured_data(section: &Section<'_>, rfc: Option<Rfc>) -> Result<Option<String>, Told> {
    const KEY: &str = "structured_data";
    let has_it = rfc != Some(Rfc::Rfc3164);
    let Some(value) = section.value(KEY) else { return Ok(has_it.then(|| Syslog::STRUCTURED_DATA.to_owned())) };
    match &value.kind {
        ValueKind::Boolean(false) => Ok(None),
        ValueKind::String(text) if text.trim() == "false" => Ok(None),
        ValueKind::String(text) if is_own_id(text) => {
            if !has_it {
                let found = format!("found {} beside rfc = 3164, which has none", quoted(text));
                section.refuse(KEY, &format!("{found}, expected false or rfc = 5424"));
            }
            Ok(Some(text.clone()))
        }
        _ => {
            section.unexpected(KEY, STRUCTURED_DATA);
            Err(Told)
        }
    }
}

/// RFC 5424, section 6.3.2: names without `@` are IANA's, and have parameters of their own.
fn is_own_id(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_graphic() && !b"=]\"@".contains(&b);
    let Some((name, enterprise)) = text.split_once('@') else { return false };
    let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    text.len() <= 32 && !name.is_empty() && name.bytes().all(plain) && enterprise.split('.').all(number)
}

#[cfg(test)]
mod tests {
    use super::is_own_id;

    #[test]
    fn only_names_with_an_enterprise_number_are_ours_to_give() {
        for (name, ours) in [
            ("alertferry@32473", true),
            ("a@1.2.3", true),
            ("meta", false),
            ("a@", false),
            ("@1", false),
            ("a b@1", false),
            ("a=b@1", false),
            ("a]@1", false),
            ("a\"@1", false),
            ("ä@1", false),
            ("a@b", false),
            ("a@1..2", false),
            ("abcdefghijklmnopqrstuvwxyz01@3247", false), // 33 octets
        ] {
            assert_eq!(is_own_id(name), ours, "{name}");
        }
    }
}
