//! `mde-alerts`: Defender for Endpoint `/api/alerts`.
//!
//! Facts: up to 10,000 a page; no next link where `$top` is given; evidence only with `$expand=evidence`; `$orderby` is not
//! documented; times are nullable; token audience and host are independent of each other.

use jiff::SignedDuration;

use super::{Asking, Dialect, HALF_A_YEAR, Inside};
use crate::alert::mde;
use crate::source::FeedKind;
use crate::source::cloud::Resource;

/// The words for the severity at Defender for Endpoint and Defender XDR.
const SEVERITIES: &[&str] = &["UnSpecified", "Informational", "Low", "Medium", "High"];

pub(super) const DIALECT: Dialect = Dialect {
    kind: FeedKind::MdeAlerts,
    resource: Resource::Mde,
    path: "/api/alerts",
    api_version: None,
    time_field: "lastUpdateTime",
    asking: Asking::Window { usual: 1000, most: 10_000, sorts: false, skips: true },
    slicing: &[("severity", SEVERITIES), ("status", &["Unknown", "New", "InProgress", "Resolved"])],
    expand: Some("evidence"),
    row: mde::header,
    inside: Inside::Nothing,
    read: mde::read,
    roles: &["Alert.Read.All", "Alert.ReadWrite.All"],
    budget: "100/min,1500/h",
    retention: Some(HALF_A_YEAR),
    grain: SignedDuration::ZERO,
};
