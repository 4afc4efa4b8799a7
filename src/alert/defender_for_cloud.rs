//! Records of Defender for Cloud.

use super::{Finding, Header, Kind, Unreadable};

/// # Errors
/// When the record is no JSON object, or has no ID.
pub fn header(raw: &str) -> Result<Header, Unreadable> {
    Err(Unreadable(format!("{} bytes of a feed that is not read yet", raw.len())))
}

/// # Errors
/// As [`header`].
pub fn read(_: Kind, raw: &str) -> Result<Finding<'_>, Unreadable> {
    Err(Unreadable(format!("{} bytes of a feed that is not read yet", raw.len())))
}
