//! When the credentials of apps end: for metrics, the admin endpoint, and a word each day from weeks ahead.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::clock;
use crate::config::Settings;
use crate::source::entra::{App, Certificate};
use crate::telemetry::{Metrics, events};

/// An end is told of from this long ahead.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What is known of the ends of credentials.
pub(super) struct Expiries {
    /// Those whose certificate says when it ends.
    certified: Vec<Arc<App>>,
    known: Mutex<BTreeMap<String, End>>,
    metrics: Arc<Metrics>,
}

#[derive(Clone, Copy)]
struct End {
    at: Timestamp,
    /// When somebody was last told.
    told: Option<Timestamp>,
}

impl Expiries {
    /// What the configuration knows. It has told already of what ends soon.
    pub(super) fn new(settings: &Settings, metrics: &Arc<Metrics>) -> Self {
        let now = clock::now();
        let of_sinks = settings.sign_ins.values().map(|sign_in| &sign_in.app);
        let apps: BTreeMap<&str, &Arc<App>> =
            settings.tenants.iter().map(|tenant| &tenant.app).chain(of_sinks).map(|app| (app.name.as_str(), app)).collect();
        let certified = apps.into_values().filter(|app| app.credential.certificate().is_some()).map(Arc::clone).collect();
        let known = settings.credential_expiries.iter().map(|(app, at)| {
            metrics.credential_expiry(app, *at);
            let told = (at.duration_since(now) <= SOON).then_some(now);
            (app.clone(), End { at: *at, told })
        });
        Self { certified, known: Mutex::new(known.collect()), metrics: Arc::clone(metrics) }
    }

    /// Reads certificates anew, and tells of what ends soon. Blocks.
    pub(super) fn look(&self) {
        for app in &self.certified {
            // One that cannot be read is told of by the sign-in; what was known of it stands.
            if let Some(Ok(opened)) = app.credential.certificate().map(Certificate::open) {
                self.note(&app.name, opened.not_after());
            }
        }
        self.tell(clock::now());
    }

    /// Each app with a known end, and the whole days until then.
    pub(super) fn known(&self) -> Vec<(String, Timestamp, i64)> {
        let now = clock::now();
        self.ends().iter().map(|(app, end)| (app.clone(), end.at, days_left(end.at, now))).collect()
    }

    fn note(&self, app: &str, at: Timestamp) {
        let mut ends = self.ends();
        if ends.get(app).is_none_or(|end| end.at != at) {
            ends.insert(app.to_owned(), End { at, told: None });
            self.metrics.credential_expiry(app, at);
        }
    }

    fn tell(&self, now: Timestamp) {
        for (app, end) in self.ends().iter_mut() {
            if is_due(*end, now) {
                end.told = Some(now);
                if end.at <= now {
                    events::credential_expired(app, end.at);
                } else {
                    events::credential_expires_soon(app, end.at, days_left(end.at, now));
                }
            }
        }
    }

    fn ends(&self) -> MutexGuard<'_, BTreeMap<String, End>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody is told each day, and once more at the end itself.
fn is_due(end: End, now: Timestamp) -> bool {
    let soon = end.at.duration_since(now) <= SOON;
    soon && end.told.is_none_or(|told| now.duration_since(told) >= DAY || (told < end.at && end.at <= now))
}

fn days_left(at: Timestamp, now: Timestamp) -> i64 {
    at.duration_since(now).as_secs().div_euclid(DAY.as_secs())
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{End, days_left, is_due};

    fn day(number: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(number * 24)
    }

    #[test]
    fn somebody_is_told_each_day_from_thirty_days_ahead_and_on_the_day_itself() {
        for (at, told, now, due) in [
            (100, None, 60, false),
            (100, None, 70, true),
            (100, Some(70), 70, false),
            (100, Some(70), 71, true),
            (100, None, 150, true),
            (100, Some(149), 150, true),
        ] {
            assert_eq!(is_due(End { at: day(at), told: told.map(day) }, day(now)), due, "{at} {told:?} {now}");
        }
        let end = End { at: day(100), told: Some(day(100) - SignedDuration::from_hours(1)) };
        assert!(is_due(end, day(100)), "the end itself does not wait for the next day");
    }

    #[test]
    fn days_left_are_whole_and_negative_once_it_has_ended() {
        assert_eq!(days_left(day(3), day(1)), 2);
        assert_eq!(days_left(day(3), day(1) + SignedDuration::from_secs(1)), 1);
        assert_eq!(days_left(day(1), day(1) + SignedDuration::from_secs(1)), -1);
    }
}
