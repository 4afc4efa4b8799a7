//! The few members of a record that decide what happens to it, read before anything else.

use jiff::Timestamp;

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
