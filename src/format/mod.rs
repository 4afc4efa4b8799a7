//! How a finding is written down: pure encoders, one file (or folder) each. An encoder takes an alert or an incident and
//! writes bytes.

pub mod attack;
pub mod cef;
pub mod ecs;
pub mod embed;
mod event;
mod flat;
pub mod leef;
pub mod ocsf;
pub mod product;
pub mod raw;
pub mod shorten;

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::alert::Finding;
use crate::source::FeedKind;
use crate::tenant::Tenant;

pub use event::event_uid;

/// The formats that a sink can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Open Cybersecurity Schema Framework: one JSON document, Detection Finding for alerts, Incident Finding for incidents.
    Ocsf,
    /// Elastic Common Schema: one JSON document.
    Ecs,
    /// ArcSight's Common Event Format: one line.
    Cef,
    /// QRadar's Log Event Extended Format: one line.
    Leef,
    /// The vendor's own JSON, byte for byte.
    Raw,
}

impl Format {
    pub const ALL: [(Format, &'static str); 5] =
        [(Format::Ocsf, "ocsf"), (Format::Ecs, "ecs"), (Format::Cef, "cef"), (Format::Leef, "leef"), (Format::Raw, "raw")];

    /// The word used in configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Ocsf => "ocsf",
            Format::Ecs => "ecs",
            Format::Cef => "cef",
            Format::Leef => "leef",
            Format::Raw => "raw",
        }
    }

    /// Whether a document of this format is JSON, in contrast to a line of text.
    #[must_use]
    pub fn is_json(self) -> bool {
        matches!(self, Format::Ocsf | Format::Ecs | Format::Raw)
    }
}

/// A format with what can be set of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoder {
    Ocsf(ocsf::Options),
    Ecs(ecs::Options),
    Cef(cef::Options),
    Leef(leef::Options),
    Raw,
}

impl Encoder {
    /// A format as it is unless something is set.
    #[must_use]
    pub fn of(format: Format) -> Self {
        match format {
            Format::Ocsf => Encoder::Ocsf(ocsf::Options::default()),
            Format::Ecs => Encoder::Ecs(ecs::Options::default()),
            Format::Cef => Encoder::Cef(cef::Options::default()),
            Format::Leef => Encoder::Leef(leef::Options::default()),
            Format::Raw => Encoder::Raw,
        }
    }

    #[must_use]
    pub fn format(self) -> Format {
        match self {
            Encoder::Ocsf(_) => Format::Ocsf,
            Encoder::Ecs(_) => Format::Ecs,
            Encoder::Cef(_) => Format::Cef,
            Encoder::Leef(_) => Format::Leef,
            Encoder::Raw => Format::Raw,
        }
    }

    /// The word with the version of what is written, for headers: `ocsf/1.8.0`.
    #[must_use]
    pub fn versioned(self) -> &'static str {
        match self {
            Encoder::Ocsf(options) => options.version.word(),
            Encoder::Ecs(_) => "ecs/9.4.0",
            Encoder::Cef(_) => "cef/0",
            Encoder::Leef(options) => options.version.word(),
            Encoder::Raw => "raw",
        }
    }

    /// Appends one encoded finding to `out`, all of it, however long. On an error, `out` may hold a part of it.
    ///
    /// # Errors
    /// When the finding cannot be expressed in this format; it then becomes a dead letter.
    pub fn encode(self, finding: &Finding<'_>, context: &Context<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        match self {
            Encoder::Ocsf(options) => ocsf::encode(finding, context, options, out),
            Encoder::Ecs(options) => ecs::encode(finding, context, options, out),
            Encoder::Cef(options) => cef::encode(finding, context, options, out),
            Encoder::Leef(options) => leef::encode(finding, context, options, out),
            Encoder::Raw => raw::encode(finding, out),
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
    /// Somebody had the past read again. The ID of the event stays what it was, so that a consumer can take one for the other.
    pub replayed: bool,
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
