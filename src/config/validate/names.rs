//! Names that operators give, and looking them up where they are used.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Told;
use super::sinks::Sink;
use crate::config::TenantSettings;
use crate::config::found::quoted;
use crate::config::keys::Group;
use crate::config::raw::Section;
use crate::config::report::Report;
use crate::source::cloud::Cloud;
use crate::source::entra::App;
use crate::tenant::SinkName;

pub(super) const EXPECTED: &str = "a name of lower case letters, digits, \"-\", \"_\" and \".\", starting with a letter or digit";

/// What names stand for. `None` where the entry exists but is wrong, so that its mistake is told once and not at each use.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub apps: BTreeMap<String, Option<Arc<App>>>,
    pub clouds: BTreeMap<String, Option<Arc<Cloud>>>,
    pub sinks: BTreeMap<SinkName, Option<Sink>>,
}

pub(super) fn is_name(text: &str) -> bool {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    text.bytes().next().is_some_and(letter) && text.bytes().all(|b| letter(b) || b"-_.".contains(&b))
}

/// The entries of a table of tables such as `[sinks.NAME]`, in the order of their names.
pub(super) fn entries<'a>(top: &Section<'a>, key: &str, group: &'static Group) -> Vec<(&'a str, Section<'a>)> {
    let Some(table) = top.free_section(key, group) else { return Vec::new() };
    table
        .keys()
        .filter_map(|name| {
            if !is_name(name) {
                table.refuse(name, &format!("found this name, expected {EXPECTED}"));
            }
            Some((name, table.free_section(name, group)?))
        })
        .collect()
}

/// The app under the key `app`, which has to be there.
pub(super) fn app(section: &Section<'_>, names: &Names) -> Option<Arc<App>> {
    section.missing("app", "the name of an app from [apps.NAME]");
    let found = section.text("app", "the name of an app from [apps.NAME]")?;
    let app = names.apps.get(found);
    if app.is_none() {
        refuse(section, "app", found, names.apps.keys().map(String::as_str), "[apps.NAME]");
    }
    app.cloned().flatten()
}

/// The cloud under the key `cloud`, where one was written.
pub(super) fn cloud(section: &Section<'_>, names: &Names) -> Option<Result<Arc<Cloud>, Told>> {
    section.value("cloud")?;
    let Some(found) = section.text("cloud", "the name of a cloud, such as \"global\"") else { return Some(Err(Told)) };
    let cloud = names.clouds.get(found);
    if cloud.is_none() {
        refuse(section, "cloud", found, names.clouds.keys().map(String::as_str), "[clouds.NAME]");
    }
    Some(cloud.cloned().flatten().ok_or(Told))
}

/// Notes a name that nothing has, with the names there are.
pub(super) fn refuse<'n>(section: &Section<'_>, key: &str, found: &str, known: impl IntoIterator<Item = &'n str>, table: &str) {
    let mut known = known.into_iter().peekable();
    if known.peek().is_some() {
        section.refuse_word(key, found, known, &[]);
    } else {
        section.refuse(key, &format!("found {}, but there is none to name yet: add {table}", quoted(found)));
    }
}

/// Names that no tenant uses are worth a look: most often a slip, sometimes a leftover with a live credential.
pub(super) fn warn_of_unused(names: &Names, tenants: &[TenantSettings], report: &Report) {
    let of_sinks = || names.sinks.values().flatten().filter_map(|sink| sink.sign_in.as_ref());
    let apps = tenants.iter().map(|tenant| &tenant.app).chain(of_sinks().map(|sign_in| &sign_in.app));
    let apps: BTreeSet<&str> = apps.map(|app| app.name.as_str()).collect();
    let clouds = tenants.iter().map(|tenant| &tenant.cloud).chain(of_sinks().map(|sign_in| &sign_in.cloud));
    let clouds: BTreeSet<&str> = clouds.map(|cloud| cloud.name.as_str()).collect();
    let sinks: BTreeSet<&SinkName> = tenants.iter().flat_map(|tenant| &tenant.sinks).collect();
    for name in names.apps.keys().filter(|name| !apps.contains(name.as_str())) {
        report.warn(format!("apps.{name}: no tenant uses this app"));
    }
    for name in names.clouds.keys().filter(|name| !clouds.contains(name.as_str())) {
        if Cloud::built_in(name).is_none() {
            report.warn(format!("clouds.{name}: no tenant uses this cloud"));
        }
    }
    for name in names.sinks.keys().filter(|name| !sinks.contains(name)) {
        report.warn(format!("sinks.{name}: no tenant uses this sink"));
    }
}
