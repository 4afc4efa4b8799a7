//! `ecs`: Elastic Common Schema 9.4.

use super::{Context, EncodeError};
use crate::alert::Finding;

/// What can be set of ECS documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Whether the vendor's own document stands, as a text, in `event.original`.
    pub original: bool,
}

/// Appends one finding, without a trailing newline.
///
/// # Errors
/// When the finding cannot be written in this format.
pub fn encode(_finding: &Finding<'_>, _context: &Context<'_>, _options: Options, _out: &mut Vec<u8>) -> Result<(), EncodeError> {
    Err(EncodeError { format: "ecs", reason: "being built".to_owned() })
}
