//! What was written → [`Settings`](super::Settings): every value checked, every name resolved, every mistake noted.

mod admin;
mod alarms;
mod apps;
mod clouds;
mod credentials;
mod filters;
mod names;
mod overridable;
mod places;
mod reach;
mod reading;
mod routes;
mod service;
mod sinks;
mod tenants;
mod topics;

use std::collections::BTreeMap;

use config::{Map, Value, ValueKind};

use self::names::Names;
use self::overridable::Overridable;
use super::env::Environment;
use super::raw::Section;
use super::report::Report;
use super::{Named, Settings, keys};

/// What was written is of no use, and a mistake says why.
#[derive(Debug, Clone, Copy)]
struct Told;

/// The names that a tenant can refer to. Nobody may use them when mistakes were noted.
pub(super) fn named(tree: &Map<String, Value>, environment: &Environment, report: &Report) -> Named {
    let top = Section::top(tree, &keys::TOP, report);
    let (apps, _) = apps::read(&top, environment, service::ledger(&top).as_ref());
    let Names { apps, clouds, sinks } = read_names(&top, apps, environment);
    Named {
        apps: apps.into_iter().filter_map(|(name, app)| Some((name, app?))).collect(),
        clouds: clouds.into_iter().filter_map(|(name, cloud)| Some((name, cloud?))).collect(),
        sinks: sinks.into_keys().collect(),
    }
}

fn read_names(top: &Section<'_>, apps: apps::Apps, environment: &Environment) -> Names {
    let names = Names { apps, clouds: clouds::read(top), sinks: BTreeMap::new() };
    let sinks = sinks::read(top, &names, environment);
    Names { sinks, ..names }
}

/// Checks the merged tree. `None`, or settings that nobody may use, when mistakes were noted; never fewer tenants or sinks than
/// were written.
pub(super) fn settings(tree: &Map<String, Value>, environment: &Environment, report: &Report) -> Option<Settings> {
    let top = Section::top(tree, &keys::TOP, report);
    let defaults = top.section("defaults", &keys::DEFAULTS);
    let shutdown_deadline = service::shutdown_deadline(&top, defaults.as_ref());
    let ledger = service::ledger(&top);
    let (admin, socket) = admin::read(&top, environment);
    let cap = service::cap(&top);
    let (apps, credential_expiries) = apps::read(&top, environment, ledger.as_ref());
    let names = read_names(&top, apps, environment);
    let defaults = defaults.map_or_else(Overridable::unreadable, |section| Overridable::read(&section, &names));
    let alarms = alarms::read(&top);
    let tenants = tenants::read(&top, &defaults, &names, alarms.as_ref());
    service::check_retention(&top, ledger.as_ref(), &tenants);
    reach::warn_of_retention(&tenants, report);
    topics::check(&top, &names, &tenants);
    names::warn_of_unused(&names, &tenants, report);
    let written = top.value("tenants").map_or(0, |value| if let ValueKind::Array(list) = &value.kind { list.len() } else { 0 });
    if tenants.len() != written || names.sinks.values().any(Option::is_none) {
        return None;
    }
    let sinks: Vec<_> = names.sinks.into_iter().filter_map(|(name, sink)| Some((name, sink?))).collect();
    Some(Settings {
        ledger: ledger?,
        admin: admin?,
        socket,
        alarms: alarms?,
        shutdown_deadline: shutdown_deadline?,
        sign_ins: sinks.iter().filter_map(|(name, sink)| Some((name.clone(), sink.sign_in.clone()?))).collect(),
        sinks: sinks.into_iter().map(|(name, sink)| (name, sink.settings)).collect(),
        tenants,
        cap: cap?,
        credential_expiries,
        warnings: Vec::new(),
    })
}
