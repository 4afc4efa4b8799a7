//! `xdr-incidents`: Defender XDR `/api/incidents`, alerts always inside.
//!
//! Facts: up to 100 a page; newest first; no filter on severity; the alerts inside spell their time `lastUpdatedTime`.

use jiff::SignedDuration;

use super::{Asking, Dialect, HALF_A_YEAR, Inside};
use crate::alert::xdr;
use crate::source::FeedKind;
use crate::source::cloud::Resource;

pub(super) const DIALECT: Dialect = Dialect {
    kind: FeedKind::XdrIncidents,
    resource: Resource::Xdr,
    path: "/api/incidents",
    api_version: None,
    time_field: "lastUpdateTime",
    asking: Asking::Window { usual: 100, most: 100, sorts: false, skips: true },
    slicing: &[("status", &["Active", "InProgress", "Resolved", "Redirected"])],
    expand: None,
    row: xdr::header,
    inside: Inside::Member("alerts", xdr::alert_header),
    read: xdr::read,
    roles: &["Incident.Read.All", "Incident.ReadWrite.All"],
    budget: "50/min,1500/h",
    retention: Some(HALF_A_YEAR),
    grain: SignedDuration::from_millis(10), // the documented samples round to hundredths of a second
};
