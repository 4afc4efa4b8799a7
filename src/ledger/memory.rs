//! The ledger that lives in memory and ends with the process: for trying things out and for tests.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::{BoxFuture, ready};
use jiff::Timestamp;

use super::{Figures, Known, Ledger, LedgerError, RouteKey, Seen, SeenKey, Step};
use crate::clock;
use crate::source::FeedKind;
use crate::tenant::{SinkName, TenantId};

/// Remembers everything until it is dropped. Of dead letters it keeps that they were, not their bytes: nobody could read them
/// later.
#[derive(Debug, Default)]
pub struct Memory {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    seen: HashMap<(TenantId, Option<SinkName>), HashMap<String, Remembered>>,
    cursors: BTreeMap<RouteKey, Timestamp>,
    dead: BTreeSet<(RouteKey, String)>,
}

#[derive(Debug)]
struct Remembered {
    known: Known,
    /// The revision, or the time of recording where there is none.
    moment: Timestamp,
}

impl Memory {
    fn state(&self) -> MutexGuard<'_, State> {
        // Each change below is whole before anything could panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn record(&mut self, step: Step, now: Timestamp) {
        let seen = self.seen.entry((step.route.tenant.clone(), step.route.sink.clone())).or_default();
        for Seen { key, known } in step.seen {
            seen.insert(key.id, Remembered { known, moment: known.revision.unwrap_or(now) });
        }
        self.dead.extend(step.dead.into_iter().map(|letter| (step.route.clone(), letter.alert_id)));
        if let Some(cursor) = step.cursor {
            self.cursors.insert(step.route, cursor);
        }
    }

    fn figures(&self) -> Figures {
        let mut dead_letters: BTreeMap<(TenantId, Option<SinkName>), u64> = BTreeMap::new();
        for (route, _) in &self.dead {
            *dead_letters.entry((route.tenant.clone(), route.sink.clone())).or_default() += 1;
        }
        Figures {
            ids: self.seen.values().map(|seen| seen.len() as u64).sum(),
            dead_letters: dead_letters.into_iter().map(|((tenant, sink), count)| (tenant, sink, count)).collect(),
        }
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

    fn record(&self, step: Step) -> BoxFuture<'_, Result<(), LedgerError>> {
        self.state().record(step, clock::now());
        Box::pin(ready(Ok(())))
    }

    fn forget(&self, before: Timestamp) -> BoxFuture<'_, Result<(), LedgerError>> {
        self.state().seen.retain(|_, seen| {
            seen.retain(|_, remembered| remembered.moment >= before);
            !seen.is_empty()
        });
        Box::pin(ready(Ok(())))
    }

    fn figures(&self) -> BoxFuture<'_, Result<Figures, LedgerError>> {
        Box::pin(ready(Ok(self.state().figures())))
    }

    fn close(&self) -> BoxFuture<'_, Result<(), LedgerError>> {
        Box::pin(ready(Ok(())))
    }
}
