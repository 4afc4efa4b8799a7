//! The life of one feed: waits until a route is due, runs passes, notes how they ended.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::{Duration, Instant, sleep_until};

use super::Ports;
use super::board::FeedBoard;
use super::pass::{End, Pass, Report};
use super::route::{Route, RouteParts};
use super::schedule::Plan;
use crate::ledger::{LedgerError, Step};
use crate::retry::Pauses;
use crate::source::{FetchError, Source, Window};
use crate::telemetry::events;
use crate::tenant::Tenant;

/// A ledger that cannot be read is looked at again this often.
const LEDGER_PAUSE: Duration = Duration::from_secs(5);

/// One feed of one tenant with all that it needs.
pub struct Feed {
    pub tenant: Arc<Tenant>,
    pub source: Box<dyn Source>,
    pub plan: Plan,
    pub board: Arc<FeedBoard>,
    /// Told by routes that finished after the pass had gone on.
    pub freed: Arc<Notify>,
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
}

/// How far the present sweep has come.
struct SweepState {
    due: Option<Instant>,
    resume: Option<Timestamp>,
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
                let step = Step { route: parts.key.clone(), seen: Vec::new(), dead: Vec::new(), cursor: Some(cursor) };
                self.ports.ledger.record(step).await?;
            }
            routes.push(Arc::new(Route::new(parts, cursor, due)));
        }
        Ok(routes)
    }

    /// Runs passes until the program stops.
    pub async fn run(&self, routes: &[Arc<Route>]) {
        self.board.progressed(routes);
        let every = self.plan.sweep.every;
        let sweep = SweepState { due: (!every.is_zero()).then(|| Instant::now() + jittered(every)), resume: None };
        let floor = self.plan.start(self.source.now());
        let mut rest = Rest { pauses: Pauses::new(self.plan.retry), not_before: Instant::now(), sweep, floor };
        loop {
            let due = routes.iter().filter_map(|route| route.due()).chain(rest.sweep.due).min();
            let wake = due.map(|due| due.max(rest.not_before));
            tokio::select! {
                biased;
                () = self.ports.stopping.cancelled() => return,
                () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {}
                () = self.freed.notified() => continue,
            }
            self.look(routes, &mut rest).await;
            self.board.progressed(routes);
        }
    }

    /// One pass, for whoever is due: first those that are up to date, then those that lag behind, then a sweep.
    async fn look(&self, routes: &[Arc<Route>], rest: &mut Rest) {
        let now = Instant::now();
        let newest = routes.iter().map(|route| route.cursor()).max().unwrap_or_default();
        let (due, waiting): (Vec<_>, Vec<_>) =
            routes.iter().cloned().partition(|route| route.due().is_some_and(|due| due <= now));
        let (due, shut_out): (Vec<_>, Vec<_>) = due.into_iter().partition(|route| route.outlet.admits());
        for route in shut_out {
            route.back_off();
        }
        let (lagging, current): (Vec<_>, Vec<_>) = due.into_iter().partition(|route| self.plan.lags(route.cursor(), newest));
        let others_due = waiting.iter().filter_map(|route| route.due()).min();
        if !current.is_empty() {
            self.pass(current, others_due, rest).await;
        } else if !lagging.is_empty() {
            self.pass(lagging, others_due, rest).await;
        } else if rest.sweep.due.is_some_and(|due| due <= now) {
            self.sweep(routes, others_due, rest).await;
        }
    }

    /// A pass that moves cursors.
    async fn pass(&self, routes: Vec<Arc<Route>>, others_due: Option<Instant>, rest: &mut Rest) {
        let started = Instant::now();
        let Some(oldest) = routes.iter().map(|route| route.cursor()).min() else { return };
        let window = self.plan.window(oldest, self.source.now());
        let report = self.read(routes.clone(), window, true, others_due).await;
        match report.end {
            End::Complete => {
                rest.pauses.reset();
                self.board.succeeded();
                events::pass_complete(&self.tenant.name, self.source.kind(), report.read, started.elapsed());
                put_off(&routes, started + self.plan.interval);
            }
            // What was not read is read at once, after the others; a route that left has its own pause.
            End::Yielded | End::Stopped | End::NobodyLeft => {}
            End::Failed(error) => {
                if report.read > 0 {
                    rest.pauses.reset(); // it came further than last time
                }
                self.failed(error, rest);
            }
            End::LedgerFailed(error) => self.ledger_failed(&error, rest),
        }
    }

    /// A look at the recent past for what arrived late; it gives way to everything else.
    async fn sweep(&self, routes: &[Arc<Route>], others_due: Option<Instant>, rest: &mut Rest) {
        let free: Vec<Arc<Route>> = routes.iter().filter(|route| route.due().is_some()).cloned().collect();
        let (Some(oldest), every) = (free.iter().map(|route| route.cursor()).min(), self.plan.sweep.every) else { return };
        let mut window = self.plan.swept(oldest, self.source.now());
        window.from = rest.sweep.resume.unwrap_or(window.from).max(window.from).max(rest.floor);
        let due_before: Vec<_> = free.iter().map(|route| (Arc::clone(route), route.due())).collect();
        let report = self.read(free, window, false, others_due).await;
        for (route, due) in due_before {
            // Being served by a sweep does not put a route's own turn forward.
            if let (Some(due), Some(_)) = (due, route.due()) {
                route.set_due(due);
            }
        }
        match report.end {
            End::Yielded => rest.sweep.resume = report.complete_to,
            End::Failed(error) => self.failed(error, rest),
            End::LedgerFailed(error) => self.ledger_failed(&error, rest),
            End::Complete | End::NobodyLeft | End::Stopped => {
                rest.sweep = SweepState { due: Some(Instant::now() + jittered(every)), resume: None };
            }
        }
    }

    async fn read(&self, routes: Vec<Arc<Route>>, window: Window, moves_cursor: bool, others_due: Option<Instant>) -> Report {
        let pass = Pass { source: &*self.source, tenant: &self.tenant, routes, window, moves_cursor, others_due };
        pass.run(&self.ports).await
    }

    fn failed(&self, error: FetchError, rest: &mut Rest) {
        let pause = jittered(self.plan.pause(error.trouble, &mut rest.pauses));
        rest.not_before = Instant::now() + pause;
        self.board.failed(error, pause);
    }

    fn ledger_failed(&self, error: &LedgerError, rest: &mut Rest) {
        rest.not_before = Instant::now() + LEDGER_PAUSE;
        events::ledger_failed(&self.tenant.name, self.source.kind(), &error.message, error.advice.as_deref());
    }
}

/// Routes that stayed to the end of the pass are due again at `due`; one that left has its own time.
fn put_off(routes: &[Arc<Route>], due: Instant) {
    for route in routes {
        if route.due().is_some_and(|own| own <= Instant::now()) {
            route.set_due(due);
        }
    }
}

/// Up to a tenth longer, so that tenants do not march in step; never shorter than a server asked for.
fn jittered(duration: Duration) -> Duration {
    duration.mul_f64(1.0 + 0.1 * fastrand::f64())
}
