//! `cef`: ArcSight's Common Event Format, version 0, by document version 27 of its standard.

mod extension;
mod header;
mod lengths;
mod mapping;

use super::flat::report;
use super::{Context, EncodeError};
use crate::alert::Finding;
use extension::Extension;

/// What can be set of CEF lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Keeps every field to the length that ArcSight's dictionary gives it; other receivers take any.
    pub strict_lengths: bool,
    /// Whether IPv6 addresses stand in `src`, `dst` and `dvc` too, as many receivers take them; else in the labelled `c6a` fields.
    pub ipv6_in_src: bool,
    /// Writes 10 for high severity, as Defender for Identity's own CEF does, instead of 8.
    pub high_is_ten: bool,
}

/// Appends one finding, without a trailing newline.
///
/// # Errors
/// None today: there is no finding that has no line. The signature is that of every encoder.
pub fn encode(finding: &Finding<'_>, context: &Context<'_>, options: Options, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let report = report(finding, context);
    header::write(&report, options, out);
    mapping::write(&report, context, options, &mut Extension::new(options, out));
    Ok(())
}
