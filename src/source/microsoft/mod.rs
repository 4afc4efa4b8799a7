//! Microsoft's feeds, one file each, over one reader.
//!
//! A feed is a row of facts ([`Dialect`]): where it is, what its time field is called, how its rows can be told apart.

mod envelope;
pub mod graph_alerts;
mod reader;
mod request;

pub use reader::Reader;

use super::FeedKind;
use super::paging::Slicing;
use crate::alert::ReadAlert;
use crate::alert::header::ReadHeader;

/// What sets one feed apart from another.
#[derive(Debug)]
pub struct Dialect {
    pub kind: FeedKind,
    /// Below the API's host.
    pub path: &'static str,
    /// The last-update time by which the feed is filtered and sorted.
    pub time_field: &'static str,
    pub slicing: Slicing,
    pub header: ReadHeader,
    pub alert: ReadAlert,
}

impl FeedKind {
    /// The row of facts about this feed.
    #[must_use]
    pub fn dialect(self) -> &'static Dialect {
        match self {
            FeedKind::GraphAlerts => &graph_alerts::DIALECT,
        }
    }
}
