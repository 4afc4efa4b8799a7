//! One look at a feed: the story of the program.
//!
//! A pass opens a window, and for each page of it: sets aside what no route could take, hands the page to every route of the
//! pass side by side, and asks for the next page when they are done. A route whose sink fails leaves the pass; the others go
//! on. A route that is much slower than the others finishes its page in the background ("straggles") and comes back later. One
//! whose sink has as many pages in hand as [memory](super::hold) has room for leaves too.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use jiff::Timestamp;
use tokio::task::JoinHandle;
use tokio::time::{Duration, Instant, sleep_until};

use super::Ports;
use super::aside::{self, Sorted};
use super::errand::Errand;
use super::hold::Held;
use super::route::{Route, Settled};
use super::serve::{Handout, serve};
use super::undelivered::Undelivered;
use crate::alarm::rhythm::Rhythm;
use crate::ledger::LedgerError;
use crate::source::{FetchError, Page, Source, Window};
use crate::telemetry::events;
use crate::tenant::Tenant;
use crate::{clock, crash};

/// How much longer than the quickest route that delivered the others may take before the pass goes on without them.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long a page may take when no route is quick.
const LIMIT: Duration = Duration::from_secs(30);

/// One look at a feed, on behalf of some of its routes.
#[expect(missing_debug_implementations, reason = "a pass lives on the stack of its feed, which is printable")]
pub struct Pass<'a> {
    pub source: &'a dyn Source,
    pub tenant: &'a Arc<Tenant>,
    pub routes: Vec<Arc<Route>>,
    pub window: Window,
    pub errand: Errand,
    /// It gives way only once it has come further than where it began.
    pub insists: bool,
    /// Routes that are not part of this pass: when one of them is due, the pass ends after the page in hand.
    pub others: Vec<Arc<Route>>,
}

/// How a pass ended.
#[derive(Debug)]
pub enum End {
    /// The window was read to its end.
    Complete,
    /// Others want their turn; the rest of the window is left.
    Yielded,
    /// The program stops.
    Stopped,
    /// Every route has left.
    NobodyLeft,
    /// The feed could not be read.
    Failed(FetchError),
    /// The ledger could not be used.
    LedgerFailed(LedgerError),
}

/// What a pass did.
#[derive(Debug)]
pub struct Report {
    /// Alerts read, each revision once.
    pub read: u64,
    /// When what was read was created.
    pub met: Rhythm,
    /// Everything up to here was read.
    pub complete_to: Option<Timestamp>,
    /// The routes that delivered every page in time.
    pub stayed: Vec<Arc<Route>>,
    pub end: End,
}

impl Pass<'_> {
    /// Runs the pass to its end.
    pub async fn run(mut self, ports: &Ports) -> Report {
        let mut report = Report { read: 0, met: Rhythm::default(), complete_to: None, stayed: Vec::new(), end: End::Complete };
        report.end = self.pages(ports, &mut report).await;
        report.stayed = self.routes;
        report
    }

    /// Arrivals are dated by the vendor: what is read late did not come now.
    fn note_arrivals(&self, page: &Page, met: &mut Rhythm) {
        met.read_from(self.window.from);
        for header in page.records().iter().filter_map(|record| record.header.as_ref().ok()) {
            if let Some(at) = header.created.or(header.updated) {
                met.met(at, self.window.to);
            }
        }
    }

    async fn pages(&mut self, ports: &Ports, report: &mut Report) -> End {
        let mut pages = self.source.open(self.window);
        crash::point("pass.opened");
        let mut size_before = None;
        loop {
            let next = async {
                // Room is given back between pages, so that a long backlog lets the others' pages pass.
                let held = match size_before {
                    Some(size) => Some(self.wait_for_room(size).await),
                    None => None,
                };
                let page = if self.routes.is_empty() { Ok(None) } else { pages.next().await };
                (held, page)
            };
            let (held, page) = tokio::select! {
                biased;
                () = ports.stopping.cancelled() => return End::Stopped,
                next = next => next,
            };
            if self.routes.is_empty() {
                return End::NobodyLeft;
            }
            let page = match page {
                Err(error) => return End::Failed(error),
                Ok(None) => return End::Complete,
                Ok(Some(page)) => page,
            };
            crash::point("pass.page-read");
            let size = page.size();
            size_before = Some(size);
            let held = self.fit(held, size);
            if self.routes.is_empty() {
                return End::NobodyLeft;
            }
            let (read, complete_to) = (page.records().len() as u64, page.complete_to);
            report.read += read;
            self.note_arrivals(&page, &mut report.met);
            ports.metrics.read(&self.tenant.name, self.source.kind(), read);
            if let Err(error) = self.hand_out(page, held, ports).await {
                return End::LedgerFailed(error);
            }
            crash::point("pass.handed-out");
            report.complete_to = report.complete_to.max(complete_to);
            if self.routes.is_empty() {
                return End::NobodyLeft;
            }
            if self.gives_way(report.complete_to) {
                return End::Yielded;
            }
        }
    }

    /// A pass that gave way before it came any further would start over for ever; a sweep can wait, and be cut into smaller parts.
    fn gives_way(&self, complete_to: Option<Timestamp>) -> bool {
        let came_further = complete_to.is_some_and(|to| to > self.window.from);
        (came_further || !self.insists) && self.others_due().is_some_and(|due| due <= Instant::now())
    }

    fn others_due(&self) -> Option<Instant> {
        self.others.iter().filter_map(|route| route.due()).min()
    }

    /// Waits for room for a further page at the sink of every route; those that do not get it in time leave. Answers the
    /// room of those that stay, in their order.
    async fn wait_for_room(&mut self, size: usize) -> Vec<Held> {
        let routes = std::mem::take(&mut self.routes);
        let wait = |route: &Arc<Route>| {
            let route = Arc::clone(route);
            async move { (route.outlet.hold.further(size).await, route) }
        };
        let mut waiting: FuturesUnordered<_> = routes.iter().map(wait).collect();
        let mut patience = self.patience();
        let mut all = Vec::with_capacity(routes.len());
        loop {
            tokio::select! {
                biased;
                next = waiting.next() => match next {
                    None => break,
                    Some((held, route)) => {
                        patience = patience.min(Instant::now() + PATIENCE);
                        self.routes.push(route);
                        all.push(held);
                    }
                },
                () = sleep_until(patience) => {
                    if self.routes.is_empty() && self.others_due().is_none_or(|due| due > Instant::now()) {
                        patience = self.patience(); // nobody is held up, and starting over would not be quicker
                        continue;
                    }
                    break;
                }
            }
        }
        for route in routes.iter().filter(|route| !self.routes.iter().any(|stays| Arc::ptr_eq(route, stays))) {
            route.back_off();
        }
        all
    }

    /// Sees to it that the page that was read has room at the sink of every route; where it has none, the route leaves and has it read
    /// again later. `held` is what was waited for before it was read.
    fn fit(&mut self, held: Option<Vec<Held>>, size: usize) -> Vec<Held> {
        let mut held = held.map(Vec::into_iter);
        let mut all = Vec::with_capacity(self.routes.len());
        self.routes.retain(|route| {
            let room = match &mut held {
                None => route.outlet.hold.first(size),
                Some(held) => held.next().and_then(|mut held| held.grow_to(size).then_some(held)),
            };
            let fits = room.is_some();
            all.extend(room);
            if !fits {
                route.back_off();
            }
            fits
        });
        all
    }

    /// Until when those that are quick wait for the others.
    fn patience(&self) -> Instant {
        let now = Instant::now();
        now + self.others_due().map_or(LIMIT, |due| due.saturating_duration_since(now).max(PATIENCE)).min(LIMIT)
    }

    /// Brings a page to every route of the pass; only those that delivered it in time stay.
    async fn hand_out(&mut self, page: Page, held: Vec<Held>, ports: &Ports) -> Result<(), LedgerError> {
        let sorted: Sorted = aside::sort(page, self.tenant, self.source.kind(), ports).await?;
        crash::point("pass.sorted");
        let (read, errand) = (self.source.reader(), self.errand.clone());
        let handout = Arc::new(Handout { sorted, read, collected: clock::now(), errand });
        let routes = std::mem::take(&mut self.routes);
        let mut under_way: FuturesUnordered<_> = routes
            .iter()
            .cloned()
            .zip(held)
            .map(|(route, held)| {
                let served = spawn(Arc::clone(&route), (Arc::clone(&handout), held), ports);
                served.map(move |delivered| delivered.unwrap_or(false).then_some(route))
            })
            .collect();
        let mut patience = self.patience();
        loop {
            tokio::select! {
                biased; // who is done by the time the others run out of patience is in time
                served = under_way.next() => match served {
                    None => return Ok(()),
                    Some(stays) => {
                        if stays.is_some() {
                            patience = patience.min(Instant::now() + PATIENCE);
                        }
                        self.routes.extend(stays);
                    }
                },
                () = ports.stopping.cancelled() => return Ok(()),
                () = sleep_until(patience) => {
                    for route in routes.iter().filter(|route| route.due().is_none()) {
                        events::straggling(&self.tenant.name, self.source.kind(), &route.outlet.name);
                    }
                    return Ok(());
                }
            }
        }
    }
}

/// Serves a route in a task of its own, which goes on although the pass may not wait for it. Answers whether it delivered.
fn spawn(route: Arc<Route>, (handout, held): (Arc<Handout>, Held), ports: &Ports) -> JoinHandle<bool> {
    route.start();
    let task_ports = ports.clone();
    ports.tasks.spawn(async move {
        let of_a_sweep = !handout.errand.moves_cursor();
        let served = std::panic::AssertUnwindSafe(serve(&route, &handout, &task_ports)).catch_unwind().await;
        drop((handout, held));
        let served = served.unwrap_or_else(|panic| Err(Undelivered::panicked(&route, &panic_message(&*panic))));
        let settled = route.settle(served.is_ok(), of_a_sweep);
        if let (Err(error), Settled::Failed(pause)) = (&served, settled) {
            let (tenant, sink) = (&route.tenant.name, &route.outlet.name);
            route.complain(&error.message, error.advice.as_deref());
            events::delivery_failed(tenant, route.key.feed, sink, &error.message, error.advice.as_deref(), pause);
        }
        served.is_ok()
    })
}

/// The words of a panic.
pub(crate) fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}
