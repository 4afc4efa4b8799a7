//! Microsoft's feeds, one file each, over one reader.
//!
//! A feed is a row of facts ([`Dialect`]): where it is, what its time field is called, what it can be asked, what its records are.

mod alone;
pub mod defender_for_cloud;
mod envelope;
pub mod graph_alerts;
pub mod graph_incidents;
mod habits;
pub mod mde_alerts;
mod reader;
mod request;
pub mod risk_detections;
mod rows;
pub mod sentinel_incidents;
mod walked;
mod whole;
mod window;
pub mod xdr_incidents;

use std::time::Duration;

use jiff::SignedDuration;

pub use reader::Reader;

use super::FeedKind;
use super::cloud::Resource;
use super::paging::Slicing;
use crate::alert::header::ReadHeader;
use crate::alert::{Header, ReadFinding, Unreadable, json};

/// What sets one feed apart from another.
#[derive(Debug)]
pub struct Dialect {
    pub kind: FeedKind,
    /// Whose hosts and tokens it takes.
    pub resource: Resource,
    /// Below the API's host. Azure's feeds have a path per place instead ([`Reader::new`]).
    pub path: &'static str,
    /// Azure's `api-version`.
    pub api_version: Option<&'static str>,
    /// The last-update time by which the feed is filtered and sorted, as a filter names it.
    pub time_field: &'static str,
    pub asking: Asking,
    pub slicing: Slicing,
    /// What `$expand` asks for; dropped when the server keeps failing on it.
    pub expand: Option<&'static str>,
    /// What paging needs to know of a row.
    pub row: ReadHeader,
    /// What a row holds beside itself.
    pub inside: Inside,
    pub read: ReadFinding,
    /// Any one of these application permissions opens the feed; the least one first. Empty: Azure roles decide.
    pub roles: &'static [&'static str],
    /// Requests that Microsoft documents as the limit for one app in one tenant.
    pub budget: &'static str,
    /// How far back the API can be read, where that is documented.
    pub retention: Option<Duration>,
    /// Its times are this coarse against those of the other feeds that show the same alerts.
    pub grain: SignedDuration,
}

/// What a feed can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// A window of time, so many rows at once.
    Window {
        /// Rows asked for at once where nothing else is set.
        usual: u32,
        /// Above this the API refuses or cuts.
        most: u32,
        /// `$orderby` is known to work.
        sorts: bool,
        /// `$skip` is known to work.
        skips: bool,
    },
    /// Nothing: it answers with everything that it has, page by page; what lies in the window is picked out here.
    Everything,
}

/// Alerts that a feed's rows bring with them.
#[derive(Debug, Clone, Copy)]
pub enum Inside {
    Nothing,
    /// The row's member of this name is a list of alerts.
    Member(&'static str, ReadHeader),
    /// They are asked for row by row: a POST to the row's path with this behind it.
    Asked(&'static str, ReadHeader),
}

/// 180 days, as Microsoft documents for Defender's alerts and incidents.
const HALF_A_YEAR: Duration = Duration::from_hours(180 * 24);

impl Dialect {
    /// How many rows may be asked for at once: usual and most. `None` where the API takes no such wish.
    #[must_use]
    pub fn page_size(&self) -> Option<(u32, u32)> {
        match self.asking {
            Asking::Window { usual, most, .. } => Some((usual, most)),
            Asking::Everything => None,
        }
    }
}

impl FeedKind {
    /// The row of facts about this feed.
    #[must_use]
    pub fn dialect(self) -> &'static Dialect {
        match self {
            FeedKind::GraphAlerts => &graph_alerts::DIALECT,
            FeedKind::GraphIncidents => &graph_incidents::DIALECT,
            FeedKind::MdeAlerts => &mde_alerts::DIALECT,
            FeedKind::XdrIncidents => &xdr_incidents::DIALECT,
            FeedKind::RiskDetections => &risk_detections::DIALECT,
            FeedKind::SentinelIncidents => &sentinel_incidents::DIALECT,
            FeedKind::DefenderForCloud => &defender_for_cloud::DIALECT,
        }
    }
}

/// Reads the header of one record of a feed by itself. `alert_id` is the name that it goes by, from which one sees whether it is a row
/// or stood inside one; a record that never could be read goes by its fingerprint, and then its members tell.
///
/// # Errors
/// When it cannot be read.
pub fn header_of(feed: FeedKind, alert_id: &str, raw: &str) -> Result<Header, Unreadable> {
    let dialect = feed.dialect();
    let inside = match dialect.inside {
        Inside::Nothing => None,
        Inside::Member(_, read) | Inside::Asked(_, read) => Some(read),
    };
    let is_row = || match dialect.inside {
        Inside::Member(name, _) => has_member(raw, name),
        Inside::Nothing | Inside::Asked(..) => true,
    };
    let by_name = if alert_id.starts_with("sha256:") { is_row() } else { alert_id.starts_with("incident:") };
    match inside {
        Some(read) if !by_name => read(raw),
        _ => (dialect.row)(raw),
    }
}

fn has_member(raw: &str, member: &str) -> bool {
    let mut has = false;
    json::members(raw, |name, _| has |= name == member).is_ok() && has
}
