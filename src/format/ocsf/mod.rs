//! `ocsf`: Open Cybersecurity Schema Framework 1.8.0, Detection Finding (class 2004).

use super::{Context, EncodeError};
use crate::alert::Alert;

/// Appends one Detection Finding as a JSON document without a trailing newline.
///
/// # Errors
/// When the document cannot be serialized.
pub fn encode(_alert: &Alert<'_>, _context: &Context<'_>, _out: &mut Vec<u8>) -> Result<(), EncodeError> {
    todo!("helper A")
}
