//! How a feed is doing, as the loop that does the work reports it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::route::Route;
use super::state::FeedState;
use crate::alarm::rhythm::Rhythm;
use crate::clock;
use crate::source::{FeedKind, FetchError, Trouble};
use crate::telemetry::{Metrics, events};
use crate::tenant::Tenant;

/// The public face of one feed of one tenant.
#[derive(Debug)]
pub struct FeedBoard {
    pub tenant: Arc<Tenant>,
    pub feed: FeedKind,
    metrics: Arc<Metrics>,
    report: Mutex<FeedReport>,
    rhythm: Mutex<Rhythm>,
}

/// How a feed is doing.
#[derive(Debug, Clone)]
pub struct FeedReport {
    pub state: FeedState,
    /// When it came into this state.
    pub since: Timestamp,
    pub last_success: Option<Timestamp>,
    /// The newest moment up to which some route is complete.
    pub complete_to: Option<Timestamp>,
    /// The oldest cursor of its routes; `None` until they have been made.
    pub oldest: Option<Timestamp>,
    pub last_error: Option<FetchError>,
    /// Its ways to the sinks, with their own progress; none until they have been made.
    pub routes: Vec<Arc<Route>>,
    /// When the last window was read to its end.
    succeeded: Option<Instant>,
    /// The server's time at one moment of ours.
    server: Option<(Timestamp, Instant)>,
    /// It has had nothing for far longer than usual.
    silent: bool,
}

impl FeedBoard {
    #[must_use]
    pub fn new(tenant: Arc<Tenant>, feed: FeedKind, metrics: Arc<Metrics>) -> Self {
        let now = clock::now();
        metrics.state(&tenant.name, feed, FeedState::Ok.as_str(), &FeedState::WORDS);
        let report = FeedReport {
            state: FeedState::Ok,
            since: now,
            last_success: None,
            complete_to: None,
            oldest: None,
            last_error: None,
            routes: Vec::new(),
            succeeded: None,
            server: None,
            silent: false,
        };
        Self { tenant, feed, metrics, report: Mutex::new(report), rhythm: Mutex::default() }
    }

    #[must_use]
    pub fn report(&self) -> FeedReport {
        self.change(|report| report.clone())
    }

    /// How old the newest complete moment is; `None` before there is one.
    #[must_use]
    pub fn freshness(&self) -> Option<Duration> {
        let complete_to = self.change(|report| report.complete_to)?;
        Some(Duration::try_from(clock::now().duration_since(complete_to)).unwrap_or_default())
    }

    /// When alerts came, by the vendor's times.
    #[must_use]
    pub fn rhythm(&self) -> Rhythm {
        self.rhythm.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Alerts came, or what an earlier run knew of them has been found.
    pub fn met(&self, met: &Rhythm) {
        self.rhythm.lock().unwrap_or_else(PoisonError::into_inner).join(met);
    }

    /// Somebody has judged whether it has had nothing for far longer than usual.
    pub fn set_silent(&self, silent: bool) {
        let entered = self.change(|report| {
            report.silent = silent;
            let quiet = matches!(report.state, FeedState::Ok | FeedState::Silent);
            (quiet && report.enter(report.well())).then_some(report.state)
        });
        if let Some(state) = entered {
            self.publish(state);
        }
    }

    /// Routes have come further; by the server it is `server_now`.
    pub(super) fn progressed(&self, routes: &[Arc<Route>], server_now: Timestamp) {
        let cursors = || routes.iter().map(|route| route.cursor());
        self.change(|report| {
            (report.complete_to, report.oldest) = (cursors().max(), cursors().min());
            report.routes = routes.to_vec();
            report.server = Some((server_now, Instant::now()));
        });
    }

    /// A window was read to its end.
    pub(super) fn succeeded(&self) {
        self.change(|report| (report.last_success, report.succeeded) = (Some(clock::now()), Some(Instant::now())));
        self.recovered();
    }

    /// Pages came, though the window was left before its end, at which a stalled feed stalls.
    pub(super) fn answered(&self) {
        if self.change(|report| report.state != FeedState::Stalled) {
            self.recovered();
        }
    }

    fn recovered(&self) {
        let (recovered, state) = self.change(|report| {
            // What could not be reached stays worth a look although the window has moved on.
            report.last_error = report.last_error.take().filter(|error| error.trouble == Trouble::Stalled);
            (report.enter(report.well()), report.state)
        });
        if recovered {
            self.publish(state);
            events::feed_recovered(&self.tenant.name, self.feed);
        }
    }

    /// The feed could not be read.
    pub(super) fn failed(&self, error: FetchError, again_in: Duration) {
        let state = FeedState::from(error.trouble);
        if let Trouble::Throttled(_) = error.trouble {
            self.metrics.pace().throttled(&self.tenant.name, self.feed, again_in);
        }
        let (name, word) = (&self.tenant.name, state.as_str());
        let told =
            self.change(|report| report.state == state && report.last_error.as_ref().is_some_and(|before| alike(before, &error)));
        // The same trouble every few seconds, of a thousand tenants, would bury everything else.
        if told {
            events::feed_still_in_trouble(name, self.feed, word, &error, again_in);
        } else {
            events::feed_trouble(name, self.feed, word, &error, again_in);
        }
        self.change(|report| {
            report.last_error = Some(error);
            report.enter(state)
        });
        self.publish(state);
    }

    fn publish(&self, state: FeedState) {
        self.metrics.state(&self.tenant.name, self.feed, state.as_str(), &FeedState::WORDS);
    }

    fn change<T>(&self, change: impl FnOnce(&mut FeedReport) -> T) -> T {
        change(&mut self.report.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether two errors say the same; servers' words end in numbers of requests and moments.
fn alike(one: &FetchError, other: &FetchError) -> bool {
    let words = |error: &FetchError| error.message.split(|c: char| c.is_ascii_digit()).next().map(ToOwned::to_owned);
    one.advice == other.advice && words(one) == words(other)
}

impl FeedReport {
    /// For how long neither a route has come further nor a window was read to its end; `None` before there are routes.
    #[must_use]
    pub fn unmoved(&self) -> Option<Duration> {
        let moved = self.routes.iter().map(|route| route.headway().unmoved);
        moved.min().map(|moved| self.succeeded.map_or(moved, |succeeded| moved.min(succeeded.elapsed())))
    }

    /// The server's present, by a clock of ours that never jumps.
    #[must_use]
    pub fn server_now(&self) -> Option<Timestamp> {
        let (server, at) = self.server?;
        server.checked_add(SignedDuration::try_from(at.elapsed()).unwrap_or(SignedDuration::MAX)).ok()
    }

    /// Its state while nothing is wrong.
    fn well(&self) -> FeedState {
        if self.silent { FeedState::Silent } else { FeedState::Ok }
    }

    /// Whether that is a change.
    fn enter(&mut self, state: FeedState) -> bool {
        let changed = self.state != state;
        if changed {
            self.state = state;
            self.since = clock::now();
        }
        changed
    }
}
