//! `event.category` and `event.type`: what the evidence is about, in ECS's words.

use std::collections::BTreeSet;

use crate::alert::evidence::{Evidence, Thing};

/// The categories of all evidence, sorted.
#[derive(Debug, Clone, Default)]
pub struct Categories(BTreeSet<&'static str>);

impl Categories {
    pub fn add(&mut self, category: &'static str) {
        self.0.insert(category);
    }

    /// A mailbox is an account too, but what happens to it is about mail; a cluster of mail is no thing that we read.
    pub fn add_evidence(&mut self, evidence: &Evidence<'_>) {
        const MAIL: [&str; 4] = ["mailbox", "mailboxevidence", "mailcluster", "mailclusterevidence"];
        let name = evidence.type_name.as_deref().and_then(|name| name.rsplit('.').next()).unwrap_or_default();
        if MAIL.contains(&&*name.to_ascii_lowercase().replace('-', "")) {
            self.add("email");
        } else {
            self.add_thing(&evidence.thing);
        }
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
    use serde_json::value::to_raw_value;

    use super::Categories;
    use crate::alert::evidence::{Evidence, Shape};

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

    #[test]
    fn mailboxes_and_clusters_of_mail_are_about_mail() {
        for (shape, member, word) in [
            (Shape::Graph, "@odata.type", "#microsoft.graph.security.mailboxEvidence"),
            (Shape::Graph, "@odata.type", "#microsoft.graph.security.mailClusterEvidence"),
            (Shape::Flat, "entityType", "MailBox"),
            (Shape::Flat, "entityType", "MailCluster"),
            (Shape::Azure, "type", "mail-cluster"),
        ] {
            let raw = to_raw_value(&serde_json::json!({ member: word, "userAccount": { "accountName": "kim" } })).expect("JSON");
            let mut found = Categories::default();
            found.add_evidence(&Evidence::decode(shape, &raw));
            assert_eq!(found.list(), ["email"], "{word}");
        }
    }
}
