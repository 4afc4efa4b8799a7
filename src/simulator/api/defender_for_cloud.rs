//! `Microsoft.Security/alerts` of a subscription: the tenant's `dc…` alerts, all of them each time.

use serde_json::{Value, json};

use super::alert::{Alert, ticks};
use super::azure::{severity, subscription, system_alert_id};
use super::{Keys, Link, Manners, Rows, Scene, write};
use crate::simulator::feed::Feed;
use crate::simulator::filter::Moment;
use crate::simulator::resource::Resource;
use crate::simulator::store::Row;
use crate::simulator::style::Style;

/// Not documented: the size of a page (ours), and what happens to options that are not there (ignored).
pub(super) const MANNERS: Manners = Manners {
    feed: Feed::DefenderForCloud,
    style: Style::Arm,
    resource: Resource::Arm,
    roles: &[],
    rows: Rows::Alerts { shows: |row| row.id.starts_with("dc"), write: |out, row, scene| write(out, &record(row, scene)) },
    context: "",
    options: &[],
    ignores_others: true,
    usual: 100,
    most: None,
    filter: &[],
    order: &[("", Moment::Created)],
    expand: "",
    link: Link { member: "nextLink", token: "$skipToken", with_top: true },
    keys: Keys {
        id: "/properties/systemAlertId",
        times: ["/properties/timeGeneratedUtc", "/properties/processingEndTimeUtc"],
        names_tenant: true,
    },
};

/// The service's own words for what Graph calls a category.
fn intent(category: &str) -> &str {
    const KNOWN: [&str; 13] = [
        "PreAttack",
        "InitialAccess",
        "Persistence",
        "PrivilegeEscalation",
        "DefenseEvasion",
        "CredentialAccess",
        "Discovery",
        "LateralMovement",
        "Execution",
        "Collection",
        "Exfiltration",
        "CommandAndControl",
        "Impact",
    ];
    if KNOWN.contains(&category) { category } else { "Unknown" }
}

fn record(row: &Row, scene: &Scene<'_>) -> Value {
    let alert = Alert::read(row, scene.info);
    let system = system_alert_id(&row.id);
    let ticks_of_birth = row.created.as_nanosecond() / 100 + 621_355_968_000_000_000; // .NET counts from the year 1
    let name = format!("{ticks_of_birth}_{system}");
    let place = format!("{}/resourceGroups/{}", subscription(scene.info), scene.info.resource_group);
    let resource = format!("{place}/providers/Microsoft.Storage/storageAccounts/stprod");
    let techniques = alert.value("mitreTechniques");
    let list = |dotted: bool| {
        let all = techniques.as_array().into_iter().flatten();
        all.filter(|technique| technique.as_str().is_some_and(|text| text.contains('.') == dotted)).cloned().collect::<Value>()
    };
    let addresses = alert
        .of_type("ip")
        .enumerate()
        .map(|(index, piece)| json!({"$id": format!("{}", index + 1), "type": "ip", "address": piece["ipAddress"]}));
    json!({
        "id": format!("{place}/providers/Microsoft.Security/locations/westeurope/alerts/{name}"),
        "name": name,
        "type": "Microsoft.Security/Locations/alerts",
        "properties": {
            "version": "2022-01-01.0",
            "alertType": "Storage.Blob_SuspiciousIp",
            "systemAlertId": system,
            "productComponentName": "Storage",
            "alertDisplayName": alert.value("title"),
            "description": alert.value("description"),
            "severity": severity(&row.severity),
            "intent": intent(alert.text("category")),
            "startTimeUtc": alert.value("firstActivityDateTime"),
            "endTimeUtc": alert.value("lastActivityDateTime"),
            "resourceIdentifiers": [{"type": "AzureResource", "azureResourceId": resource}],
            "remediationSteps": ["Review the activity.", "Rotate the account's keys."],
            "vendorName": "Microsoft",
            "status": match &*row.status { "resolved" => "Resolved", "inProgress" => "InProgress", _ => "Active" },
            "extendedLinks": [],
            "alertUri": format!("https://portal.azure.com/#blade/Microsoft_Azure_Security/AlertBlade/alertId/{name}"),
            "timeGeneratedUtc": ticks(row.created),
            "productName": "Microsoft Defender for Cloud",
            "processingEndTimeUtc": ticks(row.updated),
            "entities": addresses.collect::<Value>(),
            "isIncident": false,
            "correlationKey": null,
            "extendedProperties": {"resourceType": "Storage Account", "note": "of a simulated cloud"},
            "compromisedEntity": "stprod",
            "techniques": list(false),
            "subTechniques": list(true),
            "supportingEvidence": null,
        },
    })
}
