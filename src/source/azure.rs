//! Where a customer's Azure feeds are, and the roles that open them.

use super::FeedKind;

/// A Log Analytics workspace with Microsoft Sentinel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// A GUID in lower case.
    pub subscription: String,
    pub resource_group: String,
    pub name: String,
}

impl FeedKind {
    /// Azure has no consent: this role on the place decides. `None` for feeds that an application permission opens.
    #[must_use]
    pub fn azure_role(self) -> Option<&'static str> {
        match self {
            FeedKind::SentinelIncidents => Some("Microsoft Sentinel Reader"),
            FeedKind::DefenderForCloud => Some("Security Reader"),
            FeedKind::GraphAlerts
            | FeedKind::GraphIncidents
            | FeedKind::MdeAlerts
            | FeedKind::XdrIncidents
            | FeedKind::RiskDetections => None,
        }
    }
}
