//! Microsoft Graph's `security/alerts_v2` record.

use super::evidence::Shape;
use super::wording::{self, Field, Service, Wording, no_things};
use super::{Alert, Finding, Header, Kind, Status, Unreadable};

pub mod incident;

const ALERT: Wording = Wording {
    kind: Kind::Alert,
    field,
    property: None,
    identity: |ids| ids.plain(),
    id_name: "id",
    status: Status::from_word,
    service: Service::Named,
    evidence: Shape::Graph,
    things: no_things,
};

fn field(name: &str) -> Option<Field> {
    Some(match name {
        "id" => Field::Id,
        "providerAlertId" => Field::ProviderId,
        "incidentId" => Field::IncidentId,
        "incidentWebUrl" => Field::IncidentUrl,
        "tenantId" => Field::Tenant,
        "title" => Field::Title,
        "description" => Field::Description,
        "recommendedActions" => Field::Advice,
        "severity" => Field::Severity,
        "status" => Field::Status,
        "classification" => Field::Classification,
        "determination" => Field::Determination,
        "investigationState" => Field::InvestigationState,
        "serviceSource" => Field::Service,
        "productName" => Field::Provider,
        "detectionSource" => Field::DetectionSource,
        "detectorId" => Field::DetectorId,
        "alertPolicyId" => Field::PolicyId,
        "category" => Field::Category,
        "categories" => Field::Categories,
        "mitreTechniques" => Field::Techniques,
        "systemTags" => Field::SystemTags,
        "threatDisplayName" => Field::ThreatName,
        "threatFamilyName" => Field::ThreatFamily,
        "actorDisplayName" => Field::Actor,
        "assignedTo" => Field::AssignedTo,
        "alertWebUrl" => Field::Url,
        "createdDateTime" => Field::Created,
        "lastUpdateDateTime" => Field::Updated,
        "resolvedDateTime" => Field::Resolved,
        "firstActivityDateTime" => Field::FirstActivity,
        "lastActivityDateTime" => Field::LastActivity,
        "comments" => Field::Comments,
        "evidence" => Field::Evidence,
        _ => return None,
    })
}

/// Reads what decides over a record, and skips the rest.
///
/// # Errors
/// When the record is no JSON object, or has no ID.
pub fn header(raw: &str) -> Result<Header, Unreadable> {
    wording::header(raw, &ALERT)
}

/// Reads a whole record. What it does not understand stands in [`Alert::extra`]; evidence stays undecoded.
///
/// # Errors
/// As [`header`].
pub fn parse(raw: &str) -> Result<Alert<'_>, Unreadable> {
    wording::alert(raw, &ALERT)
}

/// Reads a record of `security/alerts_v2`; there are only alerts among them.
///
/// # Errors
/// As [`header`].
pub fn read(_: Kind, raw: &str) -> Result<Finding<'_>, Unreadable> {
    parse(raw).map(|alert| Finding::Alert(Box::new(alert)))
}

#[cfg(test)]
mod tests;
