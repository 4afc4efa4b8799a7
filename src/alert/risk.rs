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
