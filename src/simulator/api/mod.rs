//! What each API's lists accept and how their records look: one row of facts for each, one file for each.

mod alert;
mod azure;
mod defender_for_cloud;
mod entity;
mod graph_alerts;
mod graph_incidents;
mod mde_alerts;
mod risk_detections;
mod sentinel_alert;
mod sentinel_incidents;
mod xdr_incidents;

use serde_json::Value;

use super::feed::Feed;
use super::filter::{Field, Moment};
use super::incidents::Incident;
use super::resource::Resource;
use super::settings::TenantInfo;
use super::store::{Row, Store};
use super::style::Style;

pub use azure::incident_name as azure_incident_name;
pub use sentinel_alert::record as sentinel_alert;

/// An API as its clients see it. Microsoft's pages tell the facts; what they do not tell is marked in the API's file.
#[derive(Debug)]
pub struct Manners {
    pub feed: Feed,
    pub style: Style,
    /// Tokens for another one are refused.
    pub resource: Resource,
    /// The application roles of which one is needed, in the order of the refusal's text. Resource Manager has none.
    pub roles: &'static [&'static str],
    pub rows: Rows,
    /// Behind `$metadata#`, where the answer has a context.
    pub context: &'static str,
    /// The query options that it understands, beside the one of the next link.
    pub options: &'static [&'static str],
    /// Whether it takes no notice of other options, or refuses them.
    pub ignores_others: bool,
    /// Rows of a page without `$top`.
    pub usual: usize,
    /// The largest `$top` and what is said of larger ones; `None` where they are cut without a word.
    pub most: Option<(usize, &'static str)>,
    pub filter: &'static [Field],
    pub order: &'static [(&'static str, Moment)],
    /// The only member that `$expand` may name.
    pub expand: &'static str,
    pub link: Link,
    pub keys: Keys,
}

/// The next link.
#[derive(Debug)]
pub struct Link {
    pub member: &'static str,
    pub token: &'static str,
    /// Whether there is one even where the client said `$top`.
    pub with_top: bool,
}

/// JSON pointers to what identifies a record.
#[derive(Debug)]
pub struct Keys {
    pub id: &'static str,
    pub times: [&'static str; 2],
    /// Whether a record tells whose it is, so that another tenant's can be recognised.
    pub names_tenant: bool,
}

/// What the rows of a list are.
#[derive(Debug)]
pub enum Rows {
    Alerts { shows: fn(&Row) -> bool, write: fn(&mut Vec<u8>, &Row, &Scene<'_>) },
    Incidents { record: fn(&Whole<'_>, &Scene<'_>) -> Value },
}

/// For whom a record is written.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    pub info: &'a TenantInfo,
    /// Whether enum members beyond those that a client may know are shown.
    pub reveal: bool,
    pub expand: bool,
}

/// An incident and its alerts.
#[derive(Debug)]
pub struct Whole<'a> {
    pub incident: &'a Incident,
    pub store: &'a Store,
}

impl<'a> Whole<'a> {
    pub fn alerts(&self) -> impl Iterator<Item = &'a Row> + use<'a> {
        let store = self.store;
        self.incident.alerts.iter().map(move |number| store.row(*number))
    }
}

/// The facts of a feed.
pub fn manners(feed: Feed) -> &'static Manners {
    match feed {
        Feed::GraphAlerts => &graph_alerts::MANNERS,
        Feed::GraphIncidents => &graph_incidents::MANNERS,
        Feed::MdeAlerts => &mde_alerts::MANNERS,
        Feed::XdrIncidents => &xdr_incidents::MANNERS,
        Feed::RiskDetections => &risk_detections::MANNERS,
        Feed::SentinelIncidents => &sentinel_incidents::MANNERS,
        Feed::DefenderForCloud => &defender_for_cloud::MANNERS,
    }
}

fn write(out: &mut Vec<u8>, record: &Value) {
    serde_json::to_writer(out, record).expect("a vector takes all writes");
}
