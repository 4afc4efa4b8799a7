//! Makes a message fit its sink: writes less and less of a finding, in a fixed order, until it does.
//!
//! The order is that of `docs/formats.md`. It is the finding that gets shorter, never what was written: each try is a whole
//! document of its format.

mod least;
mod less;
mod order;
#[cfg(test)]
mod tests;

use super::{Context, EncodeError, Encoder};
use crate::alert::Finding;
use less::{Shorter, steps};

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
    let too_long = |how: &str, octets: usize| EncodeError {
        format: encoder.format().as_str(),
        reason: format!(
            "{how} it would have {octets} octets, and the sink has room for {room}: with max_bytes higher by at least {} it would fit",
            octets - room
        ),
    };
    if oversize == Oversize::DeadLetter {
        return Err(too_long("whole,", octets));
    }
    if encoder == Encoder::Raw {
        return Err(too_long("raw is never shortened, and", octets));
    }
    let shorter = Shorter::new(finding, octets);
    let mut least = octets;
    for step in steps(encoder, finding, room) {
        out.truncate(start);
        encoder.encode(&shorter.by(step), context, out)?;
        least = out.len() - start;
        if least <= room {
            return Ok(Fit::Shortened);
        }
    }
    Err(too_long("even in its shortest form", least))
}
