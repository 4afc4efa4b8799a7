//! One alert as an RFC 5424 message: pure, and correct whatever text the alert brings.

use std::io::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::alert::Severity;
use crate::format::Encoder;
use crate::sink::Message;
use crate::source::FeedKind;
use crate::tenant::Tenant;

/// `local0`, what receivers expect of applications that are not part of the system.
const FACILITY: u8 = 16;
/// RFC 5424 section 6: the longest HOSTNAME and MSGID that a receiver must take.
pub const LONGEST_HOSTNAME: usize = 255;
const LONGEST_MSGID: usize = 32;

/// What all messages of a page have in common.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// Has gone through [`header_word`].
    pub hostname: &'a str,
    pub tenant: &'a Tenant,
    pub feed: FeedKind,
    pub encoder: Encoder,
}

/// Appends `<PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG`.
///
/// MSG is the payload, byte for byte, without a byte order mark: parsers look for `{` or `CEF:` at its first byte. Since many
/// receivers and every RFC 3164 relay drop the structured data, it repeats what the payload says and adds only our names.
pub fn encode(origin: &Origin<'_>, message: Message<'_>, out: &mut Vec<u8>) {
    let severity = message.about.severity;
    let priority = FACILITY * 8 + level(severity);
    // Writing to a Vec does not fail.
    let _ = write!(out, "<{priority}>1 ");
    timestamp(message.about.at, out);
    let _ = write!(out, " {} alertferry - {} ", origin.hostname, header_word(origin.feed.as_str(), LONGEST_MSGID));

    // 32473 is the enterprise number that RFC 5612 sets aside for documentation; we have none of our own.
    out.extend_from_slice(b"[alertferry@32473");
    parameter("tenant", origin.tenant.name.as_str(), out);
    parameter("tenant_id", origin.tenant.id.as_str(), out);
    parameter("alert_id", &message.about.alert_id, out);
    parameter("feed", origin.feed.as_str(), out);
    parameter("severity", severity.as_str(), out);
    parameter("format", origin.encoder.versioned(), out);
    out.extend_from_slice(b"] ");
    out.extend_from_slice(message.payload);
}

/// Syslog's severity. Medium is a warning and high an error, as Defender for Identity's own syslog has it.
fn level(severity: Severity) -> u8 {
    match severity {
        Severity::Critical => 2,
        Severity::High => 3,
        Severity::Medium => 4,
        Severity::Low | Severity::Unknown | Severity::Other => 5,
        Severity::Informational => 6,
    }
}

/// RFC 3339 in UTC with six digits, the most that RFC 5424 allows; `-` without a time or beyond the four digits of a year.
fn timestamp(at: Option<Timestamp>, out: &mut Vec<u8>) {
    let printable = at.filter(|at| (0..=9999).contains(&at.to_zoned(TimeZone::UTC).year()));
    let _ = match printable {
        Some(at) => write!(out, "{at:.6}"),
        None => write!(out, "-"),
    };
}

/// Appends ` name="value"`. RFC 5424 section 6.3.3 wants exactly these three characters escaped.
fn parameter(name: &str, value: &str, out: &mut Vec<u8>) {
    let _ = write!(out, " {name}=\"");
    for byte in value.bytes() {
        if matches!(byte, b'"' | b'\\' | b']') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// Makes a header field of any text: printable ASCII without spaces, at most `longest` octets, `-` for nothing.
#[must_use]
pub fn header_word(text: &str, longest: usize) -> String {
    let word: String = text.chars().map(|char| if char.is_ascii_graphic() { char } else { '-' }).take(longest).collect();
    if word.is_empty() { "-".to_owned() } else { word }
}

#[cfg(test)]
mod tests;
