//! Reads what decides over a record, and skips the rest.

use serde_json::value::RawValue;

use super::{Field, Ids, Wording, words};
use crate::alert::incident::known_as;
use crate::alert::{Header, Kind, Severity, Stamp, Status, Text, Unreadable, json};

#[derive(Default)]
struct Head<'a> {
    ids: Ids<'a>,
    tenant: Option<Text<'a>>,
    service: Option<Text<'a>>,
    created: Option<Stamp<'a>>,
    updated: Option<Stamp<'a>>,
    severity: Severity,
    severity_word: Option<Text<'a>>,
    status: Status,
    status_word: Option<Text<'a>>,
}

/// A member of an odd type does not fail the record, except the ID: a record without one cannot be told from another.
/// Where a member stands twice, the first one counts, here as in the whole record.
///
/// # Errors
/// When the record is no JSON object, or has no ID.
pub(in crate::alert) fn header(raw: &str, wording: &Wording) -> Result<Header, Unreadable> {
    let mut head = Head::default();
    wording.walk(raw, |field, _, value| {
        if let Some(field) = field {
            head.put(wording, field, value);
        }
    })?;
    let identity = (wording.identity)(&head.ids).ok_or_else(|| wording.no_id())?;
    let created = head.created.and_then(|stamp| stamp.at);
    let service = match wording.kind {
        Kind::Alert => words::service(wording.service, head.service, head.ids.provider.as_ref()),
        Kind::Incident => None,
    };
    Ok(Header {
        kind: wording.kind,
        id: match wording.kind {
            Kind::Alert => identity.id.into_owned(),
            Kind::Incident => known_as(&identity.id, identity.provider_id.as_deref(), head.ids.provider.as_deref()),
        },
        tenant_id: head.tenant.map(|id| id.to_ascii_lowercase()),
        created,
        updated: head.updated.and_then(|stamp| stamp.at).or(created),
        severity: head.severity,
        status: head.status,
        service: service.map(Text::into_owned),
    })
}

impl<'a> Head<'a> {
    fn put(&mut self, wording: &Wording, field: Field, value: &'a RawValue) {
        if self.ids.put(wording, field, value).is_some() {
            return;
        }
        match field {
            // Whatever else stands there is not the tenant that was asked.
            Field::Tenant => json::text_or_raw(value).put(&mut self.tenant),
            Field::Service => json::text(value).put(&mut self.service),
            Field::Created => json::stamp(value).put(&mut self.created),
            Field::Updated => json::stamp(value).put(&mut self.updated),
            Field::Severity => words::severity(value, &mut self.severity_word, &mut self.severity),
            Field::Status => words::status(wording, value, &mut self.status_word, &mut self.status),
            _ => true,
        };
    }
}
