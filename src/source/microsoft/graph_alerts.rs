//! `graph-alerts`: Microsoft Graph `security/alerts_v2`, all Defender workloads in one schema.
//!
//! Facts: `$top` has no documented maximum (1000 is taken, more is silently cut); `$orderby` works on both times although it
//! is not in the documented list; next links come for some tenants and not for others; the default order is newest first.

use jiff::SignedDuration;

use super::{Asking, Dialect, HALF_A_YEAR, Inside};
use crate::alert::graph;
use crate::source::FeedKind;
use crate::source::cloud::Resource;

/// The words of `serviceSource` before and after `unknownFutureValue` in Graph's metadata of August 2026. New ones appear
/// without notice; what came since is read by exclusion.
pub const SERVICES: &[&str] = &[
    "unknown",
    "microsoftDefenderForEndpoint",
    "microsoftDefenderForIdentity",
    "microsoftDefenderForCloudApps",
    "microsoftDefenderForOffice365",
    "microsoft365Defender",
    "azureAdIdentityProtection",
    "microsoftAppGovernance",
    "dataLossPrevention",
    "microsoftDefenderForCloud",
    "microsoftSentinel",
    "microsoftInsiderRiskManagement",
    "microsoftThreatIntelligence",
    "microsoftSecurityForAI",
];

/// Graph's words for the severity of alerts and incidents.
pub(super) const SEVERITIES: &[&str] = &["unknown", "informational", "low", "medium", "high"];

pub(super) const DIALECT: Dialect = Dialect {
    kind: FeedKind::GraphAlerts,
    resource: Resource::Graph,
    path: "/v1.0/security/alerts_v2",
    api_version: None,
    time_field: "lastUpdateDateTime",
    asking: Asking::Window { usual: 500, most: 1000, sorts: true, skips: true },
    slicing: &[("severity", SEVERITIES), ("serviceSource", SERVICES), ("status", &["unknown", "new", "inProgress", "resolved"])],
    expand: None,
    row: graph::header,
    inside: Inside::Nothing,
    read: graph::read,
    roles: &[
        "SecurityAlert.Read.All",
        "SecurityAlert.ReadWrite.All",
        "SecurityIncident.Read.All",
        "SecurityIncident.ReadWrite.All",
    ],
    budget: "150/min",
    retention: Some(HALF_A_YEAR),
    grain: SignedDuration::ZERO,
};
