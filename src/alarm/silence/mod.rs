//! When a pause is too long: judged by the feed's own hours of the day and days of the week.
//!
//! The hours that are known give a profile: how likely something comes in each hour of the day and on each day of the week. A pause
//! is weighed by what the profile had expected in it, so that a night or a weekend of an office weighs next to nothing, and a
//! Tuesday without anything weighs much. Were arrivals pure chance, a pause of weight w would come about once in `e^w` pauses; one that
//! would come once in a hundred years is told. Real arrivals come in bursts, so it must also be heavier than the heaviest pause that
//! is known, by half; and who knows only a week or two, or a few alerts, is more patient. Before a week is known, nothing is told.

use super::rhythm::{Rhythm, WEEK, hour};
use super::settings::SilentAfter;
use jiff::{SignedDuration, Timestamp};

/// Chance alone may make us cry once in so many years.
const YEARS: f64 = 100.0;
const HOURS_A_YEAR: f64 = 8766.0;

/// So much heavier than the heaviest known pause.
const BEYOND: f64 = 1.5;

/// Nothing is ever quite certain to come, or a single empty hour would weigh without end.
const SUREST: f64 = 0.95;

/// What the profile is smoothed with: as if so many arrivals more had been spread evenly. With few arrivals it is flat.
const EVEN: f64 = 1.0;

/// A pause that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// When the newest was created; for one that never had any, since when it has been read.
    pub since: Timestamp,
    /// What was usual; `None` where somebody fixed the bound.
    pub usual: Option<Usual>,
}

/// How often something came, in words that people use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usual {
    /// The mean distance of hours in which something came.
    pub every: SignedDuration,
    /// The longest pause known.
    pub longest: SignedDuration,
}

/// Whether nothing has come for too long, where everything up to `to` has been read.
#[must_use]
pub fn silence(rhythm: &Rhythm, to: Timestamp, after: SilentAfter) -> Option<Silence> {
    match after {
        SilentAfter::Never => None,
        SilentAfter::Fixed(bound) => {
            let since = rhythm.last().or(rhythm.since())?;
            let bound = SignedDuration::try_from(bound).unwrap_or(SignedDuration::MAX);
            (to.duration_since(since) > bound).then_some(Silence { since, usual: None })
        }
        SilentAfter::Usual => {
            let usual = beyond_the_usual(rhythm, hour(to))?;
            Some(Silence { since: rhythm.last()?, usual: Some(usual) })
        }
    }
}

/// `to` is an hour of which not everything has been read yet.
fn beyond_the_usual(rhythm: &Rhythm, to: i64) -> Option<Usual> {
    let (first, newest) = (rhythm.first()?, rhythm.newest()?);
    let known = newest - first + 1;
    if known < WEEK || to <= newest + 1 {
        return None;
    }
    let known = f64::from(i32::try_from(known).unwrap_or(i32::MAX));
    let hours = f64::from(i32::try_from(to - newest - 1).unwrap_or(i32::MAX));
    // Most pauses are too short whatever the profile, and not worth the walk through all hours.
    if hours * -(1.0 - SUREST).ln() <= (YEARS * HOURS_A_YEAR / known).ln() {
        return None;
    }
    let profile = Profile::of(rhythm, first, newest);
    let pause = profile.weight(newest + 1..to);
    let patience = 1.0 + f64::from(7 * 24) / known + profile.arrivals.sqrt().recip();
    let rare = (YEARS * HOURS_A_YEAR * profile.arrivals / known).ln() * patience;
    if pause <= rare {
        return None;
    }
    let (mut heaviest, mut longest, mut start) = (0.0_f64, 0, first);
    for came in (first..=newest).filter(|hour| rhythm.has(*hour)) {
        heaviest = heaviest.max(profile.weight(start..came));
        longest = longest.max(came - start);
        start = came + 1;
    }
    let every = SignedDuration::from_secs_f64(3600.0 * known / profile.arrivals);
    (pause > BEYOND * heaviest).then_some(Usual { every, longest: SignedDuration::from_hours(longest) })
}

/// How much each hour of the week weighs when nothing comes in it.
struct Profile {
    /// Hours in which something came.
    arrivals: f64,
    weights: [f64; 7 * 24],
}

impl Profile {
    fn of(rhythm: &Rhythm, first: i64, newest: i64) -> Self {
        let (mut by_hour, mut by_day) = ([Share::default(); 24], [Share::default(); 7]);
        for hour in first..=newest {
            let came = if rhythm.has(hour) { 1.0 } else { 0.0 };
            by_hour[hour_of_day(hour)].add(came);
            by_day[day_of_week(hour)].add(came);
        }
        let (arrivals, hours) = by_day.iter().fold((0.0, 0.0), |(came, hours), day| (came + day.came, hours + day.hours));
        let rate = arrivals / hours;
        let shape = |hour: i64| by_hour[hour_of_day(hour)].against(rate) * by_day[day_of_week(hour)].against(rate);
        let total: f64 = (first..=newest).map(shape).sum();
        let mut weights = [0.0; 7 * 24];
        for (hour, weight) in (0..WEEK).zip(&mut weights) {
            let likely = (shape(hour) * arrivals / total).min(SUREST);
            *weight = -(1.0 - likely).ln();
        }
        Self { arrivals, weights }
    }

    /// What a pause of these hours weighs.
    fn weight(&self, pause: std::ops::Range<i64>) -> f64 {
        let week: f64 = self.weights.iter().sum();
        let hours = (pause.end - pause.start).max(0);
        let whole = f64::from(i32::try_from(hours / WEEK).unwrap_or(i32::MAX));
        let rest = (pause.end - hours % WEEK)..pause.end;
        whole * week + rest.map(|hour| self.weights[usize::try_from(hour.rem_euclid(WEEK)).unwrap_or_default()]).sum::<f64>()
    }
}

/// Hours of one kind, and in how many of them something came.
#[derive(Clone, Copy, Default)]
struct Share {
    came: f64,
    hours: f64,
}

impl Share {
    fn add(&mut self, came: f64) {
        self.came += came;
        self.hours += 1.0;
    }

    /// How much more than the mean rate came here, smoothed.
    fn against(self, rate: f64) -> f64 {
        (self.came + EVEN) / (rate * self.hours + EVEN)
    }
}

fn hour_of_day(hour: i64) -> usize {
    usize::try_from(hour.rem_euclid(24)).unwrap_or_default()
}

/// Any numbering will do, as long as a week has seven days.
fn day_of_week(hour: i64) -> usize {
    usize::try_from(hour.div_euclid(24).rem_euclid(7)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
