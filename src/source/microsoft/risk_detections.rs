//! `risk-detections`: Entra ID Protection, Microsoft Graph `identityProtection/riskDetections`.
//!
//! Facts: one request a second for a tenant and all its apps together, with no `Retry-After` beside a 429; `$top` above 500 is
//! answered by 400; pages are linked by `$skiptoken`; detections made offline come hours to days after the activity.

use jiff::SignedDuration;

use super::{Asking, Dialect, Inside};
use crate::alert::risk;
use crate::source::FeedKind;
use crate::source::cloud::Resource;

pub(super) const DIALECT: Dialect = Dialect {
    kind: FeedKind::RiskDetections,
    resource: Resource::Graph,
    path: "/v1.0/identityProtection/riskDetections",
    api_version: None,
    time_field: "lastUpdatedDateTime",
    asking: Asking::Window { usual: 500, most: 500, sorts: false, skips: false },
    slicing: &[("riskLevel", &["low", "medium", "high", "hidden", "none"])],
    expand: None,
    row: risk::header,
    inside: Inside::Nothing,
    read: risk::read,
    roles: &["IdentityRiskEvent.Read.All", "IdentityRiskEvent.ReadWrite.All"],
    budget: "1/s",
    retention: None,
    grain: SignedDuration::ZERO,
};
