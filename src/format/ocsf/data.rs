//! `evidences[].data`: whatever of a piece of evidence has no attribute of its own, in the vendor's words.

use std::collections::HashSet;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::object::Attribute;
use crate::alert::Text;
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

/// Each name once: of two members with one name both stay.
struct Object<'m, 'a>(&'m Members<'a>);

impl Serialize for Object<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut names = HashSet::new();
        for (name, member) in self.0.left() {
            if matches!(member, Member::Taken) {
                continue;
            }
            let mut name = Text::Borrowed(&**name);
            while !names.insert(name.clone()) {
                name = Text::Owned(format!("{name} (again)"));
            }
            match member {
                Member::Whole(value) => map.serialize_entry(&name, &Embedded(value))?,
                Member::Part(members) => map.serialize_entry(&name, &Object(members))?,
                Member::Taken => {}
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::Data;
    use crate::alert::members::Members;

    #[test]
    fn of_two_members_with_one_name_both_stay() {
        let raw = serde_json::from_str(r#"{"a":1,"\u0061":2,"b":3,"a":4}"#).expect("JSON by its grammar");
        let rest = Data::Rest(Members::read(raw).expect("an object"));
        let written = serde_json::to_string(&rest).expect("JSON");
        assert_eq!(written, r#"{"a":1,"a (again)":2,"b":3,"a (again) (again)":4}"#);
    }
}
