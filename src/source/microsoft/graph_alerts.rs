//! `graph-alerts`: Microsoft Graph `security/alerts_v2`, all Defender workloads in one schema.
//!
//! Facts: `$top` has no documented maximum (1000 is taken, more is silently cut); `$orderby` works on both times although it
//! is not in the documented list; next links come for some tenants and not for others; the default order is newest first.

use super::Dialect;
use crate::alert::graph;
use crate::source::FeedKind;

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

pub(super) const DIALECT: Dialect = Dialect {
    kind: FeedKind::GraphAlerts,
    path: "/v1.0/security/alerts_v2",
    time_field: "lastUpdateDateTime",
    slicing: &[
        ("severity", &["unknown", "informational", "low", "medium", "high"]),
        ("serviceSource", SERVICES),
        ("status", &["unknown", "new", "inProgress", "resolved"]),
    ],
    header: graph::header,
    alert: graph::parse,
};
