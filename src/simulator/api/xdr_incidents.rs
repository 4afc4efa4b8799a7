//! Defender XDR `/api/incidents`: alerts always inside, numbers for IDs, names of services from before they were renamed.

use serde_json::{Value, json};

use super::alert::{Alert, pascal, severity};
use super::graph_incidents::name;
use super::mde_alerts::{detection, determination};
use super::{Keys, Link, Manners, Rows, Scene, Whole, entity};
use crate::simulator::feed::Feed;
use crate::simulator::filter::{Field, Kind, Moment};
use crate::simulator::resource::Resource;
use crate::simulator::store::Row;
use crate::simulator::style::Style;

const FILTER: &[Field] = &[
    ("lastUpdateTime", Kind::Moment(Moment::Updated)),
    ("createdTime", Kind::Moment(Moment::Created)),
    ("status", Kind::Enum(&["Active", "InProgress", "Resolved", "Redirected"])),
    ("assignedTo", Kind::Text),
];

/// Not documented: the page without `$top` (ours is the largest) and the next link (as at Defender for Endpoint).
pub(super) const MANNERS: Manners = Manners {
    feed: Feed::XdrIncidents,
    style: Style::Defender,
    resource: Resource::Xdr,
    roles: &["Incident.Read.All", "Incident.ReadWrite.All"],
    rows: Rows::Incidents { record },
    context: "https://api.security.microsoft.com/api/$metadata#Incidents",
    options: &["$filter", "$top", "$skip"],
    ignores_others: false,
    usual: 100,
    most: Some((100, "The limit of '100' for Top query has been exceeded. The value from the incoming request is '{}'.")),
    filter: FILTER,
    order: &[],
    expand: "",
    link: Link { member: "@odata.nextLink", token: "$skiptoken", with_top: false },
    keys: Keys { id: "/incidentId", times: ["/createdTime", "/lastUpdateTime"], names_tenant: false },
};

/// The names in Microsoft's samples; where those have none, the ones that its connectors know.
fn service(word: &str) -> String {
    match word {
        "microsoftDefenderForEndpoint" => "MicrosoftDefenderATP".to_owned(),
        "microsoftDefenderForOffice365" => "OfficeATP".to_owned(),
        "microsoftDefenderForCloudApps" => "MicrosoftCloudAppSecurity".to_owned(),
        "microsoftDefenderForIdentity" => "AzureATP".to_owned(),
        "microsoft365Defender" => "MTP".to_owned(),
        "azureAdIdentityProtection" => "AADIdentityProtection".to_owned(),
        other => pascal(other),
    }
}

fn record(whole: &Whole<'_>, scene: &Scene<'_>) -> Value {
    let (incident, store) = (whole.incident, whole.store);
    let status = incident.status(store);
    let sources: Vec<String> = whole.alerts().map(|row| service(&row.service)).collect();
    json!({
        "incidentId": incident.id,
        "redirectIncidentId": incident.redirect,
        "incidentName": name(whole, scene),
        "createdTime": incident.created.to_string(),
        "lastUpdateTime": incident.updated.to_string(),
        "assignedTo": null,
        "classification": if status == "resolved" { "TruePositive" } else { "Unknown" },
        "determination": if status == "resolved" { "ConfirmedUserActivity" } else { "NotAvailable" },
        "detectionSource": sources.first(),
        "status": pascal(status),
        "severity": severity(incident.severity(store)),
        "tags": [],
        "comments": [],
        "incidentUri": format!("https://security.microsoft.com/incidents/{}?tid={}", incident.id, scene.info.tenant_id),
        "alerts": whole.alerts().map(|row| alert(row, scene)).collect::<Value>(),
    })
}

fn alert(row: &Row, scene: &Scene<'_>) -> Value {
    let alert = Alert::read(row, scene.info);
    json!({
        "alertId": &*row.id,
        "providerAlertId": alert.value("providerAlertId"),
        "incidentId": row.incident,
        "serviceSource": service(&row.service),
        "creationTime": row.created.to_string(),
        "lastUpdatedTime": row.updated.to_string(),
        "resolvedTime": alert.value("resolvedDateTime"),
        "firstActivity": alert.value("firstActivityDateTime"),
        "lastActivity": alert.value("lastActivityDateTime"),
        "title": alert.value("title"),
        "description": alert.value("description"),
        "category": alert.value("category"),
        "status": pascal(&row.status),
        "severity": severity(&row.severity),
        "investigationId": null,
        "investigationState": alert.pascal("investigationState"),
        "classification": alert.pascal("classification"),
        "determination": determination(&alert),
        "detectionSource": detection(alert.text("detectionSource")),
        "detectorId": alert.value("detectorId"),
        "assignedTo": alert.value("assignedTo"),
        "actorName": alert.value("actorDisplayName"),
        "threatFamilyName": alert.value("threatFamilyName"),
        "mitreTechniques": alert.value("mitreTechniques"),
        "devices": alert.of_type("device").map(device).collect::<Value>(),
        "entities": alert.evidence().filter_map(entity::xdr).collect::<Value>(),
    })
}

fn device(piece: &Value) -> Value {
    let word = |key: &str| piece[key].as_str().map_or(Value::Null, |word| pascal(word).into());
    json!({
        "mdatpDeviceId": piece["mdeDeviceId"],
        "aadDeviceId": piece["azureAdDeviceId"],
        "deviceDnsName": piece["deviceDnsName"],
        "osPlatform": piece["osPlatform"],
        "version": piece["version"],
        "osProcessor": "x64",
        "osBuild": piece["osBuild"],
        "healthStatus": word("healthStatus"),
        "riskScore": word("riskScore"),
        "rbacGroupName": piece["rbacGroupName"],
        "rbacGroupId": piece["rbacGroupId"],
        "firstSeen": piece["firstSeenDateTime"],
    })
}
