//! `leef`: QRadar's Log Event Extended Format, versions 1.0 and 2.0.

use super::{Context, EncodeError};
use crate::alert::Finding;

/// What can be set of LEEF lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    pub version: Version,
    /// Stands between the pairs; in version 1.0 it is always a tab.
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

/// Appends one finding, without a trailing newline.
///
/// # Errors
/// When the finding cannot be written in this format.
pub fn encode(_finding: &Finding<'_>, _context: &Context<'_>, _options: Options, _out: &mut Vec<u8>) -> Result<(), EncodeError> {
    Err(EncodeError { format: "leef", reason: "being built".to_owned() })
}
