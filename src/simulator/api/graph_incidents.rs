//! Graph `/v1.0/security/incidents`.

use serde_json::{Value, json};

use super::alert::Alert;
use super::graph_alerts::{CLASSIFICATIONS, DETERMINATIONS};
use super::{Keys, Link, Manners, Rows, Scene, Whole};
use crate::simulator::enums;
use crate::simulator::feed::Feed;
use crate::simulator::filter::{Field, Kind, Moment, Word};
use crate::simulator::generate;
use crate::simulator::resource::Resource;
use crate::simulator::style::Style;

const STATUSES: &[&str] = &["active", "resolved", "inProgress", "redirected", "unknownFutureValue", "awaitingAction"];

const FILTER: &[Field] = &[
    ("createdDateTime", Kind::Moment(Moment::Created)),
    ("lastUpdateDateTime", Kind::Moment(Moment::Updated)),
    ("severity", Kind::Word(Word::Severity, enums::SEVERITIES)),
    ("status", Kind::Word(Word::Status, STATUSES)),
    ("assignedTo", Kind::Text),
    ("classification", Kind::Enum(CLASSIFICATIONS)),
    ("determination", Kind::Enum(DETERMINATIONS)),
];

/// Not documented: the page without `$top` (ours is the largest), and `$orderby`, which some connectors found to work and
/// others not: it works here unless the fault `order` is on.
pub(super) const MANNERS: Manners = Manners {
    feed: Feed::GraphIncidents,
    style: Style::Graph,
    resource: Resource::Graph,
    roles: &["SecurityIncident.Read.All", "SecurityIncident.ReadWrite.All"],
    rows: Rows::Incidents { record },
    context: "https://graph.microsoft.com/v1.0/$metadata#security/incidents",
    options: &["$filter", "$orderby", "$top", "$skip", "$count", "$select", "$expand"],
    ignores_others: false,
    usual: 50,
    most: Some((50, "The limit of '50' for Top query has been exceeded. The value from the incoming request is '{}'.")),
    filter: FILTER,
    order: &[("createdDateTime", Moment::Created), ("lastUpdateDateTime", Moment::Updated)],
    expand: "alerts",
    link: Link { member: "@odata.nextLink", token: "$skiptoken", with_top: true },
    keys: Keys { id: "/id", times: ["/createdDateTime", "/lastUpdateDateTime"], names_tenant: true },
};

fn record(whole: &Whole<'_>, scene: &Scene<'_>) -> Value {
    let (incident, store, tenant) = (whole.incident, whole.store, &scene.info.tenant_id);
    let status = incident.status(store);
    let mut record = json!({
        "id": incident.id.to_string(),
        "tenantId": tenant,
        "status": status,
        "incidentWebUrl": format!("https://security.microsoft.com/incident2/{}/overview?tid={tenant}", incident.id),
        "redirectIncidentId": incident.redirect.map(|id| id.to_string()),
        "displayName": name(whole, scene),
        "createdDateTime": incident.created.to_string(),
        "lastUpdateDateTime": incident.updated.to_string(),
        "assignedTo": null,
        "classification": if status == "resolved" { "truePositive" } else { "unknown" },
        "determination": if status == "resolved" { "confirmedActivity" } else { "unknown" },
        "severity": incident.severity(store),
        "customTags": [],
        "systemTags": [],
        "description": null,
        "lastModifiedBy": "Microsoft 365 Defender-IncidentCreation",
        "resolvingComment": null,
        "summary": null,
        "priorityScore": 25,
        "comments": [],
    });
    if scene.expand {
        let alerts = whole.alerts().map(|row| {
            let mut text = Vec::new();
            generate::write(&mut text, row, tenant, scene.reveal);
            serde_json::from_slice::<Value>(&text).unwrap_or_default()
        });
        record["alerts"] = alerts.collect();
    }
    record
}

/// What the incident is called, after its first alert.
pub(super) fn name(whole: &Whole<'_>, scene: &Scene<'_>) -> String {
    let first = whole.alerts().next().map(|row| Alert::read(row, scene.info));
    let title = first.as_ref().map_or("Incident", |alert| alert.text("title"));
    if whole.incident.alerts.len() > 1 { format!("Multi-stage incident: {title}") } else { title.to_owned() }
}
