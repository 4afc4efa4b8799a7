//! What a tenant really holds, against which a reader's results are checked.

use jiff::Timestamp;
use serde::Serialize;

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
