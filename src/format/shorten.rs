//! Makes a message fit its sink: writes less and less of a finding, in a fixed order, until it does.

use super::{Context, EncodeError, Encoder};
use crate::alert::Finding;

/// What to do with a message that is too long for its sink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oversize {
    /// Leave things out in the documented order, and mark the message.
    Shorten,
    /// Keep the whole alert among the dead letters.
    DeadLetter,
}

/// How a message came to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    Whole,
    Shortened,
}

/// Appends one encoded finding of at most `room` octets to `out`. On an error, `out` may hold a part of it.
///
/// # Errors
/// When the finding cannot be expressed in this format, or not so briefly; it then becomes a dead letter.
pub fn encode_within(
    encoder: Encoder,
    finding: &Finding<'_>,
    context: &Context<'_>,
    (room, oversize): (usize, Oversize),
    out: &mut Vec<u8>,
) -> Result<Fit, EncodeError> {
    let start = out.len();
    encoder.encode(finding, context, out)?;
    let octets = out.len() - start;
    if octets <= room {
        return Ok(Fit::Whole);
    }
    let _ = oversize;
    let reason = format!("it would have {octets} octets, more than the {room} that this sink has room for");
    Err(EncodeError { format: encoder.format().as_str(), reason })
}
