//! How a feed words its records: which member is which field, and what its words mean. Headers and whole records are read by
//! the same wording, so that they cannot disagree.

mod alert;
mod head;
mod identity;
mod incident;
mod lists;
mod words;

use serde_json::value::RawValue;

pub(super) use alert::alert;
pub(super) use head::header;
pub(super) use identity::{Identity, Ids};
pub(super) use incident::incident;
pub(super) use words::service_of_product;

use super::evidence::{Shape, Thing};
use super::members::Members;
use super::{Kind, Status, Text, Unreadable, json};

/// One feed's words for one kind of record.
pub(super) struct Wording {
    pub kind: Kind,
    /// What a member of the record is.
    pub field: fn(&str) -> Option<Field>,
    /// Azure's records keep what matters in their `properties`: what a member of these is.
    pub property: Option<fn(&str) -> Option<Field>>,
    pub identity: for<'a> fn(&Ids<'a>) -> Option<Identity<'a>>,
    /// The member that the ID comes from, for people.
    pub id_name: &'static str,
    pub status: fn(&str) -> Status,
    pub service: Service,
    pub evidence: Shape,
    /// Takes what the record itself points at out of the members without a field.
    pub things: for<'a> fn(&mut Members<'a>) -> Vec<Thing<'a>>,
}

/// Which product family a record comes from, in the words of Graph's `serviceSource`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Service {
    /// The record says.
    Named,
    /// The feed shows no other.
    Always(&'static str),
    /// Told by the product's name; where that is not known, this one.
    ByProduct(&'static str),
}

/// What a member is to an alert or an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Id,
    /// An ID that stands in for a missing one.
    Name,
    ProviderId,
    /// A product (of an alert) or provider (of an incident), by its name for people.
    Provider,
    Number,
    RedirectId,
    IncidentId,
    IncidentUrl,
    Tenant,
    Title,
    /// A detector whose name, put in words, is the title as well.
    TitleOfDetector,
    Description,
    Summary,
    Advice,
    /// The same as a list of steps.
    AdviceSteps,
    Severity,
    Status,
    Classification,
    Determination,
    InvestigationState,
    Service,
    DetectionSource,
    DetectorId,
    PolicyId,
    Category,
    Categories,
    /// Kill-chain names with commas between them.
    Intent,
    Techniques,
    SubTechniques,
    ThreatName,
    ThreatFamily,
    Actor,
    AssignedTo,
    /// The same as an object.
    Owner,
    ResolvingComment,
    LastModifiedBy,
    Priority,
    Url,
    Created,
    Updated,
    Resolved,
    FirstActivity,
    LastActivity,
    /// A single moment at which it happened.
    Activity,
    Tags,
    SystemTags,
    /// Tags, each an object.
    Labels,
    /// Sentinel's `additionalData`.
    Counts,
    Comments,
    Devices,
    Evidence,
    Alerts,
}

impl Wording {
    /// Calls `each` with every member, those of `properties` among them.
    fn walk<'a>(&self, raw: &'a str, mut each: impl FnMut(Option<Field>, Place<'a>, &'a RawValue)) -> Result<(), Unreadable> {
        json::members(raw, |name, value| match self.property {
            Some(property) if name == PROPERTIES => {
                let inner = json::members(value.get(), |name, value| each(property(&name), Place::Property(name), value));
                if inner.is_err() {
                    each(None, Place::Record(name), value);
                }
            }
            _ => each((self.field)(&name), Place::Record(name), value),
        })
        .map_err(|error| no_object(&error))
    }

    fn no_id(&self) -> Unreadable {
        Unreadable(format!("it has no `{}`, or one that is not a text; a non-empty text was expected", self.id_name))
    }
}

const PROPERTIES: &str = "properties";

/// Where a member stands, and its name.
enum Place<'a> {
    Record(Text<'a>),
    Property(Text<'a>),
}

impl<'a> Place<'a> {
    /// The name, or `properties.name`.
    fn path(self) -> Text<'a> {
        match self {
            Place::Record(name) => name,
            Place::Property(name) => Text::Owned(format!("{PROPERTIES}.{name}")),
        }
    }
}

/// Serde's own words for a wrong type repeat the value, which may be anything and of any length.
fn no_object(error: &serde_json::Error) -> Unreadable {
    if error.is_data() {
        Unreadable("it is not a JSON object".to_owned())
    } else {
        Unreadable(format!("it is not JSON: {error}"))
    }
}

/// For feeds whose records point at nothing beside their evidence.
pub(super) fn no_things<'a>(_: &mut Members<'a>) -> Vec<Thing<'a>> {
    Vec::new()
}

#[cfg(test)]
mod tests;
