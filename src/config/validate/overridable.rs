//! What `[defaults]` gives and any tenant may override: read from either table by the same keys.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use config::ValueKind;

use super::names::Names;
use super::reading::Near;
use crate::alert::{Kind, Severity};
use crate::config::raw::{Section, Words, quoted};
use crate::config::{keys, suggest};
use crate::retry::Retry;
use crate::source::FeedKind;
use crate::source::cloud::Cloud;
use crate::source::geo::GEOS;
use crate::source::microsoft::graph_alerts::SERVICES;
use crate::source::throttle::Rate;
use crate::tenant::SinkName;

const SECOND: Duration = Duration::from_secs(1);
const NO_TIME: Duration = Duration::ZERO;
const FIRST_ABOVE_MOST: &str = "found a first pause longer than the most, expected first ≤ most";

/// What was written is of no use, and a mistake says why.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told;

/// One table's share. `None` where the table does not say, or says something that was noted as a mistake.
#[derive(Debug, Clone, Default)]
pub(super) struct Overridable {
    pub interval: Option<Duration>,
    pub delay: Option<Duration>,
    pub overlap: Option<Duration>,
    pub lookback: Option<Duration>,
    pub recheck: Option<Duration>,
    pub sweep_every: Option<Duration>,
    pub sweep_reach: Option<Duration>,
    pub feed_retry: (Option<Duration>, Option<Duration>),
    pub sink_retry: (Option<Duration>, Option<Duration>),
    /// Present, if perhaps empty, wherever something was written, so that a mistake in the list is not told again as its absence.
    pub feeds: Option<Vec<FeedKind>>,
    pub sinks: Option<Vec<SinkName>>,
    pub cloud: Option<Result<Arc<Cloud>, Told>>,
    pub near: Option<Near>,
    pub budget: BTreeMap<FeedKind, Vec<Rate>>,
    pub page_size: BTreeMap<FeedKind, u32>,
    pub min_severity: Option<Severity>,
    pub services: Option<Vec<String>>,
    pub kinds: Option<Vec<Kind>>,
    pub labels: BTreeMap<String, String>,
}

impl Overridable {
    /// Stands in for a table that could not be read at all.
    pub fn unreadable() -> Self {
        Self { feeds: Some(Vec::new()), sinks: Some(Vec::new()), cloud: Some(Err(Told)), ..Self::default() }
    }

    pub fn read(section: &Section<'_>, names: &Names) -> Self {
        let sweep = section.section("sweep", &keys::SWEEP);
        let filter = section.section("filter", &keys::FILTER);
        Self {
            interval: section.duration("interval", SECOND),
            delay: section.duration("delay", NO_TIME),
            overlap: section.duration("overlap", NO_TIME),
            lookback: section.duration("lookback", NO_TIME),
            recheck: section.duration("recheck", SECOND),
            sweep_every: sweep.as_ref().and_then(|sweep| sweep.duration("every", NO_TIME)),
            sweep_reach: sweep.as_ref().and_then(|sweep| sweep.duration("reach", NO_TIME)),
            feed_retry: retry(section, "feed_retry"),
            sink_retry: retry(section, "sink_retry"),
            feeds: feeds(section),
            sinks: sinks(section, names),
            cloud: cloud(section, names),
            near: near(section),
            budget: by_feed(section, "budget", |table, feed| table.parsed(feed.as_str(), Rate::EXPECTED, Rate::parse_list)),
            page_size: by_feed(section, "page_size", page_size),
            min_severity: filter.as_ref().and_then(min_severity),
            services: filter.as_ref().and_then(services),
            kinds: filter.as_ref().and_then(kinds),
            labels: labels(section),
        }
    }
}

fn retry(section: &Section<'_>, key: &str) -> (Option<Duration>, Option<Duration>) {
    let Some(table) = section.section(key, &keys::RETRY) else { return (None, None) };
    let own = (table.duration("first", Duration::from_millis(1)), table.duration("most", Duration::from_millis(1)));
    if let (Some(first), Some(most)) = own
        && most < first
    {
        section.refuse(key, FIRST_ABOVE_MOST);
    }
    own
}

/// Joins what a tenant and the defaults say of one kind of retry; a most below the first is noted at the
/// tenant if it wrote one of the two; who wrote both has been told already.
pub(super) fn join_retry(
    section: &Section<'_>,
    key: &str,
    own: (Option<Duration>, Option<Duration>),
    defaults: (Option<Duration>, Option<Duration>),
) -> Option<Retry> {
    let retry = Retry { first: own.0.or(defaults.0)?, most: own.1.or(defaults.1)? };
    if retry.most < retry.first && own.0.is_some() != own.1.is_some() {
        section.refuse(key, FIRST_ABOVE_MOST);
    }
    Some(retry)
}

fn feeds(section: &Section<'_>) -> Option<Vec<FeedKind>> {
    let written = at_least_one(section, "feeds", "a list of feeds, such as [\"graph-alerts\"]")?;
    let words = Words { now: &FeedKind::ALL, later: &[] };
    Some(written.into_iter().filter_map(|feed| section.pick("feeds", feed, words)).collect())
}

fn sinks(section: &Section<'_>, names: &Names) -> Option<Vec<SinkName>> {
    let written = at_least_one(section, "sinks", "a list of sinks, such as [\"siem\"]")?;
    let known = |found: &&str| {
        let known = names.sinks.contains_key(&SinkName::from(*found));
        if !known {
            refuse_name(section, "sinks", found, names.sinks.keys().map(SinkName::as_str), "[sinks.NAME]");
        }
        known
    };
    Some(written.into_iter().filter(known).map(SinkName::from).collect())
}

fn cloud(section: &Section<'_>, names: &Names) -> Option<Result<Arc<Cloud>, Told>> {
    section.value("cloud")?;
    let Some(found) = section.text("cloud", "the name of a cloud, such as \"global\"") else { return Some(Err(Told)) };
    let cloud = names.clouds.get(found);
    if cloud.is_none() {
        refuse_name(section, "cloud", found, names.clouds.keys().map(String::as_str), "[clouds.NAME]");
    }
    Some(cloud.cloned().flatten().ok_or(Told))
}

fn near(section: &Section<'_>) -> Option<Near> {
    let words: Vec<_> = std::iter::once((Near::Any, "any")).chain(GEOS.map(|geo| (Near::Geo(geo), geo.name))).collect();
    section.word("geo", Words { now: &words, later: &[] })
}

fn page_size(table: &Section<'_>, feed: FeedKind) -> Option<u32> {
    let Some((_, most)) = feed.dialect().page_size() else {
        table.refuse(feed.as_str(), "found a page size, expected none: this API cannot be asked for a number of rows");
        return None;
    };
    table.whole(feed.as_str(), 1..=most)
}

/// Notes a name that nothing has, with the names there are.
pub(super) fn refuse_name<'n>(
    section: &Section<'_>,
    key: &str,
    found: &str,
    known: impl IntoIterator<Item = &'n str>,
    table: &str,
) {
    let mut known = known.into_iter().peekable();
    if known.peek().is_some() {
        section.refuse_word(key, found, known, &[]);
    } else {
        section.refuse(key, &format!("found {}, but there is none to name yet: add {table}", quoted(found)));
    }
}

fn at_least_one<'a>(section: &Section<'a>, key: &str, expected: &str) -> Option<Vec<&'a str>> {
    section.value(key)?;
    let list = section.list(key, expected);
    if list.as_ref().is_some_and(Vec::is_empty) {
        section.unexpected(key, expected);
    }
    Some(list.unwrap_or_default())
}

/// A table by feed.
fn by_feed<T>(section: &Section<'_>, key: &str, read: impl Fn(&Section<'_>, FeedKind) -> Option<T>) -> BTreeMap<FeedKind, T> {
    let Some(table) = section.free_section(key, &keys::FREE) else { return BTreeMap::new() };
    let one = |name: &str| {
        if let Ok(feed) = name.parse() {
            return Some((feed, read(&table, feed)?));
        }
        let accepted = suggest::one_of(name, FeedKind::ALL.iter().map(|(_, word)| *word));
        table.refuse(name, &format!("unknown feed, expected {accepted}"));
        None
    };
    table.keys().filter_map(one).collect()
}

fn min_severity(filter: &Section<'_>) -> Option<Severity> {
    const WORDS: [Severity; 5] = [Severity::Informational, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    filter.word("min_severity", Words { now: &WORDS.map(|severity| (severity, severity.as_str())), later: &[] })
}

fn services(filter: &Section<'_>) -> Option<Vec<String>> {
    let services = filter.list("services", "a list of services, such as [\"microsoftDefenderForEndpoint\"]")?;
    for service in services.iter().filter(|service| !SERVICES.iter().any(|known| known.eq_ignore_ascii_case(service))) {
        let hint = suggest::nearest(service, SERVICES.iter().copied())
            .map(|near| format!(" — did you mean {near:?}?"))
            .unwrap_or_default();
        filter.warn("services", &format!("{} is no service that this version has heard of{hint}", quoted(service)));
    }
    Some(services.into_iter().map(str::to_owned).collect())
}

fn kinds(filter: &Section<'_>) -> Option<Vec<Kind>> {
    let kinds = at_least_one(filter, "kinds", "a list of kinds, such as [\"alert\", \"incident\"]")?;
    let words = Words { now: &Kind::ALL, later: &[] };
    Some(kinds.into_iter().filter_map(|kind| filter.pick("kinds", kind, words)).collect())
}

fn labels(section: &Section<'_>) -> BTreeMap<String, String> {
    let Some(table) = section.free_section("labels", &keys::FREE) else { return BTreeMap::new() };
    let one = |name: &str| {
        if let ValueKind::String(text) = &table.value(name)?.kind {
            return Some((name.to_owned(), text.clone()));
        }
        table.unexpected(name, "text");
        None
    };
    table.keys().filter_map(one).collect()
}
