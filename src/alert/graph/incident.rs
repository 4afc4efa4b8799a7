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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_is_read_with_its_alerts_left_as_they_are() {
        let json = r#"{"id":"412","tenantId":"AA","displayName":"Two things","status":"active","severity":"medium","priorityScore":25,
            "systemTags":["Critical asset","vip"],"customTags":["vip"],"lastUpdateDateTime":"2026-03-02T07:44:02.15Z",
            "alerts":[{"id":"da1_1"}],"@odata.etag":"x"}"#;
        let header = header(json).expect("a header");
        assert_eq!((header.kind, &*header.id, header.tenant_id.as_deref()), (Kind::Incident, "incident:412", Some("aa")));
        assert_eq!((header.status, header.service), (Status::New, None));
        let Ok(Finding::Incident(incident)) = read(Kind::Incident, json) else { panic!("no incident") };
        assert_eq!((&*incident.id, incident.known_as(), incident.revision()), ("412", header.id, header.updated));
        assert_eq!(incident.tags, ["vip", "Critical asset"], "people's own first, each once");
        assert_eq!((incident.priority.as_deref(), incident.alerts[0].get()), (Some("25"), r#"{"id":"da1_1"}"#));
        let extra: Vec<_> = incident.extra.iter().map(|(name, _)| &**name).collect();
        assert_eq!(extra, ["status", "@odata.etag"]);
        assert!(matches!(read(Kind::Alert, incident.alerts[0].get()), Ok(Finding::Alert(alert)) if alert.id == "da1_1"));
    }

    #[test]
    fn waiting_and_merged_incidents_have_states_of_their_own() {
        for (word, status) in
            [("awaitingAction", Status::OnHold), ("redirected", Status::Redirected), ("resolved", Status::Resolved)]
        {
            assert_eq!(header(&format!(r#"{{"id":"1","status":"{word}"}}"#)).expect("a header").status, status, "{word}");
        }
    }
}
