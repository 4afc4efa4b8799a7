//! `graph-incidents`: Microsoft Graph `security/incidents`, each with its alerts inside.
//!
//! Facts: `$top` above 50 is answered by 400; newest first, `$orderby` is not to be relied on; `$expand=alerts` fails for good
//! where incidents are big; a merged incident has status `redirected`.

use jiff::SignedDuration;

use super::graph_alerts::SEVERITIES;
use super::{Asking, Dialect, HALF_A_YEAR, Inside};
use crate::alert::graph;
use crate::source::FeedKind;
use crate::source::cloud::Resource;

pub(super) const DIALECT: Dialect = Dialect {
    kind: FeedKind::GraphIncidents,
    resource: Resource::Graph,
    path: "/v1.0/security/incidents",
    api_version: None,
    time_field: "lastUpdateDateTime",
    asking: Asking::Window { usual: 50, most: 50, sorts: false, skips: true },
    slicing: &[("severity", SEVERITIES), ("status", &["active", "inProgress", "resolved", "redirected", "awaitingAction"])],
    expand: Some("alerts"),
    row: graph::incident::header,
    inside: Inside::Member("alerts", graph::header),
    read: graph::incident::read,
    roles: &["SecurityIncident.Read.All", "SecurityIncident.ReadWrite.All"],
    budget: "150/min",
    retention: Some(HALF_A_YEAR),
    grain: SignedDuration::ZERO,
};
