//! Graph `/v1.0/identityProtection/riskDetections`: what Entra ID Protection knows of the tenant's `ad…` alerts.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::alert::{Alert, guid, ticks};
use super::{Keys, Link, Manners, Rows, Scene, write};
use crate::simulator::feed::Feed;
use crate::simulator::filter::{Field, Kind, Moment};
use crate::simulator::resource::Resource;
use crate::simulator::store::Row;
use crate::simulator::style::Style;

/// Of the Graph ID of an alert that is a risk detection.
const PREFIX: &str = "ad";

const FILTER: &[Field] = &[
    ("detectedDateTime", Kind::Moment(Moment::Created)),
    ("lastUpdatedDateTime", Kind::Moment(Moment::Updated)),
    ("activityDateTime", Kind::Time),
    ("id", Kind::Text),
    ("riskLevel", Kind::Enum(&["low", "medium", "high", "hidden", "none", "unknownFutureValue"])),
    (
        "riskState",
        Kind::Enum(&["none", "confirmedSafe", "remediated", "dismissed", "atRisk", "confirmedCompromised", "unknownFutureValue"]),
    ),
    ("riskEventType", Kind::Text),
    ("userId", Kind::Text),
    ("userPrincipalName", Kind::Text),
    ("ipAddress", Kind::Text),
];

/// Not documented: which properties can be filtered and sorted; these are what connectors use.
pub(super) const MANNERS: Manners = Manners {
    feed: Feed::RiskDetections,
    style: Style::Graph,
    resource: Resource::Graph,
    roles: &["IdentityRiskEvent.Read.All", "IdentityRiskEvent.ReadWrite.All"],
    rows: Rows::Alerts { shows: |row| row.id.starts_with(PREFIX), write: |out, row, scene| write(out, &record(row, scene)) },
    context: "https://graph.microsoft.com/v1.0/$metadata#identityProtection/riskDetections",
    options: &["$filter", "$orderby", "$top", "$select"],
    ignores_others: false,
    usual: 20,
    most: Some((500, "Invalid page size specified: '{}'. Must be between 1 and 500 inclusive.")),
    filter: FILTER,
    order: &[
        ("detectedDateTime", Moment::Created),
        ("activityDateTime", Moment::Created),
        ("lastUpdatedDateTime", Moment::Updated),
    ],
    expand: "",
    link: Link { member: "@odata.nextLink", token: "$skiptoken", with_top: true },
    keys: Keys { id: "/id", times: ["/detectedDateTime", "/lastUpdatedDateTime"], names_tenant: false },
};

/// The ID without Graph's letters, which a GUID may begin with as well.
fn own_id(id: &str) -> &str {
    id.strip_prefix(PREFIX).unwrap_or(id)
}

fn record(row: &Row, scene: &Scene<'_>) -> Value {
    let alert = Alert::read(row, scene.info);
    let account = alert.account();
    let (event, timing) = match alert.text("title") {
        title if title.starts_with("Anonymous IP") => ("anonymizedIPAddress", "realtime"),
        title if title.starts_with("Atypical travel") => ("unlikelyTravel", "offline"),
        _ => ("unfamiliarFeatures", "realtime"),
    };
    let resolved = &*row.status == "resolved";
    let agent = alert.of_type("cloudLogonSession").next().and_then(|piece| piece["userAgent"].as_str());
    let additional = json!([{"Key": "userAgent", "Value": agent}, {"Key": "alertUrl", "Value": null}]);
    json!({
        "id": own_id(&row.id),
        "requestId": guid(&format!("request of {}", row.id)),
        "correlationId": guid(&format!("correlation of {}", row.id)),
        "riskEventType": event,
        "riskState": if resolved { "remediated" } else { "atRisk" },
        "riskLevel": if ["low", "medium", "high"].contains(&&*row.severity) { &*row.severity } else { "low" },
        "riskDetail": if resolved { "userPerformedSecuredPasswordReset" } else { "none" },
        "source": "IdentityProtection",
        "detectionTimingType": timing,
        "activity": "signin",
        "tokenIssuerType": "AzureAD",
        "ipAddress": alert.of_type("ip").next().map(|piece| piece["ipAddress"].clone()),
        "location": {
            "city": "São Paulo",
            "state": "São Paulo",
            "countryOrRegion": "BR",
            "geoCoordinates": {"latitude": -23.55, "longitude": -46.63},
        },
        // A fixed distance: the order by this is the one by detection.
        "activityDateTime": ticks(row.created - SignedDuration::from_secs(95)),
        "detectedDateTime": row.created.to_string(),
        "lastUpdatedDateTime": row.updated.to_string(),
        "userId": account["azureAdUserId"],
        "userDisplayName": account["displayName"],
        "userPrincipalName": account["userPrincipalName"],
        "additionalInfo": additional.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::own_id;

    #[test]
    fn the_letters_are_taken_off_once() {
        assert_eq!(own_id("adadd0573f-4ff2-47b9-b14e-a9da8983a2f7"), "add0573f-4ff2-47b9-b14e-a9da8983a2f7");
    }
}
