//! Risk detections of Entra ID Protection, Microsoft Graph `identityProtection/riskDetections`.

use super::evidence::{Account, Address, Shape, Thing};
use super::members::Members;
use super::wording::{self, Field, Service, Wording};
use super::{Finding, Header, Kind, Status, Unreadable};

const ALERT: Wording = Wording {
    kind: Kind::Alert,
    field,
    property: None,
    identity: |ids| ids.prefixed("ad"),
    id_name: "id",
    status,
    service: Service::Always("azureAdIdentityProtection"),
    evidence: Shape::Graph,
    things,
};

fn field(name: &str) -> Option<Field> {
    Some(match name {
        "id" => Field::Id,
        "riskEventType" => Field::TitleOfDetector,
        "riskLevel" => Field::Severity,
        "riskState" => Field::Status,
        "source" => Field::DetectionSource,
        "detectedDateTime" => Field::Created,
        "lastUpdatedDateTime" => Field::Updated,
        "activityDateTime" => Field::Activity,
        _ => return None,
    })
}

/// A risk is open until somebody or some policy says that it is none, or none any more.
fn status(word: &str) -> Status {
    const STATES: [(&str, Status); 6] = [
        ("none", Status::Unknown),
        ("atRisk", Status::New),
        ("confirmedCompromised", Status::New),
        ("confirmedSafe", Status::Resolved),
        ("remediated", Status::Resolved),
        ("dismissed", Status::Resolved),
    ];
    let known = STATES.iter().find(|(state, _)| state.eq_ignore_ascii_case(word));
    known.map_or_else(|| Status::from_word(word), |(_, status)| *status)
}

/// Whose sign-in it was, and from where.
fn things<'a>(members: &mut Members<'a>) -> Vec<Thing<'a>> {
    let user = Account::take_risky(members);
    let address = Address::take_risky(members);
    let user = Some(user).filter(Account::is_somebody).map(|user| Thing::Account(Box::new(user)));
    user.into_iter().chain(address.map(Thing::Address)).collect()
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
    use crate::alert::Severity;

    #[test]
    fn a_detection_is_an_alert_with_graphs_id_about_somebody_somewhere() {
        let json = r#"{"id":"6a58","riskEventType":"unfamiliarFeatures","riskLevel":"medium","riskState":"atRisk","ipAddress":"198.51.100.23",
            "location":{"city":"Nuuk","state":null,"countryOrRegion":"GL","geoCoordinates":{"latitude":64.18,"longitude":-51.7}},
            "activityDateTime":"2026-03-02T07:30:00Z","detectedDateTime":"2026-03-02T07:31:00Z","lastUpdatedDateTime":"2026-03-02T07:33:10.4Z",
            "userId":"5e9d","userDisplayName":"Kim Muster","userPrincipalName":"kim@corp.example","additionalInfo":"[]"}"#;
        let header = header(json).expect("a header");
        let Ok(Finding::Alert(alert)) = read(Kind::Alert, json) else { panic!("no alert") };
        assert_eq!((&*header.id, &*alert.id, alert.provider_id.as_deref()), ("ad6a58", "ad6a58", Some("6a58")));
        assert_eq!((header.severity, header.status), (Severity::Medium, Status::New));
        assert_eq!(header.updated, Some("2026-03-02T07:33:10.4Z".parse().expect("a date")));
        assert_eq!(
            (alert.title.as_deref(), alert.detector_id.as_deref()),
            (Some("Unfamiliar features"), Some("unfamiliarFeatures"))
        );
        assert_eq!(alert.first_activity, alert.last_activity);
        let [Thing::Account(user), Thing::Address(address)] = alert.things.as_slice() else { panic!("{:?}", alert.things) };
        assert_eq!((user.name.as_deref(), user.entra_id.as_deref()), (Some("kim@corp.example"), Some("5e9d")));
        assert_eq!((address.country.as_deref(), address.latitude), (Some("GL"), Some(64.18)));
        let extra: Vec<_> = alert.extra.iter().map(|(name, _)| &**name).collect();
        assert_eq!(extra, ["riskState", "additionalInfo"], "what was taken is not kept twice");
    }

    #[test]
    fn levels_and_states_are_read_onto_the_common_scales() {
        for (level, severity) in
            [("low", Severity::Low), ("hidden", Severity::Unknown), ("none", Severity::Unknown), ("x", Severity::Other)]
        {
            let json = format!(r#"{{"id":"a","riskLevel":"{level}"}}"#);
            assert_eq!(header(&json).expect("a header").severity, severity, "{level}");
        }
        for (state, status) in [
            ("confirmedCompromised", Status::New),
            ("confirmedSafe", Status::Resolved),
            ("remediated", Status::Resolved),
            ("dismissed", Status::Resolved),
            ("none", Status::Unknown),
            ("undecided", Status::Other),
        ] {
            let json = format!(r#"{{"id":"a","riskState":"{state}"}}"#);
            assert_eq!(header(&json).expect("a header").status, status, "{state}");
        }
    }

    #[test]
    fn nobody_nowhere_is_no_thing_and_keeps_its_members() {
        let json = r#"{"id":"a","ipAddress":"198.51.100.23:443","location":{"city":"Bern"},"userId":7}"#;
        let Ok(Finding::Alert(alert)) = read(Kind::Alert, json) else { panic!("no alert") };
        assert!(alert.things.is_empty());
        assert_eq!(alert.extra.len(), 3);
    }
}
