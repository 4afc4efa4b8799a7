//! `sentinel-incidents`: Microsoft Sentinel, through Azure Resource Manager; one path for each workspace.
//!
//! Facts: filter and order by `properties/lastModifiedTimeUtc`; the next link is called `nextLink` and carries `$skipToken`; the
//! alerts of an incident are asked for by a POST; the token may come from our own tenant (Azure Lighthouse). Azure Resource Manager
//! counts whatever is not a GET as a write, of which it lets 10 a second pass where it lets 25 reads.

use jiff::SignedDuration;

use super::{Asking, Dialect, Inside};
use crate::alert::sentinel;
use crate::source::FeedKind;
use crate::source::azure::Workspace;
use crate::source::cloud::Resource;

/// Where a workspace's incidents are.
#[must_use]
pub fn path(workspace: &Workspace) -> String {
    let Workspace { subscription, resource_group, name } = workspace;
    format!(
        "/subscriptions/{subscription}/resourceGroups/{resource_group}/providers/Microsoft.OperationalInsights/workspaces/{name}\
         /providers/Microsoft.SecurityInsights/incidents"
    )
}

pub(super) const DIALECT: Dialect = Dialect {
    kind: FeedKind::SentinelIncidents,
    resource: Resource::Arm,
    path: "",
    api_version: Some("2025-06-01"),
    time_field: "properties/lastModifiedTimeUtc",
    asking: Asking::Window { usual: 100, most: 1000, sorts: true, skips: false },
    slicing: &[
        ("properties/severity", &["Informational", "Low", "Medium", "High"]),
        ("properties/status", &["New", "Active", "Closed"]),
    ],
    expand: None,
    row: sentinel::header,
    inside: Inside::Asked("/alerts", sentinel::alert_header),
    read: sentinel::read,
    roles: &[],
    budget: "10/s",
    retention: None,
    grain: SignedDuration::ZERO,
};
