//! `leef`: QRadar's Log Event Extended Format, versions 1.0 and 2.0.

mod attributes;
mod mapping;

use super::flat::{MAPPING, Report, VENDOR, cut, one_line, report};
use super::{Context, EncodeError};
use crate::alert::Finding;
use attributes::Attributes;

/// What can be set of LEEF lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    pub version: Version,
    /// Stands between the pairs, one that [`can_delimit`]; in version 1.0 it is always a tab.
    pub delimiter: char,
}

impl Default for Options {
    /// A caret, since relays rewrite tabs.
    fn default() -> Self {
        Self { version: Version::V2_0, delimiter: '^' }
    }
}

/// The version of LEEF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    V1_0,
    V2_0,
}

impl Version {
    pub const ALL: [(Version, &'static str); 2] = [(Version::V1_0, "1.0"), (Version::V2_0, "2.0")];

    /// With the format's word before it: `leef/2.0`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Version::V1_0 => "leef/1.0",
            Version::V2_0 => "leef/2.0",
        }
    }
}

/// Whether a character can stand between pairs: an ASCII control or punctuation mark that is neither a line break or NUL, nor
/// one that the format itself or our values need.
#[must_use]
pub fn can_delimit(c: char) -> bool {
    let needed = matches!(c, '\0' | '\n' | '\r' | '=' | '|' | '.' | ',' | ':' | '/' | '-' | '_');
    (c.is_ascii_punctuation() || c.is_ascii_control()) && !needed
}

/// QRadar's own limit.
const LONGEST_EVENT_ID: usize = 255;

/// Appends one finding, without a trailing newline.
///
/// # Errors
/// When the delimiter is none that [`can_delimit`].
pub fn encode(finding: &Finding<'_>, context: &Context<'_>, options: Options, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let delimiter = match options.version {
        Version::V1_0 => '\t',
        Version::V2_0 if can_delimit(options.delimiter) => options.delimiter,
        Version::V2_0 => {
            let reason = format!("{:?} cannot stand between the pairs of LEEF; choose a mark such as '^'", options.delimiter);
            return Err(EncodeError { format: "leef", reason });
        }
    };
    let report = report(finding, context);
    header(&report, options.version, delimiter, out);
    mapping::write(&report, context, &mut Attributes::new(delimiter, out));
    Ok(())
}

/// Everything up to the last pipe before the pairs.
fn header(report: &Report<'_>, version: Version, delimiter: char, out: &mut Vec<u8>) {
    out.extend_from_slice(if version == Version::V1_0 { b"LEEF:1.0|" } else { b"LEEF:2.0|" });
    for (text, longest) in
        [(VENDOR, usize::MAX), (&report.product, usize::MAX), (MAPPING, usize::MAX), (&report.category(), LONGEST_EVENT_ID)]
    {
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

#[cfg(test)]
mod tests;
