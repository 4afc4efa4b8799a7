//! The ARM IDs of a tenant's subscription and workspace.

use super::alert::guid;
use crate::simulator::settings::TenantInfo;

pub fn subscription(info: &TenantInfo) -> String {
    format!("/subscriptions/{}", info.subscription)
}

pub fn workspace(info: &TenantInfo) -> String {
    format!(
        "{}/resourceGroups/{}/providers/Microsoft.OperationalInsights/workspaces/{}",
        subscription(info),
        info.resource_group,
        info.workspace
    )
}

/// The GUID by which Sentinel knows an incident of Graph's number.
pub fn incident_name(info: &TenantInfo, id: u32) -> String {
    guid(&format!("incident {id} of {}", info.tenant_id))
}

/// The ID of an alert within its Azure service: a GUID. That of a `dc…` or `sn…` alert is what follows the prefix of its Graph ID.
pub fn system_alert_id(graph_id: &str) -> String {
    match graph_id.split_at_checked(2) {
        Some(("dc" | "sn", rest)) => rest.to_owned(),
        _ => guid(&format!("system alert {graph_id}")),
    }
}

/// `High` from `high`; Azure has no word for none.
pub fn severity(word: &str) -> &'static str {
    match word {
        "high" => "High",
        "medium" => "Medium",
        "low" => "Low",
        _ => "Informational",
    }
}
