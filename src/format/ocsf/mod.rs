//! `ocsf`: Open Cybersecurity Schema Framework 1.8.0: alerts as Detection Findings (class 2004), incidents as Incident Findings (2005).
//!
//! Everything a record says comes out somewhere: in an attribute of OCSF, in `evidences[].data`, or in `unmapped`.

mod attacks;
mod captions;
mod data;
mod explain;
mod finding;
mod finding_info;
mod incident;
mod item;
mod metadata;
mod moment;
mod object;
mod objects;
mod observables;
mod things;
mod unmapped;

use super::{Context, EncodeError};
use crate::alert::Finding;

pub use explain::explain;

/// Appends one finding as a JSON document without a trailing newline, on one line.
///
/// # Errors
/// When the document cannot be serialized.
pub fn encode(finding: &Finding<'_>, context: &Context<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let mut notes = Vec::new();
    let written = match finding {
        Finding::Alert(alert) => serde_json::to_writer(out, &finding::finding(alert, context, &mut notes)),
        Finding::Incident(incident) => serde_json::to_writer(out, &incident::finding(incident, context, &mut notes)),
    };
    written.map_err(|error| EncodeError { format: "ocsf", reason: error.to_string() })
}
