//! Alerts of Microsoft Defender for Cloud, as Azure Resource Manager lists them.
//!
//! There is no last-update time: the time at which an alert was generated is its creation and its only revision.

use super::evidence::{CloudResource, Shape, Thing};
use super::members::Members;
use super::wording::{self, Field, Service, Wording};
use super::{Finding, Header, Kind, Status, Unreadable};

const ALERT: Wording = Wording {
    kind: Kind::Alert,
    field: |name| (name == "name").then_some(Field::Name),
    property: Some(property),
    identity: |ids| ids.prefixed("dc"),
    id_name: "properties.systemAlertId",
    status: Status::from_word_where_active_is_new,
    service: Service::Always("microsoftDefenderForCloud"),
    evidence: Shape::Azure,
    things,
};

fn property(name: &str) -> Option<Field> {
    Some(match name {
        "systemAlertId" => Field::Id,
        "alertDisplayName" => Field::Title,
        "description" => Field::Description,
        "remediationSteps" => Field::AdviceSteps,
        "severity" => Field::Severity,
        "status" => Field::Status,
        "productName" => Field::Provider,
        "productComponentName" => Field::DetectionSource,
        "alertType" => Field::DetectorId,
        "intent" => Field::Intent,
        "techniques" => Field::Techniques,
        "subTechniques" => Field::SubTechniques,
        "alertUri" => Field::Url,
        "timeGeneratedUtc" => Field::Created,
        "startTimeUtc" => Field::FirstActivity,
        "endTimeUtc" => Field::LastActivity,
        "entities" => Field::Evidence,
        _ => return None,
    })
}

/// The resources of Azure that the alert is about. Machines elsewhere are resources of Azure too, by way of a connector.
fn things<'a>(members: &mut Members<'a>) -> Vec<Thing<'a>> {
    let identifiers = members.peek("properties.resourceIdentifiers");
    let mut resources = identifiers.map(CloudResource::peek_identifiers).unwrap_or_default();
    if let Some(name) = members.text("properties.compromisedEntity") {
        let same = |resource: &&mut CloudResource<'_>| {
            let id = resource.id.as_deref().unwrap_or_default();
            id.rsplit('/').next().is_some_and(|leaf| leaf.eq_ignore_ascii_case(&name))
        };
        match resources.iter_mut().find(same) {
            Some(resource) => resource.name = Some(name),
            None => resources.push(CloudResource { name: Some(name), ..CloudResource::azure() }),
        }
    }
    resources.into_iter().map(Thing::CloudResource).collect()
}

/// # Errors
/// When the record is no JSON object, or has no ID.
pub fn header(raw: &str) -> Result<Header, Unreadable> {
    wording::header(raw, &ALERT)
}

/// Reads a record; there are only alerts among them, even where one says that it is an incident.
///
/// # Errors
/// As [`header`].
pub fn read(_: Kind, raw: &str) -> Result<Finding<'_>, Unreadable> {
    wording::alert(raw, &ALERT).map(|alert| Finding::Alert(Box::new(alert)))
}
