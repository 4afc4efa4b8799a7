//! A finding that says less than it could, because all of it would be too long for where it goes.

/// What was left out of an alert or incident before a format writes it. Formats write no copy of the vendor's own document for
/// such a finding, and mark it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortened {
    /// How many octets the whole message would have had.
    pub octets: usize,
    /// How many pieces of evidence (of an incident: alerts inside) were left out.
    pub left_out: usize,
    /// Texts of the evidence, such as command lines, are cut after so many characters.
    pub longest_text: usize,
}
