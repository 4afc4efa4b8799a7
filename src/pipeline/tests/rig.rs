//! Sets feeds going over the fakes, as the program does over the real parts.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::{Mutex, Notify};
use tokio::task::JoinSet;

use super::book::Book;
use super::cloud::{Cloud, Line, TENANT};
use super::desk::{Desk, Door};
use super::tape::Tape;
use crate::format::Encoder;
use crate::format::shorten::Oversize;
use crate::ledger::RouteKey;
use crate::pipeline::Ports;
use crate::pipeline::board::FeedBoard;
use crate::pipeline::feed::Feed;
use crate::pipeline::filter::Filter;
use crate::pipeline::outcome::Outcome;
use crate::pipeline::outlet::Outlet;
use crate::pipeline::route::RouteParts;
use crate::pipeline::schedule::{Plan, Sweep};
use crate::retry::Retry;
use crate::sink::Revisions;
use crate::source::FeedKind;
use crate::supervise::supervise;
use crate::telemetry::Metrics;
use crate::tenant::{SinkName, Tenant, TenantId};

pub const SECOND: Duration = Duration::from_secs(1);

/// A minute between passes, ten minutes of overlap, an hour of look-back, no sweeps.
pub fn plan() -> Plan {
    Plan {
        interval: 60 * SECOND,
        delay: Duration::ZERO,
        overlap: 600 * SECOND,
        lookback: 3600 * SECOND,
        sweep: Sweep { every: Duration::ZERO, reach: Duration::ZERO },
        recheck: 900 * SECOND,
        retry: Retry { first: 5 * SECOND, most: 300 * SECOND },
    }
}

/// One life of the program.
pub struct Rig {
    pub tape: Tape,
    pub book: Arc<Book>,
    pub ports: Ports,
    pub running: JoinSet<()>,
    pub plan: Plan,
    pub revisions: Revisions,
    pub encoder: Encoder,
    pub filter: Filter,
    pub grain: SignedDuration,
    /// Shared by the feeds of a tenant that lead to the same sink.
    pub turns: HashMap<(TenantId, SinkName), Arc<Mutex<()>>>,
}

impl Rig {
    pub fn new() -> Self {
        let tape = Tape::default();
        Self::over(&Book::new(&tape), &tape)
    }

    /// A new life over an old book.
    pub fn over(book: &Arc<Book>, tape: &Tape) -> Self {
        let ports = Ports::new(Arc::clone(book) as _, Arc::new(Metrics::default()));
        let (book, tape, running, filter) = (Arc::clone(book), tape.clone(), JoinSet::new(), Filter::default());
        let (revisions, encoder, grain, turns) = (Revisions::New, Encoder::Raw, SignedDuration::ZERO, HashMap::new());
        Self { tape, book, ports, running, plan: plan(), revisions, encoder, filter, grain, turns }
    }

    pub fn cloud(&self) -> Arc<Cloud> {
        Cloud::new(TENANT, &self.tape)
    }

    pub fn desk(&self, name: &'static str) -> Arc<Desk> {
        Desk::new(name, &self.tape)
    }

    /// Sets a tenant's feed going towards these desks.
    pub fn start(&mut self, cloud: &Arc<Cloud>, desks: &[&Arc<Desk>]) -> Arc<FeedBoard> {
        let outlets: Vec<_> = desks.iter().map(|desk| self.outlet(desk)).collect();
        self.start_towards(cloud, &outlets)
    }

    pub fn outlet(&self, desk: &Arc<Desk>) -> Arc<Outlet> {
        let door = Box::new(Door(Arc::clone(desk)));
        Arc::new(Outlet::new(desk.name.into(), door, Arc::clone(&self.ports.metrics)))
    }

    pub fn start_towards(&mut self, cloud: &Arc<Cloud>, outlets: &[Arc<Outlet>]) -> Arc<FeedBoard> {
        self.start_feed(FeedKind::GraphAlerts, cloud, outlets)
    }

    /// One of several feeds of a tenant.
    pub fn start_feed(&mut self, kind: FeedKind, cloud: &Arc<Cloud>, outlets: &[Arc<Outlet>]) -> Arc<FeedBoard> {
        let name = cloud.tenant.as_str();
        let tenant = Tenant { name: name.into(), id: name.into(), customer: name.to_owned(), labels: [].into() };
        let (tenant, freed) = (Arc::new(tenant), Arc::new(Notify::new()));
        let board = Arc::new(FeedBoard::new(Arc::clone(&tenant), kind, Arc::clone(&self.ports.metrics)));
        let mut turns = std::mem::take(&mut self.turns);
        let towards = |outlet: &Arc<Outlet>| RouteParts {
            key: RouteKey { tenant: tenant.id.clone(), feed: kind, sink: Some(outlet.name.clone()) },
            tenant: Arc::clone(&tenant),
            outlet: Arc::clone(outlet),
            encoder: self.encoder,
            oversize: Oversize::Shorten,
            revisions: self.revisions,
            filter: self.filter.clone().into(),
            grain: self.grain,
            turn: Arc::clone(turns.entry((tenant.id.clone(), outlet.name.clone())).or_default()),
            retry: Retry { first: 5 * SECOND, most: 60 * SECOND },
            freed: Arc::clone(&freed),
        };
        let routes = outlets.iter().map(towards).collect();
        self.turns = turns;
        let source = Box::new(Line { cloud: Arc::clone(cloud), kind });
        let (plan, ports) = (self.plan, self.ports.clone());
        let whole = Feed { tenant, source, plan, board: Arc::clone(&board), freed, lane: Arc::default(), ports };
        self.running.spawn(supervise(Arc::new(whole), routes));
        board
    }

    pub fn total(&self, outcome: Outcome) -> u64 {
        self.ports.metrics.total(outcome)
    }
}

/// Lives in a runtime of its own, with paused time; when it ends, so does everything that was under way, as in a crash.
pub fn life<T>(story: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(story)
}
