//! Microsoft Graph's `security/incidents` record; its alerts are those of `security/alerts_v2`.

use crate::alert::evidence::Shape;
use crate::alert::wording::{self, Field, Service, Wording, no_things};
use crate::alert::{Finding, Header, Kind, Status, Unreadable};

const INCIDENT: Wording = Wording {
    kind: Kind::Incident,
    field,
    property: None,
    identity: |ids| ids.plain(),
    id_name: "id",
    status: Status::from_word_where_active_is_new,
    service: Service::Named,
    evidence: Shape::Graph,
    things: no_things,
};

fn field(name: &str) -> Option<Field> {
    Some(match name {
        "id" => Field::Id,
        "redirectIncidentId" => Field::RedirectId,
        "tenantId" => Field::Tenant,
        "displayName" => Field::Title,
        "description" => Field::Description,
        "summary" => Field::Summary,
        "severity" => Field::Severity,
        "status" => Field::Status,
        "classification" => Field::Classification,
        "determination" => Field::Determination,
        "assignedTo" => Field::AssignedTo,
        "lastModifiedBy" => Field::LastModifiedBy,
        "resolvingComment" => Field::ResolvingComment,
        "priorityScore" => Field::Priority,
        "incidentWebUrl" => Field::Url,
        "createdDateTime" => Field::Created,
        "lastUpdateDateTime" => Field::Updated,
        "customTags" => Field::Tags,
        "systemTags" => Field::SystemTags,
        "comments" => Field::Comments,
        "alerts" => Field::Alerts,
        _ => return None,
    })
}

/// Reads what decides over an incident, and skips the rest, its alerts among it.
///
/// # Errors
/// When the record is no JSON object, or has no ID.
pub fn header(raw: &str) -> Result<Header, Unreadable> {
    wording::header(raw, &INCIDENT)
}

/// Reads an incident, or one of the alerts inside.
///
/// # Errors
/// As [`header`].
pub fn read(kind: Kind, raw: &str) -> Result<Finding<'_>, Unreadable> {
    match kind {
        Kind::Alert => super::read(kind, raw),
        Kind::Incident => wording::incident(raw, &INCIDENT).map(|incident| Finding::Incident(Box::new(incident))),
    }
}
