//! `ocsf`: Open Cybersecurity Schema Framework 1.8.0, Detection Finding (class 2004).
//!
//! Everything an alert says comes out somewhere: in an attribute of OCSF, in `evidences[].data`, or in `unmapped`.

mod attacks;
mod captions;
mod data;
mod explain;
mod finding;
mod finding_info;
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

/// Appends one Detection Finding as a JSON document without a trailing newline, on one line.
///
/// # Errors
/// When the document cannot be serialized.
pub fn encode(finding: &Finding<'_>, context: &Context<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let Finding::Alert(alert) = finding else {
        return Err(EncodeError { format: "ocsf", reason: "incidents have no class yet".to_owned() });
    };
    let finding = finding::finding(alert, context, &mut Vec::new());
    serde_json::to_writer(out, &finding).map_err(|error| EncodeError { format: "ocsf", reason: error.to_string() })
}
