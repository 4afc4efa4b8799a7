//! Defender for Endpoint `/api/alerts`: its own alerts only, in its own words.

use serde_json::{Value, json};

use super::alert::{Alert, severity, ticks};
use super::{Keys, Link, Manners, Rows, Scene, entity, write};
use crate::alert::stamp;
use crate::simulator::feed::Feed;
use crate::simulator::filter::{Field, Kind, Moment};
use crate::simulator::resource::Resource;
use crate::simulator::store::Row;
use crate::simulator::style::Style;

const FILTER: &[Field] = &[
    ("alertCreationTime", Kind::Moment(Moment::Created)),
    ("lastUpdateTime", Kind::Moment(Moment::Updated)),
    ("incidentId", Kind::Number),
    ("InvestigationId", Kind::Number),
    ("id", Kind::Text),
    ("assignedTo", Kind::Text),
    ("detectionSource", Kind::Text),
    ("lastEventTime", Kind::Time),
    ("status", Kind::Enum(&["Unknown", "New", "InProgress", "Resolved"])),
    ("severity", Kind::Enum(&["UnSpecified", "Informational", "Low", "Medium", "High"])),
    ("category", Kind::Text),
];

/// Not documented: the page without `$top` (ours is a thousand), and `$orderby`, which is refused here so that nobody relies on it.
pub(super) const MANNERS: Manners = Manners {
    feed: Feed::MdeAlerts,
    style: Style::Defender,
    resource: Resource::Mde,
    roles: &["Alert.Read.All", "Alert.ReadWrite.All"],
    rows: Rows::Alerts {
        shows: |row| &*row.service == "microsoftDefenderForEndpoint",
        write: |out, row, scene| write(out, &record(row, scene)),
    },
    context: "https://api.security.microsoft.com/api/$metadata#Alerts",
    options: &["$filter", "$top", "$skip", "$expand", "$count"],
    ignores_others: false,
    usual: 1000,
    most: Some((10_000, "The limit of '10000' for Top query has been exceeded. The value from the incoming request is '{}'.")),
    filter: FILTER,
    order: &[],
    expand: "evidence",
    link: Link { member: "@odata.nextLink", token: "$skiptoken", with_top: false },
    keys: Keys { id: "/id", times: ["/alertCreationTime", "/lastUpdateTime"], names_tenant: true },
};

/// The product's names for its sensors.
pub(super) fn detection(word: &str) -> String {
    match word {
        "microsoftDefenderForEndpoint" => "WindowsDefenderAtp".to_owned(),
        "antivirus" => "WindowsDefenderAv".to_owned(),
        "smartScreen" => "WindowsDefenderSmartScreen".to_owned(),
        "customTi" => "CustomTI".to_owned(),
        "microsoftDefenderForOffice365" => "OfficeATP".to_owned(),
        "cloudAppSecurity" => "MCAS".to_owned(),
        "microsoft365Defender" => "MTP".to_owned(),
        other => super::alert::pascal(other),
    }
}

fn record(row: &Row, scene: &Scene<'_>) -> Value {
    let alert = Alert::read(row, scene.info);
    let device = alert.of_type("device").next().cloned().unwrap_or_default();
    let account = alert.account();
    let related = account.is_object().then(|| json!({"userName": account["accountName"], "domainName": account["domainName"]}));
    let evidence: Vec<Value> = if scene.expand { alert.evidence().filter_map(entity::mde).collect() } else { Vec::new() };
    let comments = alert.value("comments");
    let comments = comments.as_array().into_iter().flatten().map(|comment| {
        json!({"comment": comment["comment"], "createdBy": comment["createdByDisplayName"], "createdTime": comment["createdDateTime"]})
    });
    let time = |key: &str| stamp::parse(alert.text(key)).map(ticks);
    json!({
        "id": &*row.id,
        "incidentId": (row.incident != 0).then_some(row.incident),
        "investigationId": null,
        "assignedTo": alert.value("assignedTo"),
        "severity": severity(&row.severity),
        "status": super::alert::pascal(&row.status),
        "classification": alert.pascal("classification"),
        "determination": determination(&alert),
        "investigationState": alert.pascal("investigationState"),
        "detectionSource": detection(alert.text("detectionSource")),
        "detectorId": alert.value("detectorId"),
        "category": alert.value("category"),
        "threatFamilyName": alert.value("threatFamilyName"),
        "threatName": alert.value("threatDisplayName"),
        "title": alert.value("title"),
        "description": alert.value("description"),
        "alertCreationTime": ticks(row.created),
        "firstEventTime": time("firstActivityDateTime"),
        "lastEventTime": time("lastActivityDateTime"),
        "lastUpdateTime": ticks(row.updated),
        "resolvedTime": time("resolvedDateTime"),
        "machineId": device["mdeDeviceId"],
        "computerDnsName": device["deviceDnsName"],
        "rbacGroupName": device["rbacGroupName"],
        "aadTenantId": scene.info.tenant_id,
        "relatedUser": related,
        "mitreTechniques": alert.value("mitreTechniques"),
        "comments": comments.collect::<Value>(),
        "evidence": evidence,
    })
}

/// The word that Graph and the Defender APIs do not share.
pub(super) fn determination(alert: &Alert) -> Value {
    match alert.text("determination") {
        "confirmedActivity" => json!("ConfirmedUserActivity"),
        _ => alert.pascal("determination"),
    }
}
