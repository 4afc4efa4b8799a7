//! Records of Defender XDR's `/api/incidents`, and the alerts inside.

use super::evidence::Shape;
use super::wording::{self, Field, Service, Wording, no_things};
use super::{Finding, Header, Kind, Status, Unreadable};

const INCIDENT: Wording = Wording {
    kind: Kind::Incident,
    field: incident_field,
    property: None,
    identity: |ids| ids.plain(),
    id_name: "incidentId",
    status: Status::from_word_where_active_is_new,
    service: Service::Named,
    evidence: Shape::Flat,
    things: no_things,
};

fn incident_field(name: &str) -> Option<Field> {
    Some(match name {
        "incidentId" => Field::Id,
        "redirectIncidentId" => Field::RedirectId,
        "incidentName" => Field::Title,
        "description" => Field::Description,
        "severity" => Field::Severity,
        "status" => Field::Status,
        "classification" => Field::Classification,
        "determination" => Field::Determination,
        "assignedTo" => Field::AssignedTo,
        "incidentUri" => Field::Url,
        "createdTime" => Field::Created,
        "lastUpdateTime" => Field::Updated,
        "tags" => Field::Tags,
        "comments" => Field::Comments,
        "alerts" => Field::Alerts,
        _ => return None,
    })
}

const ALERT: Wording = Wording {
    kind: Kind::Alert,
    field: alert_field,
    property: None,
    identity: |ids| ids.plain(),
    id_name: "alertId",
    status: Status::from_word,
    service: Service::Named,
    evidence: Shape::Flat,
    things: no_things,
};

fn alert_field(name: &str) -> Option<Field> {
    Some(match name {
        "alertId" => Field::Id,
        "providerAlertId" => Field::ProviderId,
        "incidentId" => Field::IncidentId,
        "title" => Field::Title,
        "description" => Field::Description,
        "severity" => Field::Severity,
        "status" => Field::Status,
        "classification" => Field::Classification,
        "determination" => Field::Determination,
        "investigationState" => Field::InvestigationState,
        "serviceSource" => Field::Service,
        "detectionSource" => Field::DetectionSource,
        "detectorId" => Field::DetectorId,
        "category" => Field::Category,
        "mitreTechniques" => Field::Techniques,
        "threatFamilyName" => Field::ThreatFamily,
        "actorName" => Field::Actor,
        "assignedTo" => Field::AssignedTo,
        "creationTime" => Field::Created,
        "lastUpdatedTime" => Field::Updated,
        "resolvedTime" => Field::Resolved,
        "firstActivity" => Field::FirstActivity,
        "lastActivity" => Field::LastActivity,
        "comments" => Field::Comments,
        "devices" => Field::Devices,
        "entities" => Field::Evidence,
        _ => return None,
    })
}

/// # Errors
/// When the record is no JSON object, or has no ID.
pub fn header(raw: &str) -> Result<Header, Unreadable> {
    wording::header(raw, &INCIDENT)
}

/// The same for an alert inside of an incident.
///
/// # Errors
/// When the record is no JSON object, or has no ID.
pub fn alert_header(raw: &str) -> Result<Header, Unreadable> {
    wording::header(raw, &ALERT)
}

/// Reads an incident, or one of the alerts inside.
///
/// # Errors
/// As [`header`].
pub fn read(kind: Kind, raw: &str) -> Result<Finding<'_>, Unreadable> {
    match kind {
        Kind::Alert => wording::alert(raw, &ALERT).map(|alert| Finding::Alert(Box::new(alert))),
        Kind::Incident => wording::incident(raw, &INCIDENT).map(|incident| Finding::Incident(Box::new(incident))),
    }
}
