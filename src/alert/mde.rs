//! Records of Defender for Endpoint's `/api/alerts`.

use super::evidence::{Account, Device, Shape, Thing};
use super::members::Members;
use super::wording::{self, Field, Service, Wording};
use super::{Finding, Header, Kind, Status, Unreadable};

const ALERT: Wording = Wording {
    kind: Kind::Alert,
    field,
    property: None,
    identity: |ids| ids.plain(),
    id_name: "id",
    status: Status::from_word,
    service: Service::Always("microsoftDefenderForEndpoint"),
    evidence: Shape::Flat,
    things,
};

fn field(name: &str) -> Option<Field> {
    Some(match name {
        "id" => Field::Id,
        "incidentId" => Field::IncidentId,
        "aadTenantId" => Field::Tenant,
        "title" => Field::Title,
        "description" => Field::Description,
        "recommendedAction" => Field::Advice,
        "severity" => Field::Severity,
        "status" => Field::Status,
        "classification" => Field::Classification,
        "determination" => Field::Determination,
        "investigationState" => Field::InvestigationState,
        "detectionSource" => Field::DetectionSource,
        "detectorId" => Field::DetectorId,
        "category" => Field::Category,
        "mitreTechniques" => Field::Techniques,
        "threatName" => Field::ThreatName,
        "threatFamilyName" => Field::ThreatFamily,
        "assignedTo" => Field::AssignedTo,
        "alertCreationTime" => Field::Created,
        "lastUpdateTime" => Field::Updated,
        "resolvedTime" => Field::Resolved,
        "firstEventTime" => Field::FirstActivity,
        "lastEventTime" => Field::LastActivity,
        "comments" => Field::Comments,
        "evidence" => Field::Evidence,
        _ => return None,
    })
}

/// The machine that the alert is about, and whoever was at it.
fn things<'a>(members: &mut Members<'a>) -> Vec<Thing<'a>> {
    let mut machine =
        Device { mde_id: members.text("machineId"), dns_name: members.text("computerDnsName"), ..Device::default() };
    let mut things = Vec::new();
    if machine.mde_id.is_some() || machine.dns_name.is_some() {
        machine.group_name = members.text("rbacGroupName");
        things.push(Thing::Device(Box::new(machine)));
    }
    let user = members.all_of("relatedUser", |user| {
        let name = user.text("userName")?;
        Some(Account { name: Some(name), domain: user.text("domainName"), ..Account::default() })
    });
    things.extend(user.map(|user| Thing::Account(Box::new(user))));
    things
}

/// # Errors
/// When the record is no JSON object, or has no ID.
pub fn header(raw: &str) -> Result<Header, Unreadable> {
    wording::header(raw, &ALERT)
}

/// Reads a record; there are only alerts among them.
///
/// # Errors
/// As [`header`].
pub fn read(_: Kind, raw: &str) -> Result<Finding<'_>, Unreadable> {
    wording::alert(raw, &ALERT).map(|alert| Finding::Alert(Box::new(alert)))
}
