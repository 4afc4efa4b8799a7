//! Takes out of a finding what the version of OCSF that is written does not know, or does not take.

use super::later;
use super::object::Attribute;
use super::version::Version;
use crate::alert::Text;

/// One walk through an object and everything inside.
#[derive(Debug)]
pub struct Held {
    version: Version,
    /// Where the walk is, e.g. `evidences[3].device`.
    path: String,
    /// Where something was taken out.
    places: Vec<String>,
    /// An attribute that its object cannot do without was not taken: the object must go.
    broken: bool,
}

impl Held {
    pub fn new(version: Version, path: String) -> Self {
        Self { version, path, places: Vec::new(), broken: false }
    }

    /// Walks through a whole object and says where something was taken out.
    pub fn back<T: Attribute>(version: Version, path: String, object: &mut T) -> Vec<String> {
        let mut held = Self::new(version, path);
        object.hold_back(&mut held);
        held.places
    }

    /// Walks through one attribute of the object where the walk is.
    pub fn attribute<T: Attribute + Default>(&mut self, (object, name): (&'static str, &'static str), value: &mut T) {
        if value.is_absent() {
            return;
        }
        let before = self.path.len();
        if before > 0 {
            self.path.push('.');
        }
        self.path.push_str(name);
        let fits = later::since(object, name) <= self.version
            && later::rule(object, name, self.version).is_none_or(|rule| value.fits(rule));
        if fits {
            value.hold_back(self);
        }
        if !fits || std::mem::take(&mut self.broken) {
            self.places.push(self.path.clone());
            self.broken = !T::OPTIONAL;
            *value = T::default();
        }
        self.path.truncate(before);
    }

    /// Walks through one element of a list; `false` when it must go.
    pub fn element<T: Attribute>(&mut self, index: usize, value: &mut T) -> bool {
        use std::fmt::Write as _;
        let before = self.path.len();
        let _ = write!(self.path, "[{index}]");
        value.hold_back(self);
        let stays = !std::mem::take(&mut self.broken);
        self.path.truncate(before);
        if !stays {
            // The elements behind it move up, so that no path into the list is what it was.
            self.places.push(self.path.clone());
        }
        stays
    }

    /// Shortens a text that is too long for the version.
    pub fn cut(&mut self, text: &mut Text<'_>) {
        if self.version >= Version::V1_4_0 || text.len() <= later::LONGEST_TEXT {
            return;
        }
        if let Some((end, _)) = text.char_indices().nth(later::LONGEST_TEXT) {
            text.to_mut().truncate(end);
            self.places.push(self.path.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::objects::{Device, File, Fingerprint, Query};
    use super::*;

    #[test]
    fn what_cannot_do_without_an_attribute_goes_with_it() {
        let mut query = Some(Query { hostname: "no_host".into() });
        let mut held = Held::new(Version::V1_3_0, "evidences[0]".to_owned());
        held.attribute(("evidences", "query"), &mut query);
        assert!(query.is_none() && !held.broken, "{held:?}");
        assert_eq!(held.places, ["evidences[0].query.hostname", "evidences[0].query"]);
    }

    #[test]
    fn an_element_that_is_not_taken_leaves_its_list() {
        let hash = |value: &'static str| Fingerprint { value: value.into(), ..Fingerprint::default() };
        let mut file = File { hashes: vec![hash("not hex"), hash("ab12")], ..File::default() };
        let places = Held::back(Version::V1_7_0, "file".to_owned(), &mut file);
        assert_eq!(file.hashes.iter().map(|hash| &*hash.value).collect::<Vec<_>>(), ["ab12"]);
        assert_eq!(places, ["file.hashes[0].value", "file.hashes"]);
    }

    #[test]
    fn texts_are_cut_at_whole_characters_and_only_for_old_versions() {
        for (version, length) in [(Version::V1_3_0, 65_535), (Version::V1_4_0, 65_536)] {
            let mut device = Device { name: Some("ü".repeat(65_536).into()), ..Device::default() };
            let places = Held::back(version, String::new(), &mut device);
            assert_eq!(device.name.map(|name| name.chars().count()), Some(length));
            assert_eq!(places.is_empty(), version == Version::V1_4_0);
        }
    }
}
