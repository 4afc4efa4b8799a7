//! What `[defaults]` gives and any tenant may override: read from either table by the same keys.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::names::{self, Names};
use super::reading::Near;
use super::{Told, filters, routes};
use crate::config::raw::{Section, Words};
use crate::config::{keys, suggest};
use crate::retry::Retry;
use crate::source::FeedKind;
use crate::source::cloud::Cloud;
use crate::source::geo::GEOS;
use crate::source::throttle::Rate;
use crate::tenant::SinkName;

const SECOND: Duration = Duration::from_secs(1);
const NO_TIME: Duration = Duration::ZERO;
const FIRST_ABOVE_MOST: &str = "found a first pause longer than the most, expected first ≤ most";

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
    pub filter: filters::Written,
    pub labels: BTreeMap<String, String>,
    pub routes: BTreeMap<SinkName, routes::Written>,
}

impl Overridable {
    /// Stands in for a table that could not be read at all.
    pub fn unreadable() -> Self {
        Self { feeds: Some(Vec::new()), sinks: Some(Vec::new()), cloud: Some(Err(Told)), ..Self::default() }
    }

    pub fn read(section: &Section<'_>, names: &Names) -> Self {
        let sweep = section.section("sweep", &keys::SWEEP);
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
            cloud: names::cloud(section, names),
            near: near(section),
            budget: by_feed(section, "budget", |table, feed| table.parsed(feed.as_str(), Rate::EXPECTED, Rate::parse_list)),
            page_size: by_feed(section, "page_size", page_size),
            filter: filters::Written::read(section),
            labels: section.words_by_name("labels"),
            routes: routes::read(section, names),
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
    let written = section.at_least_one("feeds", "a list of feeds, such as [\"graph-alerts\"]")?;
    let words = Words { now: &FeedKind::ALL, later: &[] };
    Some(written.into_iter().filter_map(|feed| section.pick("feeds", feed, words)).collect())
}

fn sinks(section: &Section<'_>, names: &Names) -> Option<Vec<SinkName>> {
    let written = section.at_least_one("sinks", "a list of sinks, such as [\"siem\"]")?;
    let known = |found: &&str| {
        let known = names.sinks.contains_key(&SinkName::from(*found));
        if !known {
            names::refuse(section, "sinks", found, names.sinks.keys().map(SinkName::as_str), "[sinks.NAME]");
        }
        known
    };
    Some(written.into_iter().filter(known).map(SinkName::from).collect())
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
