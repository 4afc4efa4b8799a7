//! By which ID a record is known, whichever feed shows it.

use serde_json::value::RawValue;

use super::{Field, Wording};
use crate::alert::json::{self, Read};
use crate::alert::{Kind, Text};

/// What a record says of its own identity.
#[derive(Debug, Clone, Default)]
pub(in crate::alert) struct Ids<'a> {
    pub id: Option<Text<'a>>,
    /// What may stand in for a missing ID.
    pub name: Option<Text<'a>>,
    pub provider_id: Option<Text<'a>>,
    pub provider: Option<Text<'a>>,
}

/// By what an alert or an incident is known.
#[derive(Debug, Clone)]
pub(in crate::alert) struct Identity<'a> {
    pub id: Text<'a>,
    pub provider_id: Option<Text<'a>>,
}

impl<'a> Ids<'a> {
    /// `None` when the field is none of these, else whether the member was understood.
    pub(super) fn put(&mut self, wording: &Wording, field: Field, value: &'a RawValue) -> Option<bool> {
        Some(match field {
            Field::Id => id(wording.kind, value).put(&mut self.id),
            // It mostly repeats the ID; it is kept all the same, for the times when it does not.
            Field::Name => {
                json::text(value).put(&mut self.name);
                false
            }
            Field::ProviderId => id(wording.kind, value).put(&mut self.provider_id),
            Field::Provider => json::text(value).put(&mut self.provider),
            _ => return None,
        })
    }

    /// The ID as sent, which is Graph's as well.
    pub(in crate::alert) fn plain(&self) -> Option<Identity<'a>> {
        Some(Identity { id: self.id.clone()?, provider_id: self.provider_id.clone() })
    }

    /// The vendor's own ID behind the two letters that Graph puts before it.
    pub(in crate::alert) fn prefixed(&self, prefix: &str) -> Option<Identity<'a>> {
        let own = self.id.as_ref().or(self.name.as_ref())?;
        let id = Text::Owned(format!("{prefix}{own}"));
        Some(Identity { id, provider_id: self.provider_id.clone().or_else(|| Some(own.clone())) })
    }
}

/// Incidents are numbered; some APIs send the number, others its digits. An alert's ID is never a number.
fn id(kind: Kind, value: &RawValue) -> Read<Text<'_>> {
    match kind {
        Kind::Alert => json::text(value),
        Kind::Incident => json::text_or_number(value),
    }
}
