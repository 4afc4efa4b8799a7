//! `evidences[].data`: whatever of a piece of evidence has no attribute of its own, in the vendor's words.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::object::Attribute;
use crate::alert::members::{Member, Members};
use crate::format::embed::Embedded;

/// What stands in `data`.
#[derive(Debug, Clone)]
pub enum Data<'a> {
    Whole(&'a RawValue),
    Rest(Members<'a>),
    /// Of what the record itself names: as an element of `evidences`, before anything was taken out of it for an older version.
    Ours(Box<RawValue>),
}

impl Attribute for Data<'_> {}

impl Serialize for Data<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Data::Whole(value) => Embedded(value).serialize(serializer),
            Data::Rest(members) => Object(members).serialize(serializer),
            Data::Ours(json) => json.serialize(serializer),
        }
    }
}

struct Object<'m, 'a>(&'m Members<'a>);

impl Serialize for Object<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, member) in self.0.left() {
            match member {
                Member::Whole(value) => map.serialize_entry(name, &Embedded(value))?,
                Member::Part(members) => map.serialize_entry(name, &Object(members))?,
                Member::Taken => {}
            }
        }
        map.end()
    }
}
