//! The few members of a record that decide what happens to it, read before anything else.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Severity, Status, Unreadable};

/// What a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Alert,
    Incident,
}

impl Kind {
    pub const ALL: [(Kind, &'static str); 2] = [(Kind::Alert, "alert"), (Kind::Incident, "incident")];

    /// The word used in configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Alert => "alert",
            Kind::Incident => "incident",
        }
    }
}

/// What paging, filters and the seen-window need to know of a record. Owned, so that it can outlive a borrow of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub kind: Kind,
    /// Unique in the tenant, through all feeds: an alert's ID as Microsoft Graph has it, whichever feed shows it, and
    /// `incident:` with the incident's ID, so that the two can never be mistaken for each other.
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
