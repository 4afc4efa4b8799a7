//! What will happen in a tenant: arrivals, bursts, changes, and late alerts that join their incident.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::generate::Generator;
use super::index::Number;
use super::settings::Settings;

/// Something that happens to an alert which exists already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// It becomes readable, and its incident learns of it.
    Join,
    /// Its status changes.
    Change,
}

/// What will happen next.
#[derive(Debug)]
pub struct Plan {
    settings: Arc<Settings>,
    alert: Option<Timestamp>,
    burst: Option<Timestamp>,
    events: BinaryHeap<Reverse<(Timestamp, Number, Event)>>,
}

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// A new alert, that becomes readable so much later.
    Alert(Duration),
    /// So many alerts at once.
    Burst(usize),
    Event(Number, Event),
}

impl Plan {
    pub fn new(settings: &Arc<Settings>, rng: &mut fastrand::Rng, now: Timestamp) -> Self {
        let mut plan = Self { settings: Arc::clone(settings), alert: None, burst: None, events: BinaryHeap::new() };
        plan.alert = plan.next_alert(rng, now);
        plan.burst = settings.burst.map(|burst| now + burst.every.mul_f64(rng.f64()));
        plan
    }

    /// Takes the earliest that is due by `now`, with its moment.
    pub fn take(&mut self, generator: &mut Generator, now: Timestamp) -> Option<(Timestamp, Due)> {
        let event = self.events.peek().map(|Reverse((at, ..))| *at);
        let at = [self.alert, self.burst, event].into_iter().flatten().min().filter(|at| *at <= now)?;
        let due = if self.alert == Some(at) {
            self.alert = self.next_alert(generator.rng(), at);
            Due::Alert(self.lateness(generator.rng()))
        } else if self.burst == Some(at) {
            let (size, every) = self.settings.burst.map_or((0, Duration::MAX), |burst| (burst.size, burst.every));
            self.burst = at.checked_add(every).ok();
            Due::Burst(size)
        } else {
            let Reverse((_, number, event)) = self.events.pop()?;
            Due::Event(number, event)
        };
        Some((at, due))
    }

    pub fn expect(&mut self, at: Timestamp, number: Number, event: Event) {
        self.events.push(Reverse((at, number, event)));
    }

    /// Draws whether and when an alert that is readable from `from` on changes once more.
    pub fn change_later(&mut self, rng: &mut fastrand::Rng, from: Timestamp, number: Number) {
        if rng.f64() < self.settings.change_share {
            self.expect(from + self.settings.change_within.mul_f64(rng.f64()), number, Event::Change);
        }
    }

    fn next_alert(&self, rng: &mut fastrand::Rng, from: Timestamp) -> Option<Timestamp> {
        if self.settings.rate <= 0.0 {
            return None;
        }
        // Independent arrivals: distances are exponentially distributed.
        let minutes = -(1.0 - rng.f64()).ln() / self.settings.rate;
        from.checked_add(Duration::try_from_secs_f64(minutes * 60.0).ok()?).ok()
    }

    fn lateness(&self, rng: &mut fastrand::Rng) -> Duration {
        if rng.f64() < self.settings.late_share { self.settings.late_by.mul_f64(rng.f64()) } else { Duration::ZERO }
    }
}
