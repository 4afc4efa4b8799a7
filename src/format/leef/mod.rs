//! `leef`: QRadar's Log Event Extended Format, versions 1.0 and 2.0.

mod attributes;
mod header;
mod mapping;

use super::flat::report;
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
    header::write(&report, options.version, delimiter, out);
    mapping::write(&report, context, &mut Attributes::new(delimiter, out));
    Ok(())
}

#[cfg(test)]
mod tests;
