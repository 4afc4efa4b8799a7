//! Made-up tenants of every habit: none is called silent while it keeps to its habit, each is once it stops.

use std::ops::Range;
use std::time::Duration;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{Silence, silence};
use crate::alarm::rhythm::Rhythm;
use crate::alarm::settings::SilentAfter;

/// A Monday, 00:00 in UTC.
const START: i64 = 490_636 + 12;
const DAY: i64 = 24;
const WEEK: i64 = 7 * DAY;

fn at(hour: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour) + SignedDuration::from_mins(30)
}

/// How likely something comes in an hour of the week.
type Habit = fn(i64) -> f64;

fn office(hour: i64) -> f64 {
    let (day, hour) = (hour / DAY, hour % DAY);
    if day < 5 && (8..18).contains(&hour) { 0.7 } else { 0.004 }
}

const HABITS: [(&str, Habit, Range<i64>); 6] = [
    // With the hours of silence within which it must be told, and before which it must not.
    ("every hour", |_| 0.97, 4..10),
    ("several a day", |_| 0.25, 20..100),
    ("office hours", office, 8..120),
    ("one a day", |_| 1.0 / 24.0, 5 * DAY..30 * DAY),
    ("one a week", |_| 1.0 / 168.0, 4 * WEEK..30 * WEEK),
    ("nights only", |hour| if hour % DAY < 4 { 0.8 } else { 0.002 }, 20..8 * DAY),
];

/// What comes of a habit within the hours, from a fixed seed.
fn lived(habit: Habit, hours: Range<i64>, rng: &mut Rng) -> Vec<i64> {
    hours.filter(|hour| rng.f64() < habit((hour - START).rem_euclid(WEEK))).collect()
}

fn judged(rhythm: &Rhythm, to: i64) -> Option<Silence> {
    silence(rhythm, at(to), SilentAfter::Usual)
}

fn new_tenant(since: i64) -> Rhythm {
    let mut rhythm = Rhythm::default();
    rhythm.read_from(at(since));
    rhythm
}

/// Lives through a habit hour by hour and counts how often it is called silent without being so.
fn false_alarms(habit: Habit, weeks: i64, rng: &mut Rng) -> usize {
    let mut rhythm = new_tenant(START);
    let mut alarms = 0;
    let mut silent = false;
    for hour in START..START + weeks * WEEK {
        if rng.f64() < habit((hour - START).rem_euclid(WEEK)) {
            rhythm.met(at(hour), Timestamp::MAX);
        }
        let now = judged(&rhythm, hour + 1).is_some();
        alarms += usize::from(now && !silent);
        silent = now;
    }
    alarms
}

#[test]
fn a_tenant_that_keeps_to_its_habit_is_not_called_silent() {
    for (name, habit, _) in HABITS {
        let mut rng = Rng::with_seed(7);
        let alarms: usize = (0..4).map(|_| false_alarms(habit, 6, &mut rng)).sum();
        assert_eq!(alarms, 0, "{name}: {alarms} false alarms in 24 weeks");
    }
}

#[test]
fn a_tenant_that_stops_is_called_silent_in_good_time_and_not_before() {
    for (name, habit, told_within) in HABITS {
        for seed in 0..4 {
            let mut rhythm = new_tenant(START);
            for hour in lived(habit, START..START + 8 * WEEK, &mut Rng::with_seed(seed)) {
                rhythm.met(at(hour), Timestamp::MAX);
            }
            let Some(last) = rhythm.newest() else { continue };
            let told = (1..60 * WEEK).step_by(3).find(|silent| judged(&rhythm, last + silent).is_some());
            let told = told.unwrap_or_else(|| panic!("{name}, seed {seed}: never told"));
            assert!(told_within.contains(&told), "{name}, seed {seed}: told after {told} hours, not {told_within:?}");
        }
    }
}

#[test]
fn a_weekend_of_an_office_is_not_a_silence_and_as_many_hours_of_a_working_week_are() {
    let mut rhythm = new_tenant(START);
    for hour in lived(office, START..START + 4 * WEEK + 4 * DAY + 18, &mut Rng::with_seed(3)) {
        rhythm.met(at(hour), Timestamp::MAX);
    }
    let friday_evening = START + 4 * WEEK + 4 * DAY + 18;
    assert_eq!(judged(&rhythm, friday_evening + 62), None, "Monday at eight");
    assert!(judged(&rhythm, friday_evening + 62 + 40).is_some(), "Tuesday night");
}

#[test]
fn nothing_is_told_before_a_week_is_known() {
    let mut rhythm = new_tenant(START);
    for hour in START..START + WEEK - 2 {
        rhythm.met(at(hour), Timestamp::MAX);
        assert_eq!(judged(&rhythm, START + 20 * WEEK), None, "after {} hours", hour - START);
    }
    rhythm.met(at(START + WEEK + 1), Timestamp::MAX);
    assert!(judged(&rhythm, START + 2 * WEEK).is_some());
    assert_eq!(judged(&new_tenant(START), START + 20 * WEEK), None, "one that never had anything has no rhythm");
}

#[test]
fn the_backlog_of_a_new_tenant_is_knowledge_and_catching_up_is_no_arrival() {
    // All of it is read within a minute, by the vendor's times; it ended three days ago.
    let mut rhythm = new_tenant(START);
    for hour in lived(|_| 0.5, START..START + 3 * WEEK, &mut Rng::with_seed(1)) {
        rhythm.met(at(hour), Timestamp::MAX);
    }
    let told = judged(&rhythm, START + 3 * WEEK + 3 * DAY).unwrap();
    assert_eq!(told.since, rhythm.last().unwrap());
    // We were down for a week, and nothing is known of it yet: what has not been read is not silence.
    assert_eq!(judged(&rhythm, rhythm.newest().unwrap() + 1), None);
}

#[test]
fn a_fixed_bound_holds_from_the_first_day_and_never_means_never() {
    let (mut rhythm, day) = (new_tenant(START), SilentAfter::Fixed(Duration::from_hours(24)));
    assert_eq!(silence(&Rhythm::default(), at(START), day), None, "nothing has been read");
    assert_eq!(silence(&rhythm, at(START + 24), day), None);
    assert_eq!(silence(&rhythm, at(START + 25), day), Some(Silence { since: at(START), usual: None }));
    rhythm.met(at(START + 20), Timestamp::MAX);
    assert_eq!(silence(&rhythm, at(START + 44), day), None);
    assert_eq!(silence(&rhythm, at(START + 45), day).unwrap().since, at(START + 20));
    assert_eq!(silence(&rhythm, at(START + 100 * WEEK), SilentAfter::Never), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_silence_once_told_stays_one_until_something_comes(seed in any::<u64>(), rate in 0.01..0.9f64, weeks in 1..10i64) {
        let mut rng = Rng::with_seed(seed);
        let mut rhythm = new_tenant(START);
        for hour in START..START + weeks * WEEK {
            if rng.f64() < rate {
                rhythm.met(at(hour), Timestamp::MAX);
            }
        }
        if let Some(last) = rhythm.newest() {
            let told: Vec<bool> = (1..40 * WEEK).step_by(61).map(|silent| judged(&rhythm, last + silent).is_some()).collect();
            prop_assert!(told.is_sorted(), "it was told and taken back");
            let again = last + 40 * WEEK;
            rhythm.met(at(again), Timestamp::MAX);
            prop_assert_eq!(judged(&rhythm, again + 1), None);
        }
    }
}
