//! The ledger that lives in memory and ends with the process: for trying things out and for tests.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::{BoxFuture, ready};
use jiff::Timestamp;

use super::settings::Bounds;
use super::{
    Aside, Brief, DeadLetter, Dropped, Figures, Kept, KeptFilter, Known, Ledger, LedgerError, Recorded, ReplayKey, RouteKey,
    Seen, SeenKey, Step,
};
use crate::clock;
use crate::source::FeedKind;
use crate::tenant::{SinkName, TenantId};

/// Remembers everything until it is dropped: dead letters too, up to their bounds for each tenant and sink.
#[derive(Debug)]
pub struct Memory {
    state: Mutex<State>,
    bounds: Bounds,
    begun: Timestamp,
}

#[derive(Debug, Default)]
struct State {
    seen: HashMap<(TenantId, Option<SinkName>), HashMap<String, Remembered>>,
    cursors: BTreeMap<RouteKey, Timestamp>,
    /// By their numbers.
    dead: BTreeMap<i64, (RouteKey, DeadLetter)>,
    last_number: i64,
    forgotten: Option<Timestamp>,
    replays: BTreeMap<ReplayKey, Replay>,
    rhythms: BTreeMap<(TenantId, FeedKind), String>,
}

#[derive(Debug, Default)]
struct Replay {
    at: Timestamp,
    moved: Timestamp,
    /// Where it sends everything again.
    sent: HashSet<String>,
}

#[derive(Debug)]
struct Remembered {
    known: Known,
    /// The revision, or the time of recording where there is none.
    moment: Timestamp,
}

impl Memory {
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self { state: Mutex::default(), bounds, begun: clock::now() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change below is whole before anything could panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(Bounds::default())
    }
}

impl State {
    fn record(&mut self, step: Step, bounds: Bounds, now: Timestamp) -> Recorded {
        let seen = self.seen.entry((step.route.tenant.clone(), step.route.sink.clone())).or_default();
        let ids: Vec<String> = step.seen.iter().map(|seen| seen.key.id.clone()).collect();
        for Seen { key, known } in step.seen {
            seen.insert(key.id, Remembered { known, moment: known.revision.unwrap_or(now) });
        }
        self.dead.retain(|number, _| !step.lifted.contains(number));
        for (number, reason) in step.stay {
            if let Some((_, letter)) = self.dead.get_mut(&number) {
                letter.reason = reason;
            }
        }
        let (before, comes) = (self.aside(&step.route), !step.dead.is_empty());
        for letter in step.dead {
            self.dead.retain(|_, (route, other)| *route != step.route || other.alert_id != letter.alert_id);
            self.last_number += 1;
            self.dead.insert(self.last_number, (step.route.clone(), letter));
        }
        if let Some((key, at)) = step.replayed {
            let sent = if key.send_again { ids } else { Vec::new() };
            let replay = self.replays.entry(key).or_default();
            (replay.at, replay.moved) = (at, now);
            replay.sent.extend(sent);
        }
        let recorded = if comes { self.bound(&step.route, &before, bounds) } else { Recorded::default() };
        if let Some(cursor) = step.cursor {
            self.cursors.insert(step.route, cursor);
        }
        recorded
    }

    fn bound(&mut self, route: &RouteKey, before: &Aside, bounds: Bounds) -> Recorded {
        let mut aside = self.aside(route);
        let crowded = bounds.crowded(aside.letters, aside.bytes) && !bounds.crowded(before.letters, before.bytes);
        let crowded = crowded.then(|| aside.clone());
        let mut dropped = Vec::new();
        while bounds.exceeded(aside.letters, aside.bytes) {
            let oldest = self.dead.iter().find(|(_, (other, _))| other.tenant == route.tenant && other.sink == route.sink);
            let Some(number) = oldest.map(|(number, _)| *number) else { break };
            let Some((oldest, letter)) = self.dead.remove(&number) else { break };
            aside.letters -= 1;
            aside.bytes -= letter.weight();
            dropped.push(Dropped { number, feed: oldest.feed.to_string(), alert_id: letter.alert_id, at: letter.at });
        }
        Recorded { dropped, crowded }
    }

    /// The dead letters of a route's tenant and sink.
    fn aside(&self, route: &RouteKey) -> Aside {
        let mut aside = Aside { tenant: route.tenant.clone(), sink: route.sink.clone(), letters: 0, bytes: 0 };
        let all = self.dead.values().filter(|(other, _)| other.tenant == route.tenant && other.sink == route.sink);
        for (_, letter) in all {
            aside.letters += 1;
            aside.bytes += letter.weight();
        }
        aside
    }

    fn figures(&self) -> Figures {
        let mut dead_letters: BTreeMap<(&TenantId, Option<&SinkName>), Aside> = BTreeMap::new();
        for (route, _) in self.dead.values() {
            dead_letters.entry((&route.tenant, route.sink.as_ref())).or_insert_with(|| self.aside(route));
        }
        Figures {
            ids: self.seen.values().map(|seen| seen.len() as u64).sum(),
            dead_letters: dead_letters.into_values().collect(),
            file: None,
        }
    }

    fn kept(&self, filter: &KeptFilter) -> impl Iterator<Item = (i64, &RouteKey, &DeadLetter)> {
        let all = self.dead.range(filter.after.saturating_add(1)..).map(|(number, (route, letter))| (*number, route, letter));
        let limit = filter.limit.map_or(usize::MAX, |limit| limit as usize);
        all.filter(|(number, route, letter)| filter.takes(*number, route, letter)).take(limit)
    }
}

impl Ledger for Memory {
    fn cursors<'a>(
        &'a self,
        tenant: &'a TenantId,
        feed: FeedKind,
    ) -> BoxFuture<'a, Result<Vec<(SinkName, Timestamp)>, LedgerError>> {
        let state = self.state();
        let routes = state.cursors.iter().filter(|(route, _)| route.tenant == *tenant && route.feed == feed);
        let cursors = routes.filter_map(|(route, cursor)| Some((route.sink.clone()?, *cursor))).collect();
        Box::pin(ready(Ok(cursors)))
    }

    fn known<'a>(
        &'a self,
        tenant: &'a TenantId,
        sink: Option<&'a SinkName>,
        keys: Vec<SeenKey>,
    ) -> BoxFuture<'a, Result<Vec<Option<Known>>, LedgerError>> {
        let state = self.state();
        let seen = state.seen.get(&(tenant.clone(), sink.cloned()));
        let known = keys.iter().map(|key| Some(seen?.get(&key.id)?.known)).collect();
        Box::pin(ready(Ok(known)))
    }

    fn record(&self, step: Step) -> BoxFuture<'_, Result<Recorded, LedgerError>> {
        let recorded = self.state().record(step, self.bounds, clock::now());
        Box::pin(ready(Ok(recorded)))
    }

    fn forget(&self, before: Timestamp) -> BoxFuture<'_, Result<(), LedgerError>> {
        let mut state = self.state();
        state.replays.retain(|_, replay| replay.moved >= before);
        let mut forgot = false;
        state.seen.retain(|_, seen| {
            let had = seen.len();
            seen.retain(|_, remembered| remembered.moment >= before);
            forgot |= seen.len() < had;
            !seen.is_empty()
        });
        if forgot {
            state.forgotten = state.forgotten.max(Some(before));
        }
        Box::pin(ready(Ok(())))
    }

    fn remembers_since(&self) -> BoxFuture<'_, Result<Option<Timestamp>, LedgerError>> {
        Box::pin(ready(Ok(self.state().forgotten)))
    }

    fn begun(&self) -> BoxFuture<'_, Result<Option<Timestamp>, LedgerError>> {
        Box::pin(ready(Ok(Some(self.begun))))
    }

    fn kept_briefly(&self, filter: KeptFilter) -> BoxFuture<'_, Result<Vec<Brief>, LedgerError>> {
        let brief = |(number, route, letter): (i64, &RouteKey, &DeadLetter)| Brief {
            number,
            route: route.clone(),
            alert_id: letter.alert_id.clone(),
            bytes: letter.body.len() as u64,
        };
        Box::pin(ready(Ok(self.state().kept(&filter).map(brief).collect())))
    }

    fn kept(&self, filter: KeptFilter) -> BoxFuture<'_, Result<Vec<Kept>, LedgerError>> {
        let whole = |(number, route, letter): (i64, &RouteKey, &DeadLetter)| Kept {
            number,
            route: route.clone(),
            letter: letter.clone(),
        };
        Box::pin(ready(Ok(self.state().kept(&filter).map(whole).collect())))
    }

    fn replayed(&self, key: ReplayKey) -> BoxFuture<'_, Result<Option<Timestamp>, LedgerError>> {
        Box::pin(ready(Ok(self.state().replays.get(&key).map(|replay| replay.at))))
    }

    fn replay_sent(&self, key: ReplayKey, ids: Vec<String>) -> BoxFuture<'_, Result<Vec<bool>, LedgerError>> {
        let state = self.state();
        let of_any_feed = |other: &ReplayKey| {
            let route = RouteKey { feed: other.route.feed, ..key.route.clone() };
            *other == ReplayKey { route, ..key.clone() }
        };
        let replays: Vec<&Replay> =
            state.replays.iter().filter(|(other, _)| of_any_feed(other)).map(|(_, replay)| replay).collect();
        let sent = ids.iter().map(|id| replays.iter().any(|replay| replay.sent.contains(id))).collect();
        Box::pin(ready(Ok(sent)))
    }

    fn end_replay(&self, keys: Vec<ReplayKey>) -> BoxFuture<'_, Result<(), LedgerError>> {
        self.state().replays.retain(|key, _| !keys.contains(key));
        Box::pin(ready(Ok(())))
    }

    fn rhythm<'a>(&'a self, tenant: &'a TenantId, feed: FeedKind) -> BoxFuture<'a, Result<Option<String>, LedgerError>> {
        Box::pin(ready(Ok(self.state().rhythms.get(&(tenant.clone(), feed)).cloned())))
    }

    fn keep_rhythm(&self, tenant: TenantId, feed: FeedKind, rhythm: String) -> BoxFuture<'_, Result<(), LedgerError>> {
        self.state().rhythms.insert((tenant, feed), rhythm);
        Box::pin(ready(Ok(())))
    }

    fn figures(&self) -> BoxFuture<'_, Result<Figures, LedgerError>> {
        Box::pin(ready(Ok(self.state().figures())))
    }

    fn close(&self) -> BoxFuture<'_, Result<(), LedgerError>> {
        Box::pin(ready(Ok(())))
    }
}
