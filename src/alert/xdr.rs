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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_is_known_by_its_number_and_a_merged_one_is_over() {
        let json =
            r#"{"incidentId":414,"redirectIncidentId":412,"status":"Redirected","alerts":[{"alertId":"a"},7],"tags":["vip"]}"#;
        assert_eq!(header(json).expect("a header").id, "incident:414");
        let Ok(Finding::Incident(incident)) = read(Kind::Incident, json) else { panic!("no incident") };
        assert_eq!((&*incident.id, incident.redirect_id.as_deref()), ("414", Some("412")));
        assert!(incident.status == Status::Redirected && incident.status.is_over());
        assert_eq!((incident.alerts.len(), incident.extra.len()), (2, 0));
    }

    #[test]
    fn active_is_new_for_an_incident_and_in_progress_for_an_alert() {
        assert_eq!(header(r#"{"incidentId":1,"status":"Active"}"#).expect("a header").status, Status::New);
        assert_eq!(alert_header(r#"{"alertId":"a","status":"Active"}"#).expect("a header").status, Status::InProgress);
    }

    #[test]
    fn an_alert_inside_has_graphs_service_and_its_devices_before_its_entities() {
        let json = r#"{"alertId":"fa1","providerAlertId":"1","serviceSource":"OfficeATP","lastUpdatedTime":"2026-03-02T07:44:02.15Z",
            "entities":[{"entityType":"Url","url":"x"}],"devices":[{"mdatpDeviceId":"01"}]}"#;
        let header = alert_header(json).expect("a header");
        assert_eq!((&*header.id, header.service.as_deref()), ("fa1", Some("microsoftDefenderForOffice365")));
        assert_eq!(header.updated, Some("2026-03-02T07:44:02.15Z".parse().expect("a date")));
        let Ok(Finding::Alert(alert)) = read(Kind::Alert, json) else { panic!("no alert") };
        assert_eq!(alert.evidence.iter().map(|raw| raw.get().len()).collect::<Vec<_>>(), [22, 30]);
        assert_eq!(alert.provider_id.as_deref(), Some("1"));
        assert_eq!(
            alert.extra.iter().map(|(name, value)| (&**name, value.get())).collect::<Vec<_>>(),
            [("serviceSource", "\"OfficeATP\"")]
        );
    }

    #[test]
    fn an_unknown_service_stands_for_itself() {
        let header = alert_header(r#"{"alertId":"a","serviceSource":"MicrosoftToaster"}"#).expect("a header");
        assert_eq!(header.service.as_deref(), Some("MicrosoftToaster"));
    }
}
