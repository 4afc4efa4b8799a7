//! The header of an RFC 3164 message, as receivers read it in practice: pure.

use std::io::Write;

use jiff::tz::TimeZone;

use super::message::{Origin, Style};
use crate::format::Format;
use crate::sink::About;

/// RFC 3164 section 4.1.3.
const LONGEST_TAG: usize = 32;

/// Appends `<PRI>Mmm dd hh:mm:ss HOSTNAME TAG: `.
///
/// The time is UTC, since the header has no word for a zone, and that of the moment where the alert has none. CEF and LEEF have no
/// TAG: their parsers want `CEF:` or `LEEF:` right behind the host, as ArcSight and QRadar write it themselves.
pub fn header(style: &Style, origin: &Origin<'_>, about: &About, out: &mut Vec<u8>) {
    // Writing to a Vec does not fail.
    let _ = write!(out, "<{}>", style.priority(about.severity));
    let at = about.at.unwrap_or(origin.now).to_zoned(TimeZone::UTC);
    // A single digit of a day has a space before it, not a zero.
    let _ = write!(out, "{}", at.strftime("%b %e %H:%M:%S"));
    let _ = write!(out, " {} ", style.hostname);
    if !matches!(origin.encoder.format(), Format::Cef | Format::Leef) {
        let _ = write!(out, "{}: ", style.app_name);
    }
}

/// Makes a TAG of any text. The RFC has letters and digits only; what programs' names have beside them is taken by receivers,
/// while a colon, a bracket or a space would end it.
#[must_use]
pub fn tag(text: &str) -> String {
    let allowed = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.' | '/');
    let tag: String = text.chars().map(|char| if allowed(char) { char } else { '-' }).take(LONGEST_TAG).collect();
    if tag.is_empty() { "-".to_owned() } else { tag }
}
