//! What a tenant really holds, against which a reader's results are checked.

use jiff::Timestamp;
use serde::Serialize;

use super::api::azure_incident_name;
use super::cloud::Cloud;
use super::directory::Directory;

/// One alert in its present revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Truth {
    pub id: String,
    /// Its `lastUpdateDateTime`.
    #[serde(rename = "lastUpdateDateTime")]
    pub updated: Timestamp,
    /// From when on lists show it, by the tenant's clock. May lie ahead.
    #[serde(rename = "readableSince")]
    pub readable_at: Timestamp,
}

/// All alerts of a tenant, in the order of their arrival.
pub fn truth_of(cloud: &Cloud, directory: &Directory) -> Vec<Truth> {
    let now = cloud.now(Some(&directory.info.tenant_id));
    let contents = directory.open(now);
    let truth = |row: &super::store::Row| Truth { id: row.id.to_string(), updated: row.updated, readable_at: row.readable_at };
    contents.store.rows().map(truth).collect()
}

/// One incident in its present revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IncidentTruth {
    /// The digits by which Graph and, as a number, Defender XDR know it.
    pub id: String,
    /// The GUID by which Sentinel knows it.
    pub name: String,
    /// Its `lastUpdateDateTime`.
    #[serde(rename = "lastUpdateDateTime")]
    pub updated: Timestamp,
    /// Graph's word.
    pub status: String,
    /// The incident into which it was merged.
    pub redirect: Option<String>,
    /// Whether Sentinel began it: its provider is `Azure Sentinel` there, not `Microsoft XDR`.
    pub sentinel: bool,
    /// The Graph IDs of its alerts that may be read by now.
    pub alerts: Vec<String>,
}

/// All incidents of a tenant, in the order in which they began.
pub fn incidents_of(cloud: &Cloud, directory: &Directory) -> Vec<IncidentTruth> {
    let contents = directory.open(cloud.now(Some(&directory.info.tenant_id)));
    let truth = |incident: &super::incidents::Incident| IncidentTruth {
        id: incident.id.to_string(),
        name: azure_incident_name(&directory.info, incident.id),
        updated: incident.updated,
        status: incident.status(&contents.store).to_owned(),
        redirect: incident.redirect.map(|id| id.to_string()),
        sentinel: incident.sentinel,
        alerts: incident.alerts.iter().map(|alert| contents.store.row(*alert).id.to_string()).collect(),
    };
    contents.incidents.rows().map(truth).collect()
}
