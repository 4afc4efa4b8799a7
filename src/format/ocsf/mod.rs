//! `ocsf`: Open Cybersecurity Schema Framework, 1.8.0 or as far back as 1.1.0: alerts as Detection Finding (class 2004), incidents as Incident Finding
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
mod gather;
mod incident;
mod inside;
mod item;
mod kinds;
mod later;
mod metadata;
mod moment;
mod names;
mod object;
mod objects;
mod observables;
mod older;
mod source;
mod things;
mod time;
mod unmapped;
mod version;

use serde::Serialize;

use self::detection::{DetectionFinding, detection_finding};
use self::incident::{IncidentFinding, incident_finding};
use self::object::Attribute;
use self::older::Held;
use super::{Context, EncodeError};
use crate::alert::Finding;

pub use explain::explain;
pub use version::Version;

/// What can be set of OCSF documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    pub version: Version,
    /// Whether the vendor's own document stands, as a text, in `raw_data`.
    pub raw_data: bool,
}

/// Every attribute that can be written, as object, name, and the first version of OCSF that has it.
#[must_use]
pub fn attributes() -> Vec<(&'static str, &'static str, Version)> {
    let mut declared = Vec::new();
    DetectionFinding::declare(&mut declared);
    IncidentFinding::declare(&mut declared);
    declared
        .into_iter()
        .map(|attribute| (attribute.object, attribute.name, later::since(attribute.object, attribute.name)))
        .collect()
}

/// Appends one finding as a JSON document without a trailing newline, on one line.
///
/// # Errors
/// When the document cannot be serialized.
pub fn encode(finding: &Finding<'_>, context: &Context<'_>, options: Options, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let mut notes = Vec::new();
    match finding {
        Finding::Alert(alert) => write(out, options, detection_finding(alert, context, options, &mut notes)),
        Finding::Incident(incident) => write(out, options, incident_finding(incident, context, options, &mut notes)),
    }
    .map_err(|error| EncodeError { format: "ocsf", reason: error.to_string() })
}

fn write<T: Attribute + Serialize>(out: &mut Vec<u8>, options: Options, mut finding: T) -> serde_json::Result<()> {
    if options.version != Version::NEWEST {
        Held::back(options.version, String::new(), &mut finding);
    }
    serde_json::to_writer(out, &finding)
}
