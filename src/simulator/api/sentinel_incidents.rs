//! `Microsoft.SecurityInsights/incidents` of a workspace that is connected to Defender XDR: all incidents of the tenant.

use serde_json::{Value, json};

use super::alert::{Alert, guid, ticks};
use super::azure::{incident_name, severity, workspace};
use super::graph_incidents::name;
use super::{Keys, Link, Manners, Rows, Scene, Whole};
use crate::simulator::feed::Feed;
use crate::simulator::filter::{Field, Kind, Moment};
use crate::simulator::resource::Resource;
use crate::simulator::style::Style;

const FILTER: &[Field] = &[
    ("properties/lastModifiedTimeUtc", Kind::Moment(Moment::Updated)),
    ("properties/createdTimeUtc", Kind::Moment(Moment::Created)),
    ("properties/severity", Kind::Enum(&["High", "Medium", "Low", "Informational"])),
    ("properties/status", Kind::Enum(&["New", "Active", "Closed"])),
    ("properties/incidentNumber", Kind::Number),
    ("properties/title", Kind::Text),
];

/// Not documented: what happens to a `$top` beyond the most (refused here) and to options that are not there (ignored).
pub(super) const MANNERS: Manners = Manners {
    feed: Feed::SentinelIncidents,
    style: Style::Arm,
    resource: Resource::Arm,
    roles: &[],
    rows: Rows::Incidents { record },
    context: "",
    options: &["$filter", "$orderby", "$top"],
    ignores_others: true,
    usual: 50,
    most: Some((1000, "Invalid value '{}' for $top: it must be between 1 and 1000.")),
    filter: FILTER,
    order: &[("properties/lastModifiedTimeUtc", Moment::Updated), ("properties/createdTimeUtc", Moment::Created)],
    expand: "",
    link: Link { member: "nextLink", token: "$skipToken", with_top: true },
    keys: Keys { id: "/name", times: ["/properties/createdTimeUtc", "/properties/lastModifiedTimeUtc"], names_tenant: true },
};

fn record(whole: &Whole<'_>, scene: &Scene<'_>) -> Value {
    let (incident, store) = (whole.incident, whole.store);
    let name_guid = incident_name(scene.info, incident.id);
    let id = format!("{}/providers/Microsoft.SecurityInsights/Incidents/{name_guid}", workspace(scene.info));
    let status = incident.status(store);
    let (provider, provider_id) =
        if incident.sentinel { ("Azure Sentinel", incident.id) } else { ("Microsoft XDR", incident.id) };
    let alerts: Vec<Alert> = whole.alerts().map(|row| Alert::read(row, scene.info)).collect();
    let products: std::collections::BTreeSet<&str> = alerts.iter().map(|alert| alert.text("productName")).collect();
    let tactics: std::collections::BTreeSet<&str> = alerts.iter().map(|alert| alert.text("category")).collect();
    let first = alerts.iter().map(|alert| alert.text("firstActivityDateTime")).min();
    let last = alerts.iter().map(|alert| alert.text("lastActivityDateTime")).max();
    let mut record = json!({
        "id": id,
        "name": name_guid,
        "etag": format!("\"{}\"", guid(&format!("{id} {}", incident.updated))),
        "type": "Microsoft.SecurityInsights/Incidents",
        "properties": {
            "title": name(whole, scene),
            "description": "",
            "severity": severity(incident.severity(store)),
            "status": match status { "active" => "New", "inProgress" => "Active", _ => "Closed" },
            "owner": {"objectId": null, "email": null, "assignedTo": null, "userPrincipalName": null},
            "labels": [],
            "firstActivityTimeUtc": first,
            "lastActivityTimeUtc": last,
            "lastModifiedTimeUtc": ticks(incident.updated),
            "createdTimeUtc": ticks(incident.created),
            "incidentNumber": incident.id,
            "additionalData": {
                "alertsCount": alerts.len(),
                "bookmarksCount": 0,
                "commentsCount": 0,
                "alertProductNames": products,
                "tactics": tactics,
            },
            "relatedAnalyticRuleIds": [],
            "incidentUrl": format!("https://portal.azure.com/#asset/Microsoft_Azure_Security_Insights/Incident{id}"),
            "providerName": provider,
            "providerIncidentId": provider_id.to_string(),
        },
    });
    let properties = &mut record["properties"];
    match status {
        "resolved" => {
            properties["classification"] = json!("TruePositive");
            properties["classificationReason"] = json!("SuspiciousActivity");
        }
        "redirected" => {
            properties["classification"] = json!("Undetermined");
            properties["labels"] = json!([{"labelName": "Redirected", "labelType": "User"}]);
        }
        _ => {}
    }
    record
}
