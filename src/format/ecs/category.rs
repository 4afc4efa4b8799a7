//! `event.category` and `event.type`: what the evidence is about, in ECS's words.

use std::collections::BTreeSet;

use crate::alert::evidence::Thing;

/// The categories of all evidence, sorted.
#[derive(Debug, Clone, Default)]
pub struct Categories(BTreeSet<&'static str>);

impl Categories {
    pub fn add(&mut self, category: &'static str) {
        self.0.insert(category);
    }

    pub fn add_thing(&mut self, thing: &Thing<'_>) {
        let category = match thing {
            Thing::Device(_) | Thing::IotDevice(_) => "host",
            Thing::Account(_) => "iam",
            Thing::Session(_) => "authentication",
            Thing::File(_) | Thing::FileHash(_) => "file",
            Thing::Process(_) => "process",
            Thing::Address(_) | Thing::Connection(_) | Thing::Dns(_) | Thing::Url(_) => "network",
            Thing::Message(_) => "email",
            Thing::RegistryKey(_) | Thing::RegistryValue(_) => "registry",
            Thing::Malware(_) => "malware",
            Thing::Application(_) | Thing::CloudResource(_) | Thing::Other => return,
        };
        self.add(category);
    }

    /// Where no evidence says more, it is what a sensor made of what it saw.
    pub fn list(&self) -> Vec<&'static str> {
        if self.0.is_empty() { vec!["intrusion_detection"] } else { self.0.iter().copied().collect() }
    }

    /// The types that ECS expects of these categories: `info` suits all but `registry`, of which alerts say no more than that
    /// somebody touched it.
    pub fn types(&self) -> Vec<&'static str> {
        let mut types = BTreeSet::new();
        for category in self.list() {
            types.insert(if category == "registry" { "access" } else { "info" });
        }
        types.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Categories;

    #[test]
    fn types_are_those_that_the_categories_expect() {
        for (categories, list, types) in [
            (vec![], vec!["intrusion_detection"], vec!["info"]),
            (vec!["registry"], vec!["registry"], vec!["access"]),
            (vec!["registry", "host", "host"], vec!["host", "registry"], vec!["access", "info"]),
        ] {
            let mut found = Categories::default();
            for category in categories {
                found.add(category);
            }
            assert_eq!((found.list(), found.types()), (list, types));
        }
    }
}
