//! What is known of a tenant that is to be taken in, and how it is written in TOML.

use std::fmt::Write as _;

use serde_json::Value;

/// One `[[tenants]]`, as it was typed: nothing here has been checked.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Newcomer {
    pub name: String,
    pub tenant_id: String,
    pub app: String,
    /// What is `None` or empty is left to `[defaults]`.
    pub customer: Option<String>,
    pub cloud: Option<String>,
    pub feeds: Vec<String>,
    pub sinks: Vec<String>,
    pub labels: Vec<(String, String)>,
    pub workspaces: Vec<Place>,
    pub subscriptions: Vec<String>,
}

/// A Sentinel workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub subscription: String,
    pub resource_group: String,
    pub workspace: String,
}

impl Newcomer {
    /// The text of its file.
    pub fn toml(&self) -> String {
        let mut text = String::from("[[tenants]]\n");
        let mut line = |key: &str, value: String| writeln!(text, "{key} = {value}").expect("a string takes all writes");
        line("name", quoted(&self.name));
        line("tenant_id", quoted(&self.tenant_id));
        for (key, value) in [("customer", &self.customer), ("cloud", &self.cloud)] {
            if let Some(value) = value {
                line(key, quoted(value));
            }
        }
        line("app", quoted(&self.app));
        for (key, list) in [("feeds", &self.feeds), ("sinks", &self.sinks)] {
            if !list.is_empty() {
                line(key, listed(list.iter().map(|word| quoted(word))));
            }
        }
        if !self.workspaces.is_empty() {
            line("sentinel", listed(self.workspaces.iter().map(Place::toml)));
        }
        if !self.subscriptions.is_empty() {
            let ids = listed(self.subscriptions.iter().map(|id| quoted(id)));
            line("defender_for_cloud", format!("{{ subscriptions = {ids} }}"));
        }
        if !self.labels.is_empty() {
            let pairs = self.labels.iter().map(|(key, value)| format!("{} = {}", quoted(key), quoted(value)));
            line("labels", format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", ")));
        }
        text
    }
}

impl Place {
    fn toml(&self) -> String {
        let [subscription, group, workspace] =
            [&self.subscription, &self.resource_group, &self.workspace].map(|word| quoted(word));
        format!("{{ subscription = {subscription}, resource_group = {group}, workspace = {workspace} }}")
    }
}

/// Text as TOML's basic strings have it, which is JSON's way but for one character.
fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

fn listed(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Newcomer, Place};

    fn parsed(newcomer: &Newcomer) -> toml::Table {
        let text = newcomer.toml();
        let mut file: toml::Table = text.parse().unwrap_or_else(|error| panic!("{error}:\n{text}"));
        let tenants = file.remove("tenants").and_then(|tenants| tenants.as_array().cloned()).unwrap();
        tenants[0].as_table().cloned().unwrap()
    }

    #[test]
    fn what_was_not_said_is_left_to_the_defaults() {
        let newcomer = Newcomer { name: "contoso".into(), tenant_id: "1".into(), app: "main".into(), ..Newcomer::default() };
        assert_eq!(newcomer.toml(), "[[tenants]]\nname = \"contoso\"\ntenant_id = \"1\"\napp = \"main\"\n");
    }

    #[test]
    fn azure_places_are_written_as_the_configuration_reads_them() {
        let place = Place { subscription: "s".into(), resource_group: "g".into(), workspace: "w".into() };
        let newcomer = Newcomer { workspaces: vec![place], subscriptions: vec!["s".into(), "t".into()], ..Newcomer::default() };
        let tenant = parsed(&newcomer);
        assert_eq!(tenant["sentinel"][0]["resource_group"].as_str(), Some("g"));
        assert_eq!(tenant["defender_for_cloud"]["subscriptions"][1].as_str(), Some("t"));
    }

    proptest! {
        #[test]
        fn any_text_comes_back_as_it_was_typed(customer in any::<String>(), key in any::<String>(), value in any::<String>()) {
            let labels = vec![(key.clone(), value.clone())];
            let tenant = parsed(&Newcomer { customer: Some(customer.clone()), labels, ..Newcomer::default() });
            prop_assert_eq!(tenant["customer"].as_str(), Some(customer.as_str()));
            prop_assert_eq!(tenant["labels"][&key].as_str(), Some(value.as_str()));
        }
    }
}
