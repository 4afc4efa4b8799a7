//! The header of an RFC 5424 message: pure, and correct whatever text the alert brings.

use std::io::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::message::{Origin, Style};
use crate::sink::About;

/// RFC 5424 section 6: the longest HOSTNAME, APP-NAME and MSGID that a receiver must take.
pub const LONGEST_HOSTNAME: usize = 255;
pub const LONGEST_APP_NAME: usize = 48;
const LONGEST_MSGID: usize = 32;

/// Appends `<PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA `.
///
/// Since many receivers and every RFC 3164 relay drop the structured data, it repeats what the payload says and adds only our
/// names.
pub fn header(style: &Style, origin: &Origin<'_>, about: &About, out: &mut Vec<u8>) {
    // Writing to a Vec does not fail.
    let _ = write!(out, "<{}>1 ", style.priority(about.severity));
    timestamp(about.at, out);
    let feed = origin.feed.as_str();
    let _ = write!(out, " {} {} - {} ", style.hostname, style.app_name, header_word(feed, LONGEST_MSGID));
    let Some(name) = &style.structured_data else {
        out.extend_from_slice(b"- ");
        return;
    };
    let _ = write!(out, "[{name}");
    parameter("tenant", origin.tenant.name.as_str(), out);
    parameter("tenant_id", origin.tenant.id.as_str(), out);
    parameter("alert_id", &about.alert_id, out);
    parameter("feed", feed, out);
    parameter("severity", about.severity.as_str(), out);
    parameter("format", origin.encoder.versioned(), out);
    if about.replayed {
        parameter("replayed", "true", out);
    }
    out.extend_from_slice(b"] ");
}

/// RFC 3339 in UTC with six digits, the most that RFC 5424 allows; `-` without a time or beyond the four digits of a year.
fn timestamp(at: Option<Timestamp>, out: &mut Vec<u8>) {
    let printable = at.filter(|at| (0..=9999).contains(&at.to_zoned(TimeZone::UTC).year()));
    let _ = match printable {
        Some(at) => write!(out, "{at:.6}"),
        None => write!(out, "-"),
    };
}

/// Appends ` name="value"`. RFC 5424 section 6.3.3 wants exactly these three characters escaped. It allows control characters, but
/// receivers end a message at some of them (a line feed, a NUL), so that they become spaces, as in lines of text.
fn parameter(name: &str, value: &str, out: &mut Vec<u8>) {
    let _ = write!(out, " {name}=\"");
    for byte in value.bytes() {
        if matches!(byte, b'"' | b'\\' | b']') {
            out.push(b'\\');
        }
        out.push(if byte.is_ascii_control() { b' ' } else { byte });
    }
    out.push(b'"');
}

/// Makes a header field of any text: printable ASCII without spaces, at most `longest` octets, `-` for nothing.
#[must_use]
pub fn header_word(text: &str, longest: usize) -> String {
    let word: String = text.chars().map(|char| if char.is_ascii_graphic() { char } else { '-' }).take(longest).collect();
    if word.is_empty() { "-".to_owned() } else { word }
}
