//! A sink as the pipeline sees it: with its health, which the work itself reports.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::time::{Duration, Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::hold::Room;
use crate::format::Encoder;
use crate::sink::{About, Batch, DeliverError, Delivery, Sink};
use crate::source::FeedKind;
use crate::telemetry::{Metrics, events};
use crate::tenant::{SinkName, Tenant};
use crate::{clock, crash};

/// A far side that does not answer a probe for this long is down.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

/// A sink that is down is tried by at most one route in this time.
const TRIAL: Duration = Duration::from_millis(400);

/// A sink that refuses pages is down until the next probe: that is not yet an outage from which it has to come back.
const MOMENT: Duration = Duration::from_secs(30);

/// A sink with its name and health.
pub struct Outlet {
    pub name: SinkName,
    /// For the pages that are on their way to it.
    pub hold: Room,
    sink: Box<dyn Sink>,
    metrics: Arc<Metrics>,
    health: Mutex<Health>,
    given_up: CancellationToken,
    /// Deliveries under way.
    busy: AtomicUsize,
}

/// Counts one delivery, until it is dropped.
struct Busy<'a>(&'a AtomicUsize);

impl<'a> Busy<'a> {
    fn new(busy: &'a AtomicUsize) -> Self {
        busy.fetch_add(1, Ordering::AcqRel);
        Self(busy)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// How a sink is doing.
#[derive(Debug, Clone)]
pub struct Health {
    /// `None` until it was tried for the first time.
    pub up: Option<bool>,
    pub since: Timestamp,
    pub last_error: Option<DeliverError>,
    answered: Option<Instant>,
    tried: Option<Instant>,
    /// When `up` last changed.
    changed: Instant,
    /// When it came back after having been down for more than a moment.
    back: Option<Instant>,
}

impl Health {
    /// For how long it has been down without a break.
    #[must_use]
    pub fn down_for(&self) -> Option<Duration> {
        (self.up == Some(false)).then(|| self.changed.elapsed())
    }

    /// For how long it has been back since it was last down for more than a moment.
    #[must_use]
    pub fn back_for(&self) -> Option<Duration> {
        self.back.map(|back| back.elapsed())
    }
}

impl std::fmt::Debug for Outlet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outlet").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Outlet {
    #[must_use]
    pub fn new(name: SinkName, sink: Box<dyn Sink>, metrics: Arc<Metrics>) -> Self {
        metrics.sink_up(&name, false);
        let health = Mutex::new(Health {
            up: None,
            since: clock::now(),
            last_error: None,
            answered: None,
            tried: None,
            changed: Instant::now(),
            back: None,
        });
        Self { name, hold: Room::default(), sink, metrics, health, given_up: CancellationToken::new(), busy: AtomicUsize::new(0) }
    }

    /// See [`Sink::room`].
    #[must_use]
    pub fn room(&self, tenant: &Tenant, feed: FeedKind, encoder: Encoder, about: &About) -> usize {
        self.sink.room(tenant, feed, encoder, about)
    }

    /// Delivers and notes what that says about the sink.
    pub async fn deliver(&self, batch: &Batch) -> Delivery {
        let _busy = Busy::new(&self.busy);
        crash::point("outlet.delivering");
        let delivery = self.sink.deliver(batch).await;
        crash::point("outlet.delivered");
        self.note(delivery.failure.clone().map_or(Ok(()), Err));
        delivery
    }

    /// Whether it is worth reading a page for this sink. While it is down, one route at a time finds out whether it still is:
    /// the pages of a thousand tenants are not fetched for a dead sink. Nor are they for one that has its hands full.
    #[must_use]
    pub fn admits(&self) -> bool {
        if !self.hold.is_worthwhile() {
            return false;
        }
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        if health.up != Some(false) {
            return true;
        }
        let its_turn = health.tried.is_none_or(|tried| tried.elapsed() >= TRIAL);
        if its_turn {
            health.tried = Some(Instant::now());
        }
        its_turn
    }

    /// Whether what is under way is worth waiting for: the far side answers a question, or takes more of the page that keeps the
    /// question waiting.
    pub async fn still_takes(&self) -> bool {
        let before = self.sink.taken();
        self.ask(|| self.sink.taken() != before).await
    }

    async fn ask(&self, is_busy: impl Fn() -> bool) -> bool {
        let answer = match timeout(PROBE_TIMEOUT, self.sink.probe()).await {
            Ok(answer) => answer,
            Err(_) if is_busy() => return true,
            Err(_) => Err(DeliverError {
                message: format!("sink {} did not answer within {} s", self.name, PROBE_TIMEOUT.as_secs()),
                advice: Some("check that the receiver runs and can be reached".to_owned()),
            }),
        };
        let up = answer.is_ok();
        self.note(answer);
        up
    }

    /// Probes unless the far side answered within the last `recently`.
    pub async fn probe_unless_answered(&self, recently: Duration) {
        let health = self.health();
        if health.up != Some(true) || health.answered.is_none_or(|answered| answered.elapsed() >= recently) {
            // A long page to a slow receiver keeps the question waiting. Whether it gets through, it says itself.
            self.ask(|| self.busy.load(Ordering::Acquire) > 0 && self.health().up == Some(true)).await;
        }
    }

    #[must_use]
    pub fn health(&self) -> Health {
        self.health.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The program stops and the far side does not answer: nobody waits for it any longer.
    pub fn give_up(&self) {
        self.given_up.cancel();
    }

    /// Resolves when nobody is to wait for this sink any longer.
    pub async fn given_up(&self) {
        self.given_up.cancelled().await;
    }

    #[must_use]
    pub fn is_given_up(&self) -> bool {
        self.given_up.is_cancelled()
    }

    /// Opens files anew.
    pub fn reopen(&self) {
        self.sink.reopen();
    }

    /// Lets go of the far side.
    pub async fn close(&self, by: Instant) -> Result<(), DeliverError> {
        self.sink.close(by).await
    }

    fn note(&self, answer: Result<(), DeliverError>) {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        let up = answer.is_ok();
        health.tried = Some(Instant::now());
        if health.up != Some(up) {
            if up && health.down_for().is_some_and(|down| down >= MOMENT) {
                health.back = Some(Instant::now());
            }
            health.changed = Instant::now();
            health.up = Some(up);
            health.since = clock::now();
            self.metrics.sink_up(&self.name, up);
            match &answer {
                Ok(()) => events::sink_up(&self.name),
                Err(error) => events::sink_down(&self.name, &error.message, error.advice.as_deref()),
            }
        }
        match answer {
            Ok(()) => {
                health.answered = Some(Instant::now());
                health.last_error = None;
            }
            Err(error) => health.last_error = Some(error),
        }
    }
}

#[cfg(test)]
mod tests;
