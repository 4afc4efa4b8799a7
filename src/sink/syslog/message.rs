//! What a message looks like: what was set of its header, brought into the form that the RFCs allow. Pure.

use std::collections::BTreeMap;
use std::net::IpAddr;

use jiff::Timestamp;

use super::{rfc3164, rfc5424};
use crate::alert::Severity;
use crate::format::Encoder;
use crate::sink::settings::{self, Framing, Rfc, Transport};
use crate::sink::{About, Message};
use crate::source::FeedKind;
use crate::tenant::Tenant;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// rsyslog's `maxFrameSize` for octet counting, in octets: a longer frame makes it take what follows on the connection for lines,
/// and so lose messages that were acknowledged.
const LONGEST_FRAME: usize = 200_000;
/// What fits into one datagram: 65,535 octets less the headers of IPv4 (20) and UDP (8). IPv6 would take a few more.
const LONGEST_DATAGRAM: usize = 65_507;

/// The look of all messages of a sink.
#[derive(Debug, Clone)]
pub struct Style {
    rfc: Rfc,
    pub(super) facility: u8,
    severities: BTreeMap<Severity, u8>,
    /// Each of these is a word that its RFC allows.
    pub(super) hostname: String,
    pub(super) app_name: String,
    pub(super) structured_data: Option<String>,
    byte_order_mark: bool,
    /// The most octets that a message may have, its header included.
    pub limit: usize,
}

/// What all messages of a page have in common.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    pub tenant: &'a Tenant,
    pub feed: FeedKind,
    pub encoder: Encoder,
    /// The time of a message whose alert has none, where the RFC has no word for that.
    pub now: Timestamp,
}

impl Style {
    /// `machine` is the name of this machine, used where no `hostname` is set.
    #[must_use]
    pub fn new(settings: &settings::Syslog, machine: &str) -> Self {
        let hostname = settings.hostname.as_deref().unwrap_or(machine);
        let (hostname, app_name) = match settings.rfc {
            Rfc::Rfc5424 => (
                rfc5424::header_word(hostname, rfc5424::LONGEST_HOSTNAME),
                rfc5424::header_word(&settings.app_name, rfc5424::LONGEST_APP_NAME),
            ),
            Rfc::Rfc3164 => {
                let hostname = rfc5424::header_word(without_domain(hostname), rfc5424::LONGEST_HOSTNAME);
                (hostname, rfc3164::tag(&settings.app_name))
            }
        };
        Self {
            rfc: settings.rfc,
            facility: settings.facility,
            severities: settings.severities.clone(),
            hostname,
            app_name,
            structured_data: settings.structured_data.clone(),
            byte_order_mark: settings.byte_order_mark,
            limit: limit(settings),
        }
    }

    /// Appends the header and the payload, the latter byte for byte.
    ///
    /// Parsers look for `{` or `CEF:` at the first byte of the payload, so the byte order mark that RFC 5424 wants before UTF-8
    /// comes only when it was asked for.
    pub fn encode(&self, origin: &Origin<'_>, message: Message<'_>, out: &mut Vec<u8>) {
        self.header(origin, message.about, out);
        if self.marks() && std::str::from_utf8(message.payload).is_ok() {
            out.extend_from_slice(BYTE_ORDER_MARK);
        }
        out.extend_from_slice(message.payload);
    }

    /// How many octets of a message are left for its payload.
    #[must_use]
    pub fn room(&self, origin: &Origin<'_>, about: &About) -> usize {
        let mut header = Vec::new();
        self.header(origin, about, &mut header);
        let mark = if self.marks() { BYTE_ORDER_MARK.len() } else { 0 };
        self.limit.saturating_sub(header.len() + mark)
    }

    fn header(&self, origin: &Origin<'_>, about: &About, out: &mut Vec<u8>) {
        match self.rfc {
            Rfc::Rfc3164 => rfc3164::header(self, origin, about, out),
            Rfc::Rfc5424 => rfc5424::header(self, origin, about, out),
        }
    }

    /// RFC 3164 knows nothing of byte order marks.
    fn marks(&self) -> bool {
        self.byte_order_mark && self.rfc == Rfc::Rfc5424
    }

    /// The number in front of every message: 8 times the facility, and the severity.
    #[must_use]
    pub fn priority(&self, severity: Severity) -> u8 {
        self.facility * 8 + self.severities.get(&severity).copied().unwrap_or_else(|| usual_level(severity))
    }
}

/// Syslog's severity. Medium is a warning and high an error, as Defender for Identity's own syslog has it.
fn usual_level(severity: Severity) -> u8 {
    match severity {
        Severity::Critical => 2,
        Severity::High => 3,
        Severity::Medium => 4,
        Severity::Low | Severity::Unknown | Severity::Other => 5,
        Severity::Informational => 6,
    }
}

/// RFC 3164 section 4.1.2 forbids the domain; the dots of an address are no domain's.
fn without_domain(hostname: &str) -> &str {
    if hostname.parse::<IpAddr>().is_ok() {
        return hostname;
    }
    hostname.split('.').next().unwrap_or(hostname)
}

fn limit(settings: &settings::Syslog) -> usize {
    let longest = match (&settings.transport, settings.framing) {
        (Transport::Udp, _) => LONGEST_DATAGRAM,
        (Transport::Tcp | Transport::Tls(_), Framing::OctetCounting) => LONGEST_FRAME,
        (Transport::Tcp | Transport::Tls(_), Framing::Newline) | (Transport::Relp(_), _) => usize::MAX,
    };
    settings.max_bytes.min(longest)
}

#[cfg(test)]
mod tests;
