//! The fields before the pairs. LEEF has no escape for a pipe, so that a field cannot hold one.

use super::Version;
use crate::format::flat::{MAPPING, Report, VENDOR, cut, one_line};

/// QRadar's own limit.
const LONGEST_EVENT_ID: usize = 255;

/// Writes everything up to the last pipe before the pairs.
pub fn write(report: &Report<'_>, version: Version, delimiter: char, out: &mut Vec<u8>) {
    out.extend_from_slice(if version == Version::V1_0 { b"LEEF:1.0|" } else { b"LEEF:2.0|" });
    let any = usize::MAX;
    for (text, longest) in [(VENDOR, any), (&report.product, any), (MAPPING, any), (&report.category(), LONGEST_EVENT_ID)] {
        let line = one_line(text, |c| c == '|');
        let field = cut(&line, longest);
        out.extend_from_slice(if field.is_empty() { "-" } else { field }.as_bytes());
        out.push(b'|');
    }
    if version == Version::V2_0 {
        let written = if delimiter.is_ascii_graphic() { delimiter.to_string() } else { format!("x{:02X}", u32::from(delimiter)) };
        out.extend_from_slice(written.as_bytes());
        out.push(b'|');
    }
}
