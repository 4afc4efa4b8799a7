//! Where a tenant's Azure feeds read: `sentinel` and `defender_for_cloud`. What is written here becomes part of a URL's path.

use config::{Value, ValueKind};

use super::apps::{GUID, guid};
use crate::config::found::{describe, quoted};
use crate::config::keys;
use crate::config::raw::Section;
use crate::source::FeedKind;
use crate::source::azure::Workspace;

const WORKSPACES: &str = "{ subscription = \"GUID\", resource_group = \"…\", workspace = \"…\" } or a list of such";
const SUBSCRIPTIONS: &str = "a list of subscription GUIDs";
const RESOURCE_GROUP: &str =
    "a resource group: up to 90 letters, digits, \"-\", \"_\", \".\", \"(\" and \")\", not ending with \".\"";
const WORKSPACE: &str = "a workspace: 4 to 63 letters, digits and \"-\", starting and ending with a letter or digit";

/// The workspaces of a tenant; mistakes were noted.
pub(super) fn workspaces(section: &Section<'_>, feeds: &[FeedKind]) -> Vec<Workspace> {
    const KEY: &str = "sentinel";
    if !is_needed(section, KEY, WORKSPACES, FeedKind::SentinelIncidents, feeds) {
        return Vec::new();
    }
    let mut workspaces: Vec<Workspace> = Vec::new();
    for (path, value) in written(section, KEY) {
        let Some(table) = Section::open(path, value, &keys::SENTINEL, section.report) else { continue };
        table.refuse_unknown_keys(&keys::SENTINEL);
        let Some(workspace) = workspace(&table) else { continue };
        if workspaces.iter().any(|other| id(other) == id(&workspace)) {
            table.refuse_here("found a workspace that stands before it already, expected each once");
        } else {
            workspaces.push(workspace);
        }
    }
    workspaces
}

/// What Azure knows a workspace by, for which case does not count.
pub(super) fn id(Workspace { subscription, resource_group, name }: &Workspace) -> String {
    format!("{subscription}/{resource_group}/{name}").to_lowercase()
}

/// Each workspace with the path of its table: the number stands only where there may be several.
fn written<'a>(section: &Section<'a>, key: &str) -> Vec<(String, &'a Value)> {
    let Some(value) = section.value(key) else { return Vec::new() };
    let all = match &value.kind {
        ValueKind::Table(_) => return vec![(section.path_of(key), value)],
        ValueKind::Array(list) => list.as_slice(),
        _ => &[],
    };
    if let Some(other) = all.iter().find(|one| !matches!(one.kind, ValueKind::Table(_))) {
        section.refuse(key, &format!("found {} in the list, expected {WORKSPACES}", describe(other, false)));
        return Vec::new();
    }
    if all.is_empty() {
        section.unexpected(key, WORKSPACES);
    }
    all.iter().enumerate().map(|(index, one)| (format!("{}[#{}]", section.path_of(key), index + 1), one)).collect()
}

fn workspace(table: &Section<'_>) -> Option<Workspace> {
    for (key, expected) in [("subscription", GUID), ("resource_group", RESOURCE_GROUP), ("workspace", WORKSPACE)] {
        table.missing(key, expected);
    }
    let subscription = table.parsed("subscription", GUID, guid);
    let resource_group = table.parsed("resource_group", RESOURCE_GROUP, |text| is_resource_group(text).then(|| text.to_owned()));
    let name = table.parsed("workspace", WORKSPACE, |text| is_workspace(text).then(|| text.to_owned()));
    Some(Workspace { subscription: subscription?, resource_group: resource_group?, name: name? })
}

/// The subscriptions of a tenant, in lower case; mistakes were noted.
pub(super) fn subscriptions(section: &Section<'_>, feeds: &[FeedKind]) -> Vec<String> {
    const KEY: &str = "defender_for_cloud";
    if !is_needed(section, KEY, "{ subscriptions = [\"GUID\"] }", FeedKind::DefenderForCloud, feeds) {
        return Vec::new();
    }
    let Some(table) = section.section(KEY, &keys::DEFENDER_FOR_CLOUD) else { return Vec::new() };
    table.missing("subscriptions", SUBSCRIPTIONS);
    let written = table.list("subscriptions", SUBSCRIPTIONS);
    if written.as_ref().is_some_and(Vec::is_empty) {
        table.unexpected("subscriptions", SUBSCRIPTIONS);
    }
    let one = |text: &str| {
        let id = guid(text);
        if id.is_none() {
            table.refuse("subscriptions", &format!("found {}, expected {GUID}", quoted(text)));
        }
        id
    };
    written.into_iter().flatten().filter_map(one).collect()
}

/// Whether there is something to read under a place's key. A feed without its place is refused; a place without its feed is worth
/// a look, and what is wrong in it is told all the same.
fn is_needed(section: &Section<'_>, key: &str, expected: &str, feed: FeedKind, feeds: &[FeedKind]) -> bool {
    let reads = feeds.contains(&feed);
    if reads && !section.has(key) {
        section.refuse(key, &format!("missing, expected {expected}: {feed} among its feeds reads there"));
    }
    if !reads && section.has(key) {
        section.warn(key, &format!("nothing is read there, for {feed} is not among its feeds"));
    }
    section.has(key)
}

/// Azure's rule, which leaves nothing that could lead out of the path: no `/`, no `%`, and `..` ends with a dot.
fn is_resource_group(text: &str) -> bool {
    let plain = text.chars().all(|c| c.is_alphanumeric() || "-_.()".contains(c));
    plain && (1..=90).contains(&text.chars().count()) && !text.ends_with('.')
}

fn is_workspace(text: &str) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    plain && (4..=63).contains(&text.len()) && !text.starts_with('-') && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::{is_resource_group, is_workspace};

    #[test]
    fn names_are_those_that_azure_takes_and_none_leads_out_of_a_path() {
        for name in ["rg", "RG-Soc_1.eu(2)", "größe", ".hidden", &"x".repeat(90)] {
            assert!(is_resource_group(name), "{name}");
        }
        for name in ["", ".", "..", "a.", "a/b", "a%2fb", "a?b", "a#b", "a b", "a\\b", "a;b", &"x".repeat(91)] {
            assert!(!is_resource_group(name), "{name}");
        }
        for name in ["soc1", "SOC-workspace-1", &"x".repeat(63)] {
            assert!(is_workspace(name), "{name}");
        }
        for name in ["", "soc", "-soc1", "soc1-", "soc.1", "soc/1", "söc1", "..", "%2e%2e", &"x".repeat(64)] {
            assert!(!is_workspace(name), "{name}");
        }
    }
}
