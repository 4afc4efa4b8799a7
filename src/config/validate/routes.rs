//! `routes.SINK`: what a tenant's alerts are subject to on their way to one sink, joined with what the sink and `[defaults]` say.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::names::{self, Names};
use super::overridable::Overridable;
use super::{filters, reading, sinks};
use crate::alert::Kind;
use crate::config::raw::Section;
use crate::config::{RouteSettings, keys};
use crate::format::shorten::Oversize;
use crate::pipeline::filter::Filters;
use crate::sink::Revisions;
use crate::sink::settings::Kind as SinkKind;
use crate::source::FeedKind;
use crate::tenant::{SinkName, Tenant};

/// What one table says of a route.
#[derive(Debug, Clone, Default)]
pub(super) struct Written {
    filter: filters::Written,
    send: Option<Revisions>,
    labels: BTreeMap<String, String>,
    oversize: Option<Oversize>,
}

/// The routes of `[defaults]` or a tenant, by sink. Those to sinks that nobody defined are noted.
pub(super) fn read(section: &Section<'_>, names: &Names) -> BTreeMap<SinkName, Written> {
    let Some(table) = section.free_section("routes", &keys::ROUTE) else { return BTreeMap::new() };
    let one = |name: &str| {
        let known = names.sinks.get(&SinkName::from(name));
        if known.is_none() {
            names::refuse(&table, name, name, names.sinks.keys().map(SinkName::as_str), "[sinks.NAME]");
        }
        let route = table.section(name, &keys::ROUTE)?;
        let to_a_file = known?.as_ref().is_some_and(|sink| matches!(sink.settings.kind, SinkKind::File(_)));
        if to_a_file && route.has("oversize") {
            route.refuse(
                "oversize",
                "found for a file, which takes messages of any length, expected it for Kafka and syslog only",
            );
        }
        let word = |key| route.has(key).then_some(key);
        let written = Written {
            filter: filters::Written::read(&route),
            send: word("send").and_then(|key| route.word_or_first(key, &sinks::SEND)),
            labels: route.words_by_name("labels"),
            oversize: word("oversize").and_then(|key| route.word_or_first(key, &sinks::OVERSIZE)),
        };
        Some((SinkName::from(name), written))
    };
    table.keys().filter_map(one).collect()
}

/// What a tenant says itself, and what `[defaults]` says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layers<'a> {
    pub own: &'a Overridable,
    pub defaults: &'a Overridable,
}

/// The routes of a tenant, one for each of its sinks.
pub(super) fn of(
    section: &Section<'_>,
    tenant: &Tenant,
    (sinks, feeds): (&[SinkName], &[FeedKind]),
    layers: Layers<'_>,
    names: &Names,
) -> BTreeMap<SinkName, RouteSettings> {
    let Layers { own, defaults } = layers;
    if let Some(table) = section.value("routes").and_then(|_| section.free_section("routes", &keys::ROUTE)) {
        // a sink that nobody defined has been told already
        for name in own.routes.keys().filter(|name| !sinks.contains(name)) {
            table.refuse_word(name.as_str(), name.as_str(), sinks.iter().map(SinkName::as_str), &[]);
        }
    }
    let of_tenant = own.filter.or(&defaults.filter);
    // Told once, not for each route.
    let none_at_all = reading::check_kinds(section, of_tenant.kinds(), feeds).is_err();
    let of_tenant = Arc::new(of_tenant.finished());
    let unlabelled = Written::default();
    let route = |name: &SinkName| {
        let sink = names.sinks.get(name)?.as_ref()?;
        let own_route = own.routes.get(name).unwrap_or(&unlabelled);
        let default_route = defaults.routes.get(name).unwrap_or(&unlabelled);
        let of_route = own_route.filter.or(&default_route.filter).finished();
        let filter = Filters::new([Arc::new(sink.filter.clone()), Arc::clone(&of_tenant), Arc::new(of_route)]);
        if !none_at_all {
            check_kinds(section, name, &filter, feeds);
        }
        // The nearer to the route, the stronger.
        let labels = [&defaults.labels, &sink.settings.labels, &own.labels, &default_route.labels, &own_route.labels];
        let labels = labels.into_iter().flatten().map(|(name, word)| (name.clone(), word.clone())).collect();
        let settings = RouteSettings {
            tenant: Arc::new(Tenant { labels, ..tenant.clone() }),
            filter,
            send: own_route.send.or(default_route.send).unwrap_or(sink.settings.send),
            oversize: own_route.oversize.or(default_route.oversize).unwrap_or(sink.settings.oversize),
        };
        Some((name.clone(), settings))
    };
    sinks.iter().filter_map(route).collect()
}

/// Filters that leave neither alerts nor incidents would forward nothing for ever.
fn check_kinds(section: &Section<'_>, sink: &SinkName, filters: &Filters, feeds: &[FeedKind]) {
    let forwarded =
        |kind: &Kind| filters.take(*kind) && (*kind == Kind::Alert || feeds.iter().copied().any(reading::has_incidents));
    if !Kind::ALL.iter().any(|(kind, _)| forwarded(kind)) {
        section.refuse(
            "sinks",
            &format!("found {:?}, but the filters on the way there leave neither alerts nor incidents, expected kinds that all of them have", sink.as_str()),
        );
    }
}
