//! One simulated tenant: its alerts and the life that goes on in it.
//!
//! Nothing runs in the background. Whoever opens a tenant first lets everything happen that was due since it was last opened,
//! in order; thousands of idle tenants cost nothing.

use std::sync::{Arc, Mutex, MutexGuard};

use jiff::{SignedDuration, Timestamp};

use super::generate::{Generator, cut, shorten};
use super::given;
use super::incidents::Incidents;
use super::index::Number;
use super::life::{Due, Event, Plan};
use super::limits::Spent;
use super::settings::{Settings, TenantInfo};
use super::store::{Body, Row, Store};

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
    pub incidents: Incidents,
    pub generator: Generator,
    plan: Plan,
    /// What clients have used up of the limits.
    pub spent: Spent,
}

impl Directory {
    /// A tenant with its history, as of `now`.
    pub fn new(info: TenantInfo, settings: &Arc<Settings>, now: Timestamp) -> Self {
        let (high, low) = uuid::Uuid::parse_str(&info.tenant_id).unwrap_or_default().as_u64_pair();
        let mut generator = Generator::new(high ^ low);
        let rng = generator.rng();
        let mut past: Vec<Timestamp> = (0..settings.history).map(|_| now - settings.history_span.mul_f64(rng.f64())).collect();
        past.sort_unstable();
        let plan = Plan::new(settings, rng, now);
        let (store, incidents, spent) = (Store::default(), Incidents::default(), Spent::default());
        let mut contents = Contents { store, incidents, generator, plan, spent };
        for at in past {
            contents.arrive(at, at);
        }
        Self { info, contents: Mutex::new(contents) }
    }

    /// The tenant as of `now`.
    pub fn open(&self, now: Timestamp) -> MutexGuard<'_, Contents> {
        let mut contents = self.contents.lock().expect("nothing panics while it holds a tenant");
        contents.catch_up(now);
        contents
    }

    /// The first incident, as of when it was last opened, whose number pleases.
    pub fn incident_named(&self, pleases: impl Fn(u32) -> bool) -> Option<String> {
        let contents = self.contents.lock().expect("nothing panics while it holds a tenant");
        contents.incidents.rows().map(|incident| incident.id).find(|id| pleases(*id)).map(|id| id.to_string())
    }
}

impl Contents {
    fn catch_up(&mut self, now: Timestamp) {
        while let Some((at, due)) = self.plan.take(&mut self.generator, now) {
            match due {
                Due::Alert(late) => self.arrive(at, at + late),
                Due::Burst(size) => (0..size).for_each(|_| self.arrive(at, at)),
                Due::Event(number, Event::Change) => self.change(number, at),
                Due::Event(number, Event::Join) => self.join(number),
            }
        }
    }

    fn arrive(&mut self, at: Timestamp, readable_at: Timestamp) {
        let row = self.generator.row(at);
        let number = self.put(Row { readable_at, ..row }, at);
        self.plan.change_later(self.generator.rng(), readable_at, number);
    }

    /// Puts a row in its place and lets its incident know, at once or when it becomes readable.
    fn put(&mut self, mut row: Row, now: Timestamp) -> Number {
        if matches!(row.body, Body::Generated { .. }) {
            row.incident = self.incidents.target(row.incident);
        }
        if let Some(number) = self.store.find(&row.id) {
            let old = self.store.row(number).incident;
            if old != row.incident {
                self.incidents.leave(old, number, row.updated);
            }
        }
        let readable_at = row.readable_at;
        let number = self.store.put(row);
        if readable_at <= now {
            self.join(number);
        } else {
            self.plan.expect(readable_at, number, Event::Join);
        }
        number
    }

    /// An alert of a late arrival brings its incident a last update of the past as well, so that the incident is late too.
    fn join(&mut self, number: Number) {
        let (incident, updated) = (self.store.row(number).incident, self.store.row(number).updated);
        if incident != 0 {
            self.incidents.touch(incident, number, &self.store, updated);
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
                self.put(row, now);
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
        self.put(row, now);
        Ok(id)
    }

    /// Gives an alert its next status and a new last-update time.
    pub fn change(&mut self, number: Number, now: Timestamp) {
        self.revise(number, now, |row| {
            row.status = if &*row.status == "new" { "inProgress" } else { "resolved" }.into();
        });
    }

    /// Merges an incident into another: it stays behind as `redirected`, and its alerts come again under the other.
    ///
    /// # Errors
    /// A sentence when there is no such incident, or it was merged already.
    pub fn merge(&mut self, from: u32, into: u32, now: Timestamp) -> Result<(), String> {
        let find = |id: u32| self.incidents.find(id).ok_or_else(|| format!("the tenant has no incident {id}"));
        let (source, target) = (find(from)?, find(into)?);
        if let Some(number) = [source, target].into_iter().find(|number| self.incidents.row(*number).redirect.is_some()) {
            return Err(format!("incident {} was merged already", self.incidents.row(number).id));
        }
        if source == target {
            return Err(format!("incident {from} cannot be merged into itself"));
        }
        self.incidents.redirect(source, into, now);
        for number in self.incidents.row(source).alerts.clone() {
            self.revise(number, now, |row| row.incident = into);
        }
        Ok(())
    }

    fn revise(&mut self, number: Number, now: Timestamp, revise: impl FnOnce(&mut Row)) {
        let mut row = self.store.row(number).clone();
        // Never at or before the old time, whatever the clocks say: it is a newer revision.
        let least = row.updated + SignedDuration::from_nanos(100);
        row.updated = [shorten(now, self.generator.rng()), cut(now, 7)].into_iter().find(|at| *at >= least).unwrap_or(least);
        revise(&mut row);
        if let Body::Given(text) = &row.body {
            row.body = Body::Given(given::changed(text, &row).into());
        }
        self.put(row, now);
    }
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
