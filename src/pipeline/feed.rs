//! The life of one feed: waits until a route is due, runs passes, notes how they ended.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::{Duration, Instant, sleep_until};

use super::Ports;
use super::board::FeedBoard;
use super::errand::Errand;
use super::lane::Lane;
use super::pass::{End, Pass};
use super::route::{Route, RouteParts};
use super::schedule::Plan;
use crate::crash;
use crate::ledger::{LedgerError, Step};
use crate::retry::Pauses;
use crate::source::{FetchError, Source, Window};
use crate::telemetry::events;
use crate::tenant::Tenant;

/// A ledger that cannot be read is looked at again this often.
const LEDGER_PAUSE: Duration = Duration::from_secs(5);

/// A sweep is cut into at most so many parts.
const MOST_PARTS: u32 = 32;

/// One feed of one tenant with all that it needs.
pub struct Feed {
    pub tenant: Arc<Tenant>,
    pub source: Box<dyn Source>,
    pub plan: Plan,
    pub board: Arc<FeedBoard>,
    /// Told by routes that finished after the pass had gone on.
    pub freed: Arc<Notify>,
    /// Tells errands when to wait.
    pub lane: Arc<Lane>,
    pub ports: Ports,
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Feed").field("tenant", &self.tenant.name).field("kind", &self.source.kind()).finish_non_exhaustive()
    }
}

/// What lies between two passes.
struct Rest {
    pauses: Pauses,
    /// The feed is left in peace until then.
    not_before: Instant,
    sweep: SweepState,
    /// A sweep never looks further back than the first pass would have.
    floor: Timestamp,
    /// Those that lag had to wait for a pass of the others: it is their turn.
    lagging_next: bool,
    paused: Option<Paused>,
}

/// A pass that catches up and gave way. It goes on where it was: starting over, it could spend each turn on the overlap.
struct Paused {
    routes: Vec<Arc<Route>>,
    rest: Window,
}

/// How far the present sweep has come.
struct SweepState {
    due: Option<Instant>,
    resume: Option<Timestamp>,
    /// A feed that shows its newest rows first, or has several places, is nowhere complete before the end: the sweep reads in
    /// parts that can be read to their ends between two passes.
    parts: u32,
}

impl Feed {
    /// Makes the routes, each from where the ledger says it is, due at a random moment within the spread.
    ///
    /// A new route's start is recorded before anything else: were it found anew after a restart, what came between the two
    /// starts and could not be delivered in time would be passed over.
    ///
    /// # Errors
    /// When the ledger cannot be used.
    pub async fn routes(&self, all: Vec<RouteParts>) -> Result<Vec<Arc<Route>>, LedgerError> {
        let cursors = self.ports.ledger.cursors(&self.tenant.id, self.source.kind()).await?;
        let due = Instant::now() + self.plan.spread().mul_f64(fastrand::f64());
        let mut routes = Vec::with_capacity(all.len());
        for parts in all {
            let known = cursors.iter().find(|(sink, _)| Some(sink) == parts.key.sink.as_ref()).map(|(_, cursor)| *cursor);
            let cursor = known.unwrap_or_else(|| self.plan.start(self.source.now()));
            if known.is_none() {
                let step = Step { cursor: Some(cursor), ..Step::of(parts.key.clone()) };
                self.ports.ledger.record(step).await?;
                crash::point("feed.start-recorded");
            }
            routes.push(Arc::new(Route::new(parts, cursor, due)));
        }
        Ok(routes)
    }

    /// Runs passes until the program stops.
    pub async fn run(&self, routes: &[Arc<Route>]) {
        self.board.progressed(routes, self.source.now());
        let every = self.plan.sweep.every;
        let sweep = SweepState { due: (!every.is_zero()).then(|| Instant::now() + jittered(every)), resume: None, parts: 1 };
        let floor = self.plan.start(self.source.now());
        let pauses = Pauses::new(self.plan.retry);
        let not_before = Instant::now();
        let mut rest = Rest { pauses, not_before, sweep, floor, lagging_next: false, paused: None };
        loop {
            let due = routes.iter().filter_map(|route| route.due()).chain(rest.sweep.due).min();
            let wake = due.map(|due| due.max(rest.not_before));
            tokio::select! {
                biased;
                () = self.ports.stopping.cancelled() => return,
                () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {}
                () = self.freed.notified() => continue,
            }
            let taken = self.lane.take();
            self.look(routes, &mut rest).await;
            drop(taken);
            self.board.progressed(routes, self.source.now());
        }
    }

    /// One pass, for whoever is due: those that are up to date and those that lag behind in turns, else a sweep.
    async fn look(&self, routes: &[Arc<Route>], rest: &mut Rest) {
        let now = Instant::now();
        let newest = routes.iter().map(|route| route.cursor()).max().unwrap_or_default();
        let (lagging, current): (Vec<_>, Vec<_>) =
            routes.iter().cloned().partition(|route| self.plan.lags(route.cursor(), newest));
        let is_due = |route: &Arc<Route>| route.due().is_some_and(|due| due <= now);
        let lagging_due: Vec<_> = lagging.into_iter().filter(is_due).collect();
        let (current_due, current_waiting): (Vec<_>, Vec<_>) = current.iter().cloned().partition(is_due);
        if !lagging_due.is_empty() && (rest.lagging_next || current_due.is_empty()) {
            rest.lagging_next = false;
            let (admitted, _) = admit(lagging_due);
            if !admitted.is_empty() {
                self.catch_up(admitted, current, rest).await;
            }
        } else if !current_due.is_empty() {
            rest.lagging_next = !lagging_due.is_empty();
            let (admitted, shut_out) = admit(current_due);
            self.pass(admitted, [current_waiting, shut_out].concat(), None, rest).await;
        } else if rest.sweep.due.is_some_and(|due| due <= now) {
            self.sweep(current, routes, rest).await;
        }
    }

    /// A pass for those that lag; it gives way to the others and goes on later.
    async fn catch_up(&self, lagging: Vec<Arc<Route>>, others: Vec<Arc<Route>>, rest: &mut Rest) {
        let was_there = |paused: &Paused| lagging.iter().all(|route| paused.routes.iter().any(|other| Arc::ptr_eq(route, other)));
        let remaining = rest.paused.take().filter(was_there).map(|paused| paused.rest);
        rest.paused = self.pass(lagging, others, remaining, rest).await;
    }

    /// A pass that moves cursors, through what remains of a window or through one of its own. Answers what it left when it
    /// gave way.
    async fn pass(
        &self,
        routes: Vec<Arc<Route>>,
        others: Vec<Arc<Route>>,
        remaining: Option<Window>,
        rest: &mut Rest,
    ) -> Option<Paused> {
        let started = Instant::now();
        let oldest = routes.iter().map(|route| route.cursor()).min()?;
        let window = remaining.unwrap_or_else(|| self.plan.window(oldest, self.source.now()));
        let report = self.reading(routes, window, others.clone()).run(&self.ports).await;
        crash::point("feed.passed");
        self.board.met(&report.met);
        if report.complete_to > Some(oldest) {
            rest.pauses.reset(); // it came further than last time
        }
        match report.end {
            End::Complete => {
                rest.pauses.reset();
                self.board.succeeded();
                events::pass_complete(&self.tenant.name, self.source.kind(), report.read, started.elapsed());
                self.put_off(&report.stayed, &others, started);
            }
            // What was not read is read at once, after the others; a route that left has its own pause.
            End::Yielded => {
                self.board.answered();
                let rest = Window { from: report.complete_to.unwrap_or(window.from), to: window.to };
                return Some(Paused { routes: report.stayed, rest });
            }
            End::NobodyLeft => self.board.answered(),
            End::Stopped => {}
            End::Failed(error) => self.failed(error, rest),
            End::LedgerFailed(error) => self.ledger_failed(&error, rest),
        }
        None
    }

    /// Routes that stayed to the end of a pass are due again after the interval, or with others that are due before, so that
    /// one pass serves them all. One that left has its own time.
    fn put_off(&self, stayed: &[Arc<Route>], others: &[Arc<Route>], started: Instant) {
        let now = Instant::now();
        let company = others.iter().filter(|route| !route.failing()).filter_map(|route| route.due()).filter(|due| *due > now);
        let due = company.chain([started + self.plan.interval]).min().unwrap_or(now);
        for route in stayed {
            route.set_due(due);
        }
    }

    /// A look at the recent past for what arrived late, for the routes that are up to date and well; it gives way to everything.
    async fn sweep(&self, current: Vec<Arc<Route>>, all: &[Arc<Route>], rest: &mut Rest) {
        let free: Vec<Arc<Route>> = current.into_iter().filter(|route| !route.failing() && route.due().is_some()).collect();
        let every = self.plan.sweep.every;
        let Some(oldest) = free.iter().map(|route| route.cursor()).min() else {
            rest.sweep.due = Some(Instant::now() + self.plan.interval);
            return;
        };
        let mut window = self.plan.swept(oldest, self.source.now());
        window.from = rest.sweep.resume.unwrap_or(window.from).max(window.from).max(rest.floor);
        let (whole, parts) = (window, rest.sweep.parts);
        let window = self.plan.part(whole, parts);
        let pass = Pass { errand: Errand::Sweep, insists: parts >= MOST_PARTS, ..self.reading(free, window, all.to_vec()) };
        crash::point("feed.sweeping");
        let report = pass.run(&self.ports).await;
        crash::point("feed.swept");
        self.board.met(&report.met);
        match report.end {
            End::Yielded if report.complete_to > Some(window.from) => rest.sweep.resume = report.complete_to,
            End::Yielded => {
                rest.sweep.resume = Some(window.from);
                rest.sweep.parts = parts.saturating_mul(2).min(MOST_PARTS);
            }
            End::Complete if window.to < whole.to => rest.sweep.resume = Some(window.to),
            End::Failed(error) => self.failed(error, rest),
            End::LedgerFailed(error) => self.ledger_failed(&error, rest),
            End::Complete | End::NobodyLeft | End::Stopped => {
                let parts = (parts / 2).max(1);
                rest.sweep = SweepState { due: Some(Instant::now() + jittered(every)), resume: None, parts };
            }
        }
    }

    fn reading(&self, routes: Vec<Arc<Route>>, window: Window, others: Vec<Arc<Route>>) -> Pass<'_> {
        let (source, tenant) = (&*self.source, &self.tenant);
        Pass { source, tenant, routes, window, errand: Errand::Watch, insists: true, others }
    }

    fn failed(&self, error: FetchError, rest: &mut Rest) {
        let pause = jittered(self.plan.pause(error.trouble, &mut rest.pauses));
        rest.not_before = Instant::now() + pause;
        self.board.failed(error, pause);
    }

    fn ledger_failed(&self, error: &LedgerError, rest: &mut Rest) {
        rest.not_before = Instant::now() + LEDGER_PAUSE;
        self.ports.note_ledger(Some(error));
        events::ledger_failed(&self.tenant.name, self.source.kind(), &error.message, error.advice.as_deref());
    }
}

/// Tells the routes for whose sinks a page is worth reading from those that have to wait. To be asked only about routes that are
/// served at once: while a sink is down, it lets one of them through at a time, and that turn must not be spent on a pass of others.
fn admit(due: Vec<Arc<Route>>) -> (Vec<Arc<Route>>, Vec<Arc<Route>>) {
    let (admitted, shut_out): (Vec<_>, Vec<_>) = due.into_iter().partition(|route| route.outlet.admits());
    for route in &shut_out {
        route.back_off();
    }
    (admitted, shut_out)
}

/// Up to a tenth longer, so that tenants do not march in step; never shorter than a server asked for.
fn jittered(duration: Duration) -> Duration {
    duration.mul_f64(1.0 + 0.1 * fastrand::f64())
}
