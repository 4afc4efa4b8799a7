//! What an operator has done beside the live passes: replays, and dead letters taken up again or thrown away. The same code runs in the
//! daemon, asked through its control socket, and in the command itself where no daemon holds the ledger.

mod alone;
mod letters;
mod progress;
mod replay;
mod whose;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use self::alone::Alone;
use super::parts::Lanes;
use super::workshop::Workshop;
use crate::config::{Settings, TenantSettings};
use crate::control;
use crate::control::wire::{Ask, End, Tell};
use crate::ledger::{LedgerError, ReplayKey, RouteKey};
use crate::pipeline::Ports;
use crate::pipeline::outlet::Outlet;
use crate::pipeline::route::Route;
use crate::source::FeedKind;
use crate::tenant::SinkName;

/// Carries errands out with the parts of a running program.
pub(super) struct Errands {
    pub settings: Arc<Settings>,
    pub workshop: Arc<Workshop>,
    pub outlets: Vec<Arc<Outlet>>,
    pub ports: Ports,
    /// Of the live passes; empty where there are none.
    pub lanes: Lanes,
    /// The routes that a replay is under way for.
    pub under_way: Mutex<HashSet<RouteKey>>,
}

/// Keeps a second replay of the same feed and sink away as long as it lives.
struct Claim<'a> {
    errands: &'a Errands,
    routes: Vec<RouteKey>,
}

impl control::Errands for Errands {
    fn run(&self, ask: Ask, tell: mpsc::Sender<Tell>, stop: CancellationToken) -> BoxFuture<'_, End> {
        Box::pin(async move {
            let ended = match ask {
                Ask::Replay(ask) => self.replay(&ask, tell, &stop).await,
                Ask::Retry(which) => self.retry(&which, tell, &stop).await,
                Ask::Discard(which) => self.discard(&which, &stop).await,
            };
            ended.unwrap_or_else(|end| end)
        })
    }
}

impl Errands {
    /// The way of a feed to a sink. It has no cursor of its own to move.
    fn route(&self, tenant: &TenantSettings, feed: FeedKind, sink: &SinkName) -> Option<Arc<Route>> {
        let outlet = self.outlets.iter().find(|outlet| outlet.name == *sink)?;
        let parts = self.workshop.route(tenant, feed, (outlet, self.settings.sinks.get(sink)?), &Arc::new(Notify::new()))?;
        Some(Arc::new(Route::new(parts, jiff::Timestamp::MIN, Instant::now())))
    }

    /// Makes sure that no two replays of one feed and sink overlap.
    fn claim(&self, keys: &[ReplayKey]) -> Result<Claim<'_>, End> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = keys.iter().find(|key| under_way.contains(&key.route)) {
            let sink = taken.route.sink.as_ref().map(SinkName::as_str).unwrap_or_default();
            let message = format!("a replay of {} to sink {sink} is under way for this tenant", taken.route.feed);
            return Err(End::failed(
                message,
                Some("wait until it has ended, or end it with Ctrl-C where it was started".to_owned()),
            ));
        }
        let routes: Vec<RouteKey> = keys.iter().map(|key| key.route.clone()).collect();
        under_way.extend(routes.iter().cloned());
        Ok(Claim { errands: self, routes })
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let mut under_way = self.errands.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.retain(|route| !self.routes.contains(route));
    }
}

/// The ledger's word as the last one.
fn ledger_failed(error: LedgerError) -> End {
    End::failed(error.message, error.advice)
}
