//! A feed on its way to a sink: what it wants, how far it has come, and when it is due.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio::time::{Duration, Instant};

use super::filter::Filters;
use super::outlet::Outlet;
use crate::format::Encoder;
use crate::format::shorten::Oversize;
use crate::ledger::RouteKey;
use crate::retry::{Pauses, Retry};
use crate::sink::Revisions;
use crate::tenant::Tenant;

/// What a route is made of.
#[derive(Debug)]
pub struct Route {
    pub key: RouteKey,
    pub tenant: Arc<Tenant>,
    pub outlet: Arc<Outlet>,
    pub encoder: Encoder,
    pub oversize: Oversize,
    pub revisions: Revisions,
    pub filter: Filters,
    /// Feeds of this tenant write the time of one and the same revision this differently.
    pub grain: SignedDuration,
    /// One alert through two feeds must be looked up, delivered and recorded by one before the other looks: all feeds of a
    /// tenant that lead to the same sink share this.
    pub turn: Arc<tokio::sync::Mutex<()>>,
    progress: Mutex<Progress>,
    /// Tells the feed that this route is free again.
    freed: Arc<Notify>,
}

#[derive(Debug)]
struct Progress {
    /// Complete up to here. It may run ahead of the ledger's while passes bring nothing.
    cursor: Timestamp,
    recorded: Instant,
    due: Instant,
    /// A page is under way.
    busy: bool,
    /// The last page did not get through, or not wholly.
    failing: bool,
    pauses: Pauses,
    /// When the route was made, and when it last came further.
    made: Instant,
    moved: Instant,
    /// Since when pages have failed without one getting through, and what was last said about it.
    failing_since: Option<Instant>,
    complaint: Option<Complaint>,
}

/// Why a page did not get through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    pub message: String,
    pub advice: Option<String>,
}

/// How a route gets on, by a clock that never jumps.
#[derive(Debug, Clone)]
pub struct Headway {
    pub age: Duration,
    /// For how long it has not come any further.
    pub unmoved: Duration,
    /// For how long no page has got through, and why; `None` while they do.
    pub failing: Option<(Duration, Option<Complaint>)>,
}

/// What became of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Delivered and recorded.
    Done,
    /// Not, or not wholly; the route waits this long.
    Failed(Duration),
}

/// Everything that a new route is given.
#[derive(Debug, Clone)]
pub struct RouteParts {
    pub key: RouteKey,
    pub tenant: Arc<Tenant>,
    pub outlet: Arc<Outlet>,
    pub encoder: Encoder,
    pub oversize: Oversize,
    pub revisions: Revisions,
    pub filter: Filters,
    pub grain: SignedDuration,
    pub turn: Arc<tokio::sync::Mutex<()>>,
    pub retry: Retry,
    pub freed: Arc<Notify>,
}

impl Route {
    /// A route that is complete up to `cursor` and due at `due`.
    #[must_use]
    pub fn new(parts: RouteParts, cursor: Timestamp, due: Instant) -> Self {
        let RouteParts { key, tenant, outlet, encoder, oversize, revisions, filter, grain, turn, retry, freed } = parts;
        let now = Instant::now();
        let progress = Progress {
            cursor,
            recorded: now,
            due,
            busy: false,
            failing: false,
            pauses: Pauses::new(retry),
            made: now,
            moved: now,
            failing_since: None,
            complaint: None,
        };
        Self { key, tenant, outlet, encoder, oversize, revisions, filter, grain, turn, progress: Mutex::new(progress), freed }
    }

    fn progress<T>(&self, change: impl FnOnce(&mut Progress) -> T) -> T {
        change(&mut self.progress.lock().unwrap_or_else(PoisonError::into_inner))
    }

    #[must_use]
    pub fn cursor(&self) -> Timestamp {
        self.progress(|progress| progress.cursor)
    }

    /// When it wants to be served; `None` while a page is under way.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        self.progress(|progress| (!progress.busy).then_some(progress.due))
    }

    /// Whether it waits because its sink failed.
    #[must_use]
    pub fn failing(&self) -> bool {
        self.progress(|progress| progress.failing)
    }

    /// Puts the next service off until `due`.
    pub fn set_due(&self, due: Instant) {
        self.progress(|progress| progress.due = due);
    }

    /// A page is on its way.
    pub fn start(&self) {
        self.progress(|progress| progress.busy = true);
    }

    /// The page has ended. A route that finished after the others had gone on is due at once: it has something to catch up with.
    /// A page of a sweep leaves the route's own turn where it was.
    pub fn settle(&self, delivered: bool, of_a_sweep: bool) -> Settled {
        let settled = self.progress(|progress| {
            progress.busy = false;
            progress.failing = !delivered;
            if delivered {
                (progress.failing_since, progress.complaint) = (None, None);
                progress.pauses.reset();
                if !of_a_sweep {
                    progress.due = Instant::now();
                }
                return Settled::Done;
            }
            progress.failing_since.get_or_insert_with(Instant::now);
            let pause = progress.pauses.next_pause();
            progress.due = Instant::now() + pause;
            Settled::Failed(pause)
        });
        self.freed.notify_one();
        settled
    }

    /// The sink is known to be down: the route waits as after a failed delivery.
    pub fn back_off(&self) {
        self.progress(|progress| {
            progress.failing = true;
            progress.due = Instant::now() + progress.pauses.next_pause();
        });
    }

    /// Everything up to `cursor` has been delivered. A cursor never goes back.
    pub fn advance(&self, cursor: Timestamp, recorded: bool) {
        self.progress(|progress| {
            if cursor > progress.cursor {
                (progress.cursor, progress.moved) = (cursor, Instant::now());
            }
            if recorded {
                progress.recorded = Instant::now();
            }
        });
    }

    /// Notes why its page did not get through.
    pub fn complain(&self, message: &str, advice: Option<&str>) {
        let complaint = Complaint { message: message.to_owned(), advice: advice.map(ToOwned::to_owned) };
        self.progress(|progress| progress.complaint = Some(complaint));
    }

    #[must_use]
    pub fn headway(&self) -> Headway {
        self.progress(|progress| Headway {
            age: progress.made.elapsed(),
            unmoved: progress.moved.elapsed(),
            failing: progress.failing_since.map(|since| (since.elapsed(), progress.complaint.clone())),
        })
    }

    /// How long the ledger's cursor has not been written.
    #[must_use]
    pub fn unrecorded_for(&self) -> Duration {
        self.progress(|progress| progress.recorded.elapsed())
    }
}
