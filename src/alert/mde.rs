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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{Alert, Severity};

    fn alert(json: &str) -> Alert<'_> {
        match read(Kind::Alert, json).expect("a readable alert") {
            Finding::Alert(alert) => *alert,
            Finding::Incident(_) => panic!("an incident"),
        }
    }

    fn extra<'a>(alert: &'a Alert<'_>) -> Vec<(&'a str, &'a str)> {
        alert.extra.iter().map(|(name, value)| (&**name, value.get())).collect()
    }

    #[test]
    fn an_alert_is_read_onto_graphs_id_and_words() {
        let json = r#"{"id":"da1_1","incidentId":412,"aadTenantId":"AA","severity":"UnSpecified","status":"InProgress",
            "classification":"TruePositive","determination":"CompromisedUser","investigationState":"Queued",
            "alertCreationTime":"2026-03-02T07:41:10.53Z","lastUpdateTime":"2026-03-02T07:44:02.1466667Z"}"#;
        let (alert, header) = (alert(json), header(json).expect("a header"));
        assert_eq!((&*header.id, &*alert.id, &alert.provider_id), ("da1_1", "da1_1", &None));
        assert_eq!(header.tenant_id.as_deref(), Some("aa"));
        assert_eq!(header.service.as_deref(), Some("microsoftDefenderForEndpoint"));
        assert_eq!(header.updated, Some("2026-03-02T07:44:02.1466667Z".parse().expect("a date")));
        assert_eq!((alert.severity, alert.status), (Severity::Unknown, Status::InProgress));
        let words = [&alert.incident_id, &alert.classification, &alert.determination, &alert.investigation_state];
        assert_eq!(
            words.map(|word| word.as_deref()),
            [Some("412"), Some("truePositive"), Some("compromisedAccount"), Some("queued")]
        );
        assert_eq!(extra(&alert), [("severity", r#""UnSpecified""#), ("determination", r#""CompromisedUser""#)]);
    }

    #[test]
    fn the_machine_and_its_user_are_taken_and_what_is_not_understood_stays() {
        let json = r#"{"id":"a","machineId":"01","computerDnsName":"ws-17.corp.example","rbacGroupName":"Workstations",
            "relatedUser":{"userName":"kim","domainName":"CORP"},"new":1}"#;
        let taken = alert(json);
        let [Thing::Device(machine), Thing::Account(user)] = taken.things.as_slice() else { panic!("{:?}", taken.things) };
        assert_eq!((machine.mde_id.as_deref(), machine.group_name.as_deref()), (Some("01"), Some("Workstations")));
        assert_eq!((user.name.as_deref(), user.domain.as_deref()), (Some("kim"), Some("CORP")));
        assert_eq!(extra(&taken), [("new", "1")]);

        let kept = alert(r#"{"id":"a","rbacGroupName":"Workstations","relatedUser":{"userName":"kim","new":1}}"#);
        assert!(matches!(kept.things.as_slice(), [Thing::Account(_)]), "{:?}", kept.things);
        assert_eq!(extra(&kept), [("rbacGroupName", "\"Workstations\""), ("relatedUser", r#"{"userName":"kim","new":1}"#)]);
    }
}
