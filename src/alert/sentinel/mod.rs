//! Incidents of Microsoft Sentinel, and the alerts of one, as Azure Resource Manager shows them.

use super::evidence::Shape;
use super::wording::{self, Field, Identity, Ids, Service, Wording, no_things, service_of_product};
use super::{Finding, Header, Kind, Status, Unreadable};

const INCIDENT: Wording = Wording {
    kind: Kind::Incident,
    field: |name| (name == "name").then_some(Field::Id),
    property: Some(incident_property),
    identity: |ids| ids.plain(),
    id_name: "name",
    status: Status::from_word,
    service: Service::Named,
    evidence: Shape::Azure,
    things: no_things,
};

fn incident_property(name: &str) -> Option<Field> {
    Some(match name {
        "incidentNumber" => Field::Number,
        "providerIncidentId" => Field::ProviderId,
        "providerName" => Field::Provider,
        "title" => Field::Title,
        "description" => Field::Description,
        "severity" => Field::Severity,
        "status" => Field::Status,
        "classification" => Field::Classification,
        "classificationReason" => Field::Determination,
        "classificationComment" => Field::ResolvingComment,
        "owner" => Field::Owner,
        "incidentUrl" => Field::Url,
        "createdTimeUtc" => Field::Created,
        "lastModifiedTimeUtc" => Field::Updated,
        "firstActivityTimeUtc" => Field::FirstActivity,
        "lastActivityTimeUtc" => Field::LastActivity,
        "labels" => Field::Labels,
        "additionalData" => Field::Counts,
        _ => return None,
    })
}

const ALERT: Wording = Wording {
    kind: Kind::Alert,
    field: |name| (name == "name").then_some(Field::Name),
    property: Some(alert_property),
    identity: alert_identity,
    id_name: "properties.systemAlertId",
    status: Status::from_word,
    service: Service::ByProduct("microsoftSentinel"),
    evidence: Shape::Azure,
    things: no_things,
};

fn alert_property(name: &str) -> Option<Field> {
    Some(match name {
        "systemAlertId" => Field::Id,
        "providerAlertId" => Field::ProviderId,
        "productName" => Field::Provider,
        "alertDisplayName" => Field::Title,
        "description" => Field::Description,
        "remediationSteps" => Field::AdviceSteps,
        "severity" => Field::Severity,
        "status" => Field::Status,
        "productComponentName" => Field::DetectionSource,
        "alertType" => Field::DetectorId,
        "tactics" => Field::Categories,
        "techniques" => Field::Techniques,
        "subTechniques" => Field::SubTechniques,
        "alertLink" => Field::Url,
        "timeGenerated" => Field::Created,
        "processingEndTime" => Field::Updated,
        "startTimeUtc" => Field::FirstActivity,
        "endTimeUtc" => Field::LastActivity,
        "entities" => Field::Evidence,
        _ => return None,
    })
}

/// An alert that Sentinel took over from Defender carries the ID that Graph knows it by; its own ones are known by `sn`.
fn alert_identity<'a>(ids: &Ids<'a>) -> Option<Identity<'a>> {
    let own = ids.id.clone().or_else(|| ids.name.clone());
    let foreign = ids.provider_id.clone().filter(|id| is_graphs(id, ids.provider.as_deref()));
    match foreign {
        Some(id) => Some(Identity { provider_id: own.filter(|own| *own != id), id }),
        None => ids.prefixed("sn"),
    }
}

/// Which two letters Graph's IDs of a product's alerts begin with stands in Microsoft's table "Alert sources" of its page on Defender
/// XDR's alerts. Products come without notice, so that two letters before a GUID are Graph's whatever they are, unless Sentinel itself raised the alert.
fn is_graphs(id: &str, product: Option<&str>) -> bool {
    let service = product.and_then(service_of_product);
    let (letters, rest) = id.split_at_checked(2).unwrap_or_default();
    let before_a_guid = letters.bytes().all(|byte| byte.is_ascii_lowercase())
        && rest.get(..36).is_some_and(|guid| uuid::Uuid::try_parse(guid).is_ok());
    if before_a_guid && service != Some("microsoftSentinel") {
        return true;
    }
    let prefixes: &[&str] = match service {
        Some("microsoftDefenderForEndpoint") => &["da", "ed"],
        Some("microsoftDefenderForOffice365") => &["fa"],
        Some("microsoftDefenderForIdentity") => &["aa", "ri"],
        Some("microsoftDefenderForCloudApps" | "microsoftAppGovernance") => &["ca", "ma", "rm"],
        Some("azureAdIdentityProtection") => &["ad"],
        Some("dataLossPrevention") => &["dl"],
        Some("microsoftDefenderForCloud") => &["dc"],
        Some("microsoftInsiderRiskManagement") => &["ir"],
        Some("microsoft365Defender") => &["ra", "ta", "ea"],
        _ => &[],
    };
    prefixes.iter().any(|prefix| id.starts_with(prefix))
}

/// # Errors
/// When the record is no JSON object, or has no ID.
pub fn header(raw: &str) -> Result<Header, Unreadable> {
    wording::header(raw, &INCIDENT)
}

/// The same for an alert of an incident.
///
/// # Errors
/// When the record is no JSON object, or has no ID.
pub fn alert_header(raw: &str) -> Result<Header, Unreadable> {
    wording::header(raw, &ALERT)
}

/// Reads an incident, or one of its alerts.
///
/// # Errors
/// As [`header`].
pub fn read(kind: Kind, raw: &str) -> Result<Finding<'_>, Unreadable> {
    match kind {
        Kind::Alert => wording::alert(raw, &ALERT).map(|alert| Finding::Alert(Box::new(alert))),
        Kind::Incident => wording::incident(raw, &INCIDENT).map(|incident| Finding::Incident(Box::new(incident))),
    }
}

#[cfg(test)]
mod tests;
