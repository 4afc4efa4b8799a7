//! How a finding is written down: pure encoders, one file (or folder) each. An encoder takes an alert or an incident and
//! writes bytes.

pub mod embed;
pub mod ocsf;
pub mod raw;

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::alert::Finding;
use crate::source::FeedKind;
use crate::tenant::Tenant;

/// The formats that a sink can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// OCSF 1.8.0, one JSON document: Detection Finding for alerts, Incident Finding for incidents.
    Ocsf,
    /// The vendor's own JSON, byte for byte.
    Raw,
}

impl Format {
    pub const ALL: [(Format, &'static str); 2] = [(Format::Ocsf, "ocsf"), (Format::Raw, "raw")];

    /// The word used in configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Ocsf => "ocsf",
            Format::Raw => "raw",
        }
    }

    /// The word with the version of what is written, for headers: `ocsf/1.8.0`.
    #[must_use]
    pub fn versioned(self) -> &'static str {
        match self {
            Format::Ocsf => "ocsf/1.8.0",
            Format::Raw => "raw",
        }
    }

    /// Appends one encoded finding to `out`. On an error, `out` may hold a part of it.
    ///
    /// # Errors
    /// When the finding cannot be expressed in this format; it then becomes a dead letter.
    pub fn encode(self, finding: &Finding<'_>, context: &Context<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        match self {
            Format::Ocsf => ocsf::encode(finding, context, out),
            Format::Raw => raw::encode(finding, out),
        }
    }
}

impl FromStr for Format {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.iter().find(|(_, name)| *name == word).map(|(format, _)| *format).ok_or(())
    }
}

/// What an encoder needs to know beside the finding.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub tenant: &'a Tenant,
    pub feed: FeedKind,
    pub activity: Activity,
    /// When the page with the finding came in.
    pub collected: Timestamp,
}

/// What this event says about the finding, seen from one route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// The first revision that the route forwards, whatever its status.
    Create,
    Update,
    /// The status became resolved since the last revision that the route forwarded.
    Close,
}

/// Why a finding could not be written in a format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the finding cannot be written as {format}: {reason}")]
pub struct EncodeError {
    pub format: &'static str,
    pub reason: String,
}

/// Something that a mapping lost, moved or could not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The vendor's path of the member.
    pub member: String,
    /// Where in the written document it stands.
    pub place: String,
    pub why: &'static str,
}

impl Note {
    #[must_use]
    pub fn new(member: &str, place: String, why: &'static str) -> Self {
        Self { member: member.to_owned(), place, why }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}: {}", self.member, self.place, self.why)
    }
}
