//! Sinks that are down, and sinks that are there and take nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{advice, ago, signed, words};
use crate::alarm::settings::Settings;
use crate::alarm::snapshot::{Cause, Feed, Route, Sink, Snapshot};
use crate::alarm::{Alarm, Kind, Subject};
use crate::source::FeedKind;
use crate::tenant::{SinkName, TenantName};

/// From so many refused routes on, it is the sink that is told of and not each route.
const MANY: usize = 5;

/// Which ways are closed, so that nobody is called behind or stalled for it.
#[derive(Debug)]
pub(super) struct Ways<'a> {
    /// Sinks that are down, if only since a moment ago.
    down: BTreeSet<&'a SinkName>,
    /// For how long the others have been back.
    back: BTreeMap<&'a SinkName, Duration>,
    refused: BTreeSet<(&'a TenantName, FeedKind, &'a SinkName)>,
    /// For how long the ledger can be used again: without it nothing moves to any sink.
    ledger_back: Duration,
}

impl Ways<'_> {
    pub(super) fn is_down(&self, sink: &SinkName) -> bool {
        self.down.contains(sink)
    }

    pub(super) fn is_refused(&self, feed: &Feed, sink: &SinkName) -> bool {
        self.refused.contains(&(&feed.tenant, feed.feed, sink))
    }

    /// For how long a way has been open again, where it was closed.
    pub(super) fn back(&self, sink: &SinkName) -> Duration {
        self.back.get(sink).copied().unwrap_or(Duration::MAX).min(self.ledger_back)
    }
}

pub(super) fn judge<'a>(snapshot: &'a Snapshot, settings: &Settings, alarms: &mut Vec<Alarm>) -> Ways<'a> {
    let ledger_back = snapshot.ledger_back.unwrap_or(Duration::MAX);
    let mut ways = Ways { down: BTreeSet::new(), back: BTreeMap::new(), refused: BTreeSet::new(), ledger_back };
    for sink in &snapshot.sinks {
        if let Some(down) = sink.down {
            ways.down.insert(&sink.name);
            if down >= settings.sink_down_after {
                alarms.push(sink_down(sink, down, snapshot));
            }
        }
        ways.back.insert(&sink.name, sink.back.unwrap_or(Duration::MAX));
    }
    let mut refusing: BTreeMap<&SinkName, Vec<Refused<'_>>> = BTreeMap::new();
    for feed in &snapshot.feeds {
        for route in &feed.routes {
            // A ledger that cannot be asked what was sent is no fault of the sink's.
            let refused = Refused::of(feed, route, &ways, settings).filter(|_| snapshot.ledger.is_none());
            let Some(refused) = refused else { continue };
            ways.refused.insert((&feed.tenant, feed.feed, &route.sink));
            // A sink that goes up and down by the second because each page fails is there, and refuses.
            if !long_down(snapshot, &route.sink, settings) {
                refusing.entry(&route.sink).or_default().push(refused);
            }
        }
    }
    for (sink, routes) in refusing {
        if routes.len() < MANY {
            alarms.extend(routes.iter().map(|refused| sink_refusing(sink, refused, routes.len(), true, snapshot)));
        } else if let Some(longest) = routes.iter().max_by_key(|refused| refused.lasting) {
            alarms.push(sink_refusing(sink, longest, routes.len(), false, snapshot));
        }
    }
    ways
}

fn long_down(snapshot: &Snapshot, sink: &SinkName, settings: &Settings) -> bool {
    let down = snapshot.sinks.iter().find(|one| one.name == *sink).and_then(|sink| sink.down);
    down.is_some_and(|down| down >= settings.sink_down_after)
}

/// A route whose pages do not get through.
struct Refused<'a> {
    feed: &'a Feed,
    lasting: Duration,
    cause: Option<&'a Cause>,
}

impl<'a> Refused<'a> {
    fn of(feed: &'a Feed, route: &'a Route, ways: &Ways<'_>, settings: &Settings) -> Option<Self> {
        let (failing, cause) = route.failing.as_ref()?;
        // What failed while the sink was down is tried again some time after it is back.
        let lasting = (*failing).min(ways.back(&route.sink));
        (lasting >= settings.sink_refusing_after).then_some(Self { feed, lasting, cause: cause.as_ref() })
    }
}

fn sink_down(sink: &Sink, down: Duration, snapshot: &Snapshot) -> Alarm {
    let name = &sink.name;
    let error = sink.error.as_ref();
    let why = error.map(|cause| format!(": {}", cause.message)).unwrap_or_default();
    let otherwise = "check that the receiver runs and can be reached from here";
    Alarm {
        subject: Subject { sink: Some(name.clone()), ..Subject::of(Kind::SinkDown) },
        since: ago(snapshot.now, down),
        message: format!("sink {name} has been down for {}; its alerts wait at the vendor's API{why}", words(signed(down))),
        advice: error.map_or_else(|| otherwise.to_owned(), |cause| advice(cause, otherwise)),
    }
}

fn sink_refusing(sink: &SinkName, refused: &Refused<'_>, routes: usize, each: bool, snapshot: &Snapshot) -> Alarm {
    let Refused { feed, lasting, cause } = refused;
    let why = cause.map(|cause| format!(": {}", cause.message)).unwrap_or_default();
    let whose = if each { format!("from {} of {}", feed.feed, feed.tenant) } else { format!("from {routes} feeds") };
    let otherwise = "look into the receiver's own log for why it takes the connection and not the messages";
    let about = Subject { sink: Some(sink.clone()), ..Subject::of(Kind::SinkRefusing) };
    Alarm {
        subject: if each { Subject { tenant: Some(feed.tenant.clone()), feed: Some(feed.feed), ..about } } else { about },
        since: ago(snapshot.now, *lasting),
        message: format!("sink {sink} can be reached and has taken nothing {whose} for {}{why}", words(signed(*lasting))),
        advice: cause.map_or_else(|| otherwise.to_owned(), |cause| advice(cause, otherwise)),
    }
}
