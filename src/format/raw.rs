//! `raw`: the vendor's own JSON, byte for byte.

use super::EncodeError;
use crate::alert::Finding;

/// Appends the vendor's document as it came.
///
/// # Errors
/// None today; the signature is that of every encoder.
pub fn encode(finding: &Finding<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    out.extend_from_slice(finding.raw().as_bytes());
    Ok(())
}
