//! `[[tenants]]`: each tenant joined with the defaults.

use std::collections::BTreeMap;
use std::sync::Arc;

use config::{Value, ValueKind};

use super::alarms;
use super::apps::{GUID, guid};
use super::names::{self, Names};
use super::overridable::{Overridable, join_retry};
use super::places;
use super::reading;
use super::routes::{self, Layers};
use crate::alarm;
use crate::config::raw::Section;
use crate::config::{TenantSettings, keys};
use crate::pipeline::schedule::Sweep;
use crate::tenant::Tenant;

/// How somebody without a tenant gets one.
const ADD_ONE: &str =
    "at least one: add [[tenants]] with name, tenant_id and app, here or in tenants.d/NAME.toml beside this file";

/// The tenants that are right; those that are not were noted.
pub(super) fn read(
    top: &Section<'_>,
    defaults: &Overridable,
    names: &Names,
    alarms: Option<&alarm::settings::Settings>,
) -> Vec<TenantSettings> {
    let list = match top.value("tenants").map(|value| &value.kind) {
        Some(ValueKind::Array(list)) if !list.is_empty() => list,
        Some(_) => {
            top.unexpected("tenants", ADD_ONE);
            return Vec::new();
        }
        None => {
            top.missing("tenants", ADD_ONE);
            return Vec::new();
        }
    };
    let mut seen = Seen::default();
    let sections = list.iter().enumerate().filter_map(|(index, value)| open(index, value, top));
    sections.filter_map(|section| tenant(&section, (defaults, alarms), names, &mut seen)).collect()
}

/// Names, directory IDs and places of Azure so far, with where they were written.
#[derive(Debug, Default)]
struct Seen {
    names: BTreeMap<String, String>,
    ids: BTreeMap<String, String>,
    workspaces: BTreeMap<String, String>,
    subscriptions: BTreeMap<String, String>,
}

/// A tenant's table, called by its name where it has one and by its place where not.
fn open<'a>(index: usize, value: &'a Value, top: &Section<'a>) -> Option<Section<'a>> {
    let name = match &value.kind {
        ValueKind::Table(table) => table.get("name").and_then(|name| match &name.kind {
            ValueKind::String(name) if !name.is_empty() => Some(name),
            _ => None,
        }),
        _ => None,
    };
    let path = name.map_or_else(|| format!("tenants[#{}]", index + 1), |name| format!("tenants.{name:?}"));
    let section = Section::open(path, value, &keys::TENANT, top.report)?;
    section.refuse_unknown_keys(&keys::TENANT);
    Some(section)
}

fn tenant(
    section: &Section<'_>,
    (defaults, alarms): (&Overridable, Option<&alarm::settings::Settings>),
    names: &Names,
    seen: &mut Seen,
) -> Option<TenantSettings> {
    section.missing("name", names::EXPECTED);
    section.missing("tenant_id", GUID);
    let name = section.parsed("name", names::EXPECTED, |text| names::is_name(text).then(|| text.to_owned()));
    let id = section.parsed("tenant_id", GUID, guid);
    note_twice(section, "name", name.as_ref(), &mut seen.names);
    note_twice(section, "tenant_id", id.as_ref(), &mut seen.ids);
    let customer = section.text("customer", "the customer's name");
    let app = names::app(section, names);

    let own = Overridable::read(section, names);
    let alarms = alarms::of_tenant(section, alarms);
    let sinks = own.sinks.clone().or_else(|| defaults.sinks.clone());
    if sinks.is_none() {
        section.refuse("sinks", "missing, expected a list of sinks, such as [\"siem\"], here or in [defaults]");
    }
    let feeds = own.feeds.clone().or_else(|| defaults.feeds.clone()).unwrap_or_default();
    let cloud = own.cloud.clone().or_else(|| defaults.cloud.clone()).and_then(Result::ok);
    let cloud = cloud.and_then(|cloud| reading::cloud(section, cloud, (own.near, defaults.near), &feeds));
    let workspaces = places::workspaces(section, &feeds);
    let subscriptions = places::subscriptions(section, &feeds);
    // Azure's records do not say whose they are, and one token may open the places of many customers.
    for workspace in &workspaces {
        note_twice(section, "sentinel", Some(&places::id(workspace)), &mut seen.workspaces);
    }
    for subscription in &subscriptions {
        note_twice(section, "defender_for_cloud", Some(subscription), &mut seen.subscriptions);
    }
    let feed_retry = join_retry(section, "feed_retry", own.feed_retry, defaults.feed_retry);
    let sink_retry = join_retry(section, "sink_retry", own.sink_retry, defaults.sink_retry);

    let name = name?;
    let tenant = Tenant {
        customer: customer.unwrap_or(&name).to_owned(),
        name: name.into(),
        id: id?.into(),
        labels: joined(&defaults.labels, &own.labels),
    };
    let sinks = sinks?;
    let layers = Layers { own: &own, defaults };
    let routes = routes::of(section, &tenant, (&sinks, &feeds), layers, names);
    Some(TenantSettings {
        tenant: Arc::new(tenant),
        app: app?,
        cloud: cloud?,
        feeds,
        sinks,
        routes,
        interval: own.interval.or(defaults.interval)?,
        delay: own.delay.or(defaults.delay)?,
        overlap: own.overlap.or(defaults.overlap)?,
        lookback: own.lookback.or(defaults.lookback)?,
        sweep: Sweep { every: own.sweep_every.or(defaults.sweep_every)?, reach: own.sweep_reach.or(defaults.sweep_reach)? },
        recheck: own.recheck.or(defaults.recheck)?,
        feed_retry: feed_retry?,
        sink_retry: sink_retry?,
        budget: joined(&defaults.budget, &own.budget),
        page_size: joined(&defaults.page_size, &own.page_size),
        alarms: alarms?,
        workspaces,
        subscriptions,
    })
}

/// Notes a name, ID or place that stood before. The ledger keys by the ID, topics and metrics go by the name, and what is read in
/// one place belongs to one tenant.
fn note_twice(section: &Section<'_>, key: &str, value: Option<&String>, seen: &mut BTreeMap<String, String>) {
    let Some(value) = value else { return };
    let here = section.whereabouts();
    if let Some(earlier) = seen.get(value) {
        section.refuse(key, &format!("found {value:?}, which {earlier} has already, expected each once"));
    } else {
        seen.insert(value.clone(), here);
    }
}

fn joined<K: Ord + Clone, V: Clone>(defaults: &BTreeMap<K, V>, own: &BTreeMap<K, V>) -> BTreeMap<K, V> {
    let mut joined = defaults.clone();
    joined.extend(own.clone());
    joined
}
