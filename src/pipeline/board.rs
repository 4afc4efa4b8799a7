//! How a feed is doing, as the loop that does the work reports it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::route::Route;
use super::state::FeedState;
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
        };
        Self { tenant, feed, metrics, report: Mutex::new(report) }
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

    /// Routes have come further.
    pub(super) fn progressed(&self, routes: &[Arc<Route>]) {
        let cursors = || routes.iter().map(|route| route.cursor());
        self.change(|report| (report.complete_to, report.oldest) = (cursors().max(), cursors().min()));
    }

    /// A window was read to its end.
    pub(super) fn succeeded(&self) {
        self.change(|report| report.last_success = Some(clock::now()));
        self.recovered();
    }

    /// Pages came, though the window was left before its end, at which a stalled feed stalls.
    pub(super) fn answered(&self) {
        if self.change(|report| report.state != FeedState::Stalled) {
            self.recovered();
        }
    }

    fn recovered(&self) {
        let recovered = self.change(|report| {
            // What could not be reached stays worth a look although the window has moved on.
            report.last_error = report.last_error.take().filter(|error| error.trouble == Trouble::Stalled);
            report.enter(FeedState::Ok)
        });
        if recovered {
            self.publish(FeedState::Ok);
            events::feed_recovered(&self.tenant.name, self.feed);
        }
    }

    /// The feed could not be read.
    pub(super) fn failed(&self, error: FetchError, again_in: Duration) {
        let state = FeedState::from(error.trouble);
        if let Trouble::Throttled(_) = error.trouble {
            self.metrics.pace().throttled(&self.tenant.name, self.feed, again_in);
        }
        events::feed_trouble(&self.tenant.name, self.feed, state.as_str(), &error, again_in);
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

impl FeedReport {
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
