//! Microsoft Graph's `security/alerts_v2` record, read into a [`Header`] or an [`Alert`].

use serde_json::value::RawValue;

use super::json;
use super::{Alert, Finding, Header, Kind, Severity, Stamp, Status, Text, Unreadable};

pub mod incident;
mod parse;

pub use parse::parse;

/// Reads what decides over a record, and skips the rest.
///
/// A member of an odd type does not fail the record, except `id`: an alert without one cannot be told from another.
/// Where a member stands twice, the first one counts, here as in [`parse`].
///
/// # Errors
/// When the record is no JSON object, or has no ID.
pub fn header(raw: &str) -> Result<Header, Unreadable> {
    let (mut id, mut tenant, mut service) = (None, None, None);
    let (mut created, mut updated) = (None, None);
    let (mut severity, mut severity_word) = (Severity::default(), None);
    let (mut status, mut status_word) = (Status::default(), None);
    json::members(raw, |name, value| {
        match &*name {
            "id" => json::text(value).put(&mut id),
            // Whatever else stands there is not the tenant that was asked.
            "tenantId" => json::text_or_raw(value).put(&mut tenant),
            "serviceSource" => json::text(value).put(&mut service),
            "createdDateTime" => json::stamp(value).put(&mut created),
            "lastUpdateDateTime" => json::stamp(value).put(&mut updated),
            "severity" => graded(value, &mut severity_word, &mut severity, Severity::Other, Severity::from_word),
            "status" => graded(value, &mut status_word, &mut status, Status::Other, Status::from_word),
            _ => true,
        };
    })
    .map_err(|error| no_object(&error))?;
    let created = created.and_then(|stamp| stamp.at);
    Ok(Header {
        kind: Kind::Alert,
        id: id.ok_or_else(no_id)?.into_owned(),
        tenant_id: tenant.map(|id| id.to_ascii_lowercase()),
        created,
        updated: updated.and_then(|stamp| stamp.at).or(created),
        severity,
        status,
        service: service.map(Text::into_owned),
    })
}

/// Reads a word and what it means on our scale; anything but a word means `odd`, until a word comes.
fn graded<'a, T: Copy>(value: &'a RawValue, word: &mut Option<Text<'a>>, grade: &mut T, odd: T, read: fn(&str) -> T) -> bool {
    let understood = json::text(value).put(word);
    *grade = match word {
        Some(word) => read(word),
        None if understood => *grade,
        None => odd,
    };
    understood
}

fn no_id() -> Unreadable {
    Unreadable("it has no `id`, or one that is not a text; a non-empty text was expected".to_owned())
}

/// Serde's own words for a wrong type repeat the value, which may be anything and of any length.
fn no_object(error: &serde_json::Error) -> Unreadable {
    if error.is_data() {
        Unreadable("it is not a JSON object".to_owned())
    } else {
        Unreadable(format!("it is not JSON: {error}"))
    }
}

/// Reads a record of `security/alerts_v2`; there are only alerts among them.
///
/// # Errors
/// As [`header`].
pub fn read(_: Kind, raw: &str) -> Result<Finding<'_>, Unreadable> {
    parse(raw).map(|alert| Finding::Alert(Box::new(alert)))
}

/// Which revision of an alert this is: its last update, else its creation.
#[must_use]
pub fn revision(alert: &Alert<'_>) -> Option<jiff::Timestamp> {
    let read = |stamp: &Option<Stamp<'_>>| stamp.as_ref().and_then(|stamp| stamp.at);
    read(&alert.updated).or_else(|| read(&alert.created))
}

#[cfg(test)]
mod tests;
