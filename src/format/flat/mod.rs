//! What the two line formats, CEF and LEEF, share: they know one value per key, so a finding is boiled down to one of everything.

mod best;
mod choice;
mod done;
mod evidence;
mod inside;
mod labels;
mod other;
mod report;
mod text;
mod things;

pub use labels::keyed as keyed_labels;
pub use report::{Report, report};
pub use text::{breaks_lines, cut, one_line};
pub use things::Person;

/// The version of the mapping, which stands in the headers as that of the device.
pub const MAPPING: &str = "1.0";
pub const VENDOR: &str = "Microsoft";

#[cfg(test)]
mod tests;
