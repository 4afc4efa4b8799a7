//! By which IDs Sentinel's incidents and alerts are known, and what is read out of their objects.

use super::*;

fn incident(properties: &str) -> (Header, String) {
    let json = format!(r#"{{"id":"/x","name":"guid","properties":{properties}}}"#);
    let Ok(Finding::Incident(incident)) = read(Kind::Incident, &json) else { panic!("no incident: {json}") };
    let said = format!("{:?} {:?} {:?}", incident.assigned_to, incident.tags, incident.tactics);
    (header(&json).expect("a header"), said)
}

#[test]
fn an_incident_of_defender_xdr_is_known_by_its_number_there() {
    for (properties, id) in [
        (r#"{"providerName":"Microsoft XDR","providerIncidentId":"412"}"#, "incident:412"),
        (r#"{"providerName":"Microsoft XDR","providerIncidentId":412}"#, "incident:412"),
        (r#"{"providerName":"Azure Sentinel","providerIncidentId":"3177"}"#, "incident:guid"),
        (r#"{"providerName":"Microsoft XDR","providerIncidentId":null}"#, "incident:guid"),
        (r#"{"providerIncidentId":"412"}"#, "incident:guid"),
    ] {
        assert_eq!(incident(properties).0.id, id, "{properties}");
    }
}

#[test]
fn states_of_an_incident_are_those_of_sentinel() {
    for (word, status) in [("New", Status::New), ("Active", Status::InProgress), ("Closed", Status::Resolved)] {
        assert_eq!(incident(&format!(r#"{{"status":"{word}"}}"#)).0.status, status, "{word}");
    }
}

#[test]
fn owner_labels_and_tactics_are_read_out_of_their_objects() {
    let (_, said) = incident(
        r#"{"owner":{"email":"kim@corp.example","assignedTo":"Kim"},"labels":[{"labelName":"vip","labelType":"User"}],
            "additionalData":{"alertsCount":2,"tactics":["Impact"]}}"#,
    );
    assert_eq!(said, r#"Some("kim@corp.example") ["vip"] ["Impact"]"#);
}

#[test]
fn an_alert_that_came_from_defender_is_the_one_that_graph_shows() {
    for (properties, id, provider_id, service) in [
        (
            r#"{"systemAlertId":"s","providerAlertId":"da1_1","productName":"Microsoft Defender Advanced Threat Protection"}"#,
            "da1_1",
            "s",
            "microsoftDefenderForEndpoint",
        ),
        (
            r#"{"systemAlertId":"s","providerAlertId":"da1_1","productName":"Azure Sentinel"}"#,
            "sns",
            "da1_1",
            "microsoftSentinel",
        ),
        (r#"{"systemAlertId":"s","providerAlertId":"p","productName":"Toaster"}"#, "sns", "p", "microsoftSentinel"),
        (
            r#"{"systemAlertId":"s","providerAlertId":"1234","productName":"Microsoft 365 Defender"}"#,
            "sns",
            "1234",
            "microsoft365Defender",
        ),
        (r#"{"systemAlertId":"s"}"#, "sns", "s", "microsoftSentinel"),
        ("{}", "snguid", "guid", "microsoftSentinel"),
    ] {
        let json = format!(r#"{{"name":"guid","properties":{properties}}}"#);
        let header = alert_header(&json).expect("a header");
        assert_eq!((&*header.id, header.service.as_deref()), (id, Some(service)), "{properties}");
        let Ok(Finding::Alert(alert)) = read(Kind::Alert, &json) else { panic!("no alert: {json}") };
        assert_eq!(alert.provider_id.as_deref(), Some(provider_id), "{properties}");
    }
}

#[test]
fn an_alert_is_as_new_as_its_processing() {
    let times = r#"{"timeGenerated":"2026-03-02T07:41:10Z","processingEndTime":"2026-03-02T07:41:12Z"}"#;
    for (times, updated) in [(times.to_owned(), "2026-03-02T07:41:12Z"), (times.replace("12Z", "soon"), "2026-03-02T07:41:10Z")] {
        let header = alert_header(&format!(r#"{{"name":"guid","properties":{times}}}"#)).expect("a header");
        assert_eq!(header.updated, Some(updated.parse().expect("a date")));
    }
}
