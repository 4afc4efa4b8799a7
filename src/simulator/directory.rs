//! One simulated tenant: its alerts and the life that goes on in it.
//!
//! Nothing runs in the background. Whoever opens a tenant first lets everything happen that was due since it was last opened,
//! in order; thousands of idle tenants cost nothing.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::generate::{Generator, cut, shorten};
use super::given;
use super::settings::{Settings, TenantInfo};
use super::store::{Body, Number, Row, Store};

/// A tenant.
#[derive(Debug)]
pub struct Directory {
    pub info: TenantInfo,
    contents: Mutex<Contents>,
}

/// What a tenant holds.
#[derive(Debug)]
pub struct Contents {
    pub store: Store,
    pub generator: Generator,
    plan: Plan,
    /// When a minute's count of requests began, and how many came since.
    pub requests: Option<(Timestamp, u32)>,
}

/// What will happen next.
#[derive(Debug)]
struct Plan {
    settings: Arc<Settings>,
    alert: Option<Timestamp>,
    burst: Option<Timestamp>,
    changes: BinaryHeap<Reverse<(Timestamp, Number)>>,
}

impl Directory {
    /// A tenant with its history, as of `now`.
    pub fn new(info: TenantInfo, settings: &Arc<Settings>, now: Timestamp) -> Self {
        let (high, low) = uuid::Uuid::parse_str(&info.tenant_id).unwrap_or_default().as_u64_pair();
        let mut generator = Generator::new(high ^ low);
        let mut plan = Plan { settings: Arc::clone(settings), alert: None, burst: None, changes: BinaryHeap::new() };
        let mut store = Store::default();
        let rng = generator.rng();
        let mut past: Vec<Timestamp> = (0..settings.history).map(|_| now - settings.history_span.mul_f64(rng.f64())).collect();
        past.sort_unstable();
        plan.alert = plan.next_alert(rng, now);
        plan.burst = settings.burst.map(|burst| now + burst.every.mul_f64(rng.f64()));
        for at in past {
            plan.arrive(&mut store, &mut generator, at, at);
        }
        let contents = Contents { store, generator, plan, requests: None };
        Self { info, contents: Mutex::new(contents) }
    }

    /// The tenant as of `now`.
    pub fn open(&self, now: Timestamp) -> MutexGuard<'_, Contents> {
        let mut contents = self.contents.lock().expect("nothing panics while it holds a tenant");
        contents.catch_up(now);
        contents
    }
}

impl Contents {
    fn catch_up(&mut self, now: Timestamp) {
        let Self { store, generator, plan, .. } = self;
        loop {
            let change = plan.changes.peek().map(|Reverse((at, _))| *at);
            let Some(at) = [plan.alert, plan.burst, change].into_iter().flatten().min().filter(|at| *at <= now) else { return };
            if plan.alert == Some(at) {
                plan.alert = plan.next_alert(generator.rng(), at);
                let late = plan.lateness(generator.rng());
                plan.arrive(store, generator, at, at + late);
            } else if plan.burst == Some(at) {
                let (size, every) = plan.settings.burst.map_or((0, Duration::MAX), |burst| (burst.size, burst.every));
                plan.burst = at.checked_add(every).ok();
                for _ in 0..size {
                    plan.arrive(store, generator, at, at);
                }
            } else if let Some(Reverse((_, number))) = plan.changes.pop() {
                change_row(store, generator, number, at);
            }
        }
    }

    /// Adds made-up alerts whose last update is at `at`, readable at once (or at `at`, if that lies ahead). Gives their IDs.
    pub fn generate(&mut self, count: usize, at: Option<Timestamp>, now: Timestamp) -> Vec<String> {
        (0..count)
            .map(|_| {
                let mut row = self.generator.row(at.unwrap_or(now));
                row.updated = at.unwrap_or(row.updated);
                row.created = row.created.min(row.updated);
                row.readable_at = now.max(row.updated);
                let id = row.id.to_string();
                self.store.put(row);
                id
            })
            .collect()
    }

    /// Adds an alert of the caller's, completed with made-up members where it has none. Gives its ID.
    pub fn add(&mut self, members: &serde_json::Value, tenant: &str, now: Timestamp) -> Result<String, String> {
        let model = self.generator.row(now);
        self.add_text(&given::complete(members, &model, tenant)?, now)
    }

    /// Adds an alert that is served byte for byte. Gives its ID.
    pub fn add_text(&mut self, text: &str, now: Timestamp) -> Result<String, String> {
        let row = given::row(text, now)?;
        let id = row.id.to_string();
        self.store.put(row);
        Ok(id)
    }

    /// Gives an alert its next status and a new last-update time.
    pub fn change(&mut self, number: Number, now: Timestamp) {
        change_row(&mut self.store, &mut self.generator, number, now);
    }
}

impl Plan {
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

    fn arrive(&mut self, store: &mut Store, generator: &mut Generator, at: Timestamp, readable_at: Timestamp) {
        let row = Row { readable_at, ..generator.row(at) };
        let number = store.put(row);
        let rng = generator.rng();
        if rng.f64() < self.settings.change_share {
            self.changes.push(Reverse((readable_at + self.settings.change_within.mul_f64(rng.f64()), number)));
        }
    }
}

fn change_row(store: &mut Store, generator: &mut Generator, number: Number, now: Timestamp) {
    let mut row = store.row(number).clone();
    // Never at or before the old time, whatever the clocks say: it is a newer revision.
    let least = row.updated + SignedDuration::from_nanos(100);
    row.updated = [shorten(now, generator.rng()), cut(now, 7)].into_iter().find(|at| *at >= least).unwrap_or(least);
    row.status = if &*row.status == "new" { "inProgress" } else { "resolved" }.into();
    if let Body::Given(text) = &row.body {
        row.body = Body::Given(given::changed(text, &row).into());
    }
    store.put(row);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use jiff::{SignedDuration, Timestamp};

    use super::Directory;
    use crate::simulator::settings::{Burst, Settings};

    fn start() -> Timestamp {
        "2026-03-02T07:00:00Z".parse().expect("a date")
    }

    fn tenant(settings: Settings) -> Directory {
        Directory::new(settings.tenant_infos().remove(0), &Arc::new(settings), start())
    }

    #[test]
    fn history_lies_in_its_span_and_comes_again_with_the_same_seed() {
        let settings = Settings { history: 500, history_span: Duration::from_hours(2), ..Settings::default() };
        let ids = |tenant: &Directory| tenant.open(start()).store.rows().map(|row| row.id.clone()).collect::<Vec<_>>();
        let one = tenant(settings.clone());
        assert_eq!(ids(&one), ids(&tenant(settings.clone())));
        assert_ne!(ids(&one), ids(&tenant(Settings { seed: 2, ..settings })));
        let open = one.open(start());
        assert_eq!(open.store.rows().count(), 500);
        let oldest = start() - SignedDuration::from_secs(2 * 3600 + 1);
        assert!(open.store.rows().all(|row| row.updated >= oldest && row.readable_at <= start()));
    }

    #[test]
    fn life_goes_on_at_its_rate_with_bursts_late_arrivals_and_changes() {
        let settings = Settings {
            rate: 60.0,
            burst: Some(Burst { every: Duration::from_mins(10), size: 100 }),
            late_share: 0.2,
            change_share: 0.5,
            ..Settings::default()
        };
        let tenant = tenant(settings);
        let end = start() + SignedDuration::from_hours(1);
        let open = tenant.open(end);
        let count = open.store.rows().count();
        assert!((3_900..4_600).contains(&count), "{count} alerts in an hour of 60 a minute and six bursts of 100");
        let late = open.store.rows().filter(|row| row.readable_at > row.updated + SignedDuration::from_secs(2)).count();
        assert!(late > 100, "{late} came late");
        let new = open.store.rows().filter(|row| &*row.status == "new").count();
        assert!(new * 10 < count * 5, "two thirds of {count} began as new, and half of all changed, but {new} are still new");
        assert!(open.store.rows().all(|row| row.updated <= end));
    }

    #[test]
    fn opening_often_or_once_makes_the_same_alerts() {
        let settings = Settings { rate: 30.0, change_share: 0.3, ..Settings::default() };
        let (often, once) = (tenant(settings.clone()), tenant(settings));
        for minute in 0..60 {
            drop(often.open(start() + SignedDuration::from_mins(minute)));
        }
        let end = start() + SignedDuration::from_hours(1);
        let state = |tenant: &Directory| {
            tenant.open(end).store.rows().map(|row| (row.id.clone(), row.updated, row.status.clone())).collect::<Vec<_>>()
        };
        assert_eq!(state(&often), state(&once));
    }

    #[test]
    fn a_changed_alert_is_a_newer_revision_even_when_the_clock_stands_still() {
        let tenant = tenant(Settings { history: 1, ..Settings::default() });
        let mut open = tenant.open(start());
        let mut before = open.store.row(0).updated;
        for _ in 0..20 {
            open.change(0, start());
            let after = open.store.row(0).updated;
            assert!(after > before);
            before = after;
        }
        assert_eq!(&*open.store.row(0).status, "resolved");
    }
}
