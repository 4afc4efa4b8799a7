//! The few members of a record that decide what happens to it, read before anything else.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Severity, Status, Unreadable};

/// What paging, filters and the seen-window need to know of a record. Owned, so that it can outlive a borrow of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub id: String,
    /// The tenant that the record itself names, in lower case.
    pub tenant_id: Option<String>,
    /// Does not change over an alert's life.
    pub created: Option<Timestamp>,
    /// Which revision this is; the creation time where the vendor sends no last update.
    pub updated: Option<Timestamp>,
    pub severity: Severity,
    pub status: Status,
    pub service: Option<String>,
}

/// Reads the header of one record of a feed.
pub type ReadHeader = fn(&str) -> Result<Header, Unreadable>;

/// A name for a record that has no readable ID: `sha256:` and the hash of its bytes in hexadecimal.
#[must_use]
pub fn fingerprint(raw: &str) -> String {
    use std::fmt::Write as _;
    let mut name = String::from("sha256:");
    for byte in Sha256::digest(raw) {
        let _ = write!(name, "{byte:02x}"); // writing to a String does not fail
    }
    name
}
