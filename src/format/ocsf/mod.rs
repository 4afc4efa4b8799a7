//! `ocsf`: Open Cybersecurity Schema Framework 1.8.0: alerts as Detection Finding (class 2004), incidents as Incident Finding
//! (class 2005).
//!
//! Everything a record says comes out somewhere: in an attribute of OCSF, in `evidences[].data`, or in `unmapped`. The alerts
//! inside of an incident go out as findings of their own; in the incident's they stand in short.

mod attacks;
mod captions;
mod class;
mod data;
mod detection;
mod done;
mod explain;
mod finding_info;
mod incident;
mod inside;
mod item;
mod metadata;
mod moment;
mod names;
mod object;
mod objects;
mod observables;
mod things;
mod time;
mod unmapped;

use super::{Context, EncodeError};
use crate::alert::Finding;

pub use explain::explain;

/// What can be set of OCSF documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    pub version: Version,
    /// Whether the vendor's own document stands, as a text, in `raw_data`.
    pub raw_data: bool,
}

/// The version of OCSF whose attributes are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Version {
    #[default]
    V1_8_0,
}

impl Version {
    pub const ALL: [(Version, &'static str); 1] = [(Version::V1_8_0, "1.8.0")];

    /// With the format's word before it: `ocsf/1.8.0`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Version::V1_8_0 => "ocsf/1.8.0",
        }
    }
}

/// Appends one finding as a JSON document without a trailing newline, on one line.
///
/// # Errors
/// When the document cannot be serialized.
pub fn encode(finding: &Finding<'_>, context: &Context<'_>, _options: Options, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let mut notes = Vec::new();
    match finding {
        Finding::Alert(alert) => serde_json::to_writer(out, &detection::detection_finding(alert, context, &mut notes)),
        Finding::Incident(incident) => serde_json::to_writer(out, &incident::incident_finding(incident, context, &mut notes)),
    }
    .map_err(|error| EncodeError { format: "ocsf", reason: error.to_string() })
}
