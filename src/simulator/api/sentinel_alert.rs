//! An alert as `POST …/incidents/{name}/alerts` shows it: an entity of the kind `SecurityAlert`.

use serde_json::{Value, json};

use super::Scene;
use super::alert::{Alert, ticks};
use super::azure::{severity, system_alert_id, workspace};
use crate::simulator::store::Row;

/// The products' names in a workspace.
fn product(service: &str) -> &'static str {
    match service {
        "microsoftDefenderForEndpoint" => "Microsoft Defender Advanced Threat Protection",
        "microsoftDefenderForOffice365" => "Office 365 Advanced Threat Protection",
        "microsoftDefenderForIdentity" => "Azure Advanced Threat Protection",
        "microsoftDefenderForCloudApps" | "microsoftAppGovernance" => "Microsoft Cloud App Security",
        "azureAdIdentityProtection" => "Azure Active Directory Identity Protection",
        "dataLossPrevention" => "Microsoft Data Loss Prevention",
        "microsoftDefenderForCloud" => "Azure Security Center",
        "microsoftSentinel" => "Azure Sentinel",
        "microsoftInsiderRiskManagement" => "Microsoft 365 Insider Risk Management",
        _ => "Microsoft 365 Defender",
    }
}

/// Alerts that came in from Defender keep their Graph ID as `providerAlertId`; Sentinel's own have a GUID there.
pub fn record(row: &Row, scene: &Scene<'_>) -> Value {
    let alert = Alert::read(row, scene.info);
    let system = system_alert_id(&row.id);
    let own = &*row.service == "microsoftSentinel";
    json!({
        "id": format!("{}/providers/Microsoft.SecurityInsights/Entities/{system}", workspace(scene.info)),
        "name": system,
        "type": "Microsoft.SecurityInsights/Entities",
        "kind": "SecurityAlert",
        "properties": {
            "systemAlertId": system,
            "tactics": [alert.text("category")],
            "alertDisplayName": alert.value("title"),
            "friendlyName": alert.value("title"),
            "description": alert.value("description"),
            "confidenceLevel": "Unknown",
            "severity": severity(&row.severity),
            "vendorName": "Microsoft",
            "productName": product(&row.service),
            "productComponentName": if own { "Scheduled Alerts" } else { "" },
            "alertType": alert.value("detectorId"),
            "processingEndTime": ticks(row.updated),
            "status": match &*row.status { "new" => "New", "inProgress" => "InProgress", "resolved" => "Resolved", _ => "Unknown" },
            "startTimeUtc": alert.value("firstActivityDateTime"),
            "endTimeUtc": alert.value("lastActivityDateTime"),
            "timeGenerated": ticks(row.created),
            "providerAlertId": if own { system.as_str() } else { &*row.id },
            "resourceIdentifiers": [],
            "additionalData": {"AlertMessageEnqueueTime": ticks(row.updated)},
        },
    })
}
