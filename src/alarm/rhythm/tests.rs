//! The memory of hours: in any order, any number of times, through its text and back.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{REACH, Rhythm, WEEK, hour};

const FAR: Timestamp = Timestamp::MAX;

fn at(hour: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour) + SignedDuration::from_mins(17)
}

fn of(since: i64, hours: &[i64]) -> Rhythm {
    let mut rhythm = Rhythm::default();
    rhythm.read_from(at(since));
    for hour in hours {
        rhythm.met(at(*hour), FAR);
    }
    rhythm
}

fn known(rhythm: &Rhythm) -> Vec<i64> {
    let newest = rhythm.newest().unwrap();
    (newest - REACH + 1..=newest).filter(|hour| rhythm.has(*hour)).collect()
}

#[test]
fn the_memory_reaches_back_from_the_last_alert_and_no_further() {
    let rhythm = of(0, &[10, 20, 30, 10 + REACH]);
    assert_eq!(known(&rhythm), [20, 30, 10 + REACH]);
    assert_eq!(rhythm.first(), Some(11), "what is older than the memory is not known");
    let jumped = of(0, &[10, 20, 30, 10_000 + REACH]);
    assert_eq!(known(&jumped), [10_000 + REACH]);
    // An alert of long ago, such as one that was updated today, is no arrival.
    let mut late = of(0, &[10 + REACH]);
    late.met(at(10), FAR);
    assert_eq!(known(&late), [10 + REACH]);
}

#[test]
fn what_claims_to_come_from_the_future_does_not_count() {
    let mut rhythm = of(0, &[50]);
    rhythm.met(at(100), at(60));
    assert_eq!((known(&rhythm), rhythm.last()), (vec![50], Some(at(50))));
}

#[test]
fn knowledge_begins_where_reading_began_and_an_earlier_start_extends_it() {
    let mut rhythm = of(100, &[300]);
    assert_eq!(rhythm.first(), Some(101), "the first hour was read only in part");
    rhythm.read_from(at(150));
    assert_eq!(rhythm.first(), Some(101));
    rhythm.read_from(at(50));
    assert_eq!(rhythm.first(), Some(51));
    assert_eq!(Rhythm::default().first(), None);
}

#[test]
fn a_text_that_is_not_ours_is_forgotten() {
    let good = of(5, &[7, 400]).to_text();
    assert!(Rhythm::from_text(&good).is_some());
    for bad in ["", "1", "1 - -", "2 - - 00", &good[..good.len() - 1], &format!("{good} x"), &good.replace('T', "x")] {
        assert_eq!(Rhythm::from_text(bad), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn order_and_repetition_change_nothing(
        mut hours in proptest::collection::vec(490_000..490_000 + 3 * REACH, 1..200),
        seed in any::<u64>(),
    ) {
        let once = of(489_000, &hours);
        let repeated = hours.clone();
        hours.extend(repeated);
        fastrand::Rng::with_seed(seed).shuffle(&mut hours);
        let mixed = of(489_000, &hours);
        prop_assert_eq!(known(&mixed), known(&once));
        prop_assert_eq!(mixed.last(), once.last());
    }

    #[test]
    fn it_comes_back_from_its_text(hours in proptest::collection::vec(490_000..490_000 + REACH, 0..100), since in 480_000..490_000i64) {
        let rhythm = of(since, &hours);
        prop_assert_eq!(Rhythm::from_text(&rhythm.to_text()), Some(rhythm));
    }

    #[test]
    fn joining_what_was_kept_is_having_met_it_all(
        earlier in proptest::collection::vec(490_000..490_000 + 2 * REACH, 0..100),
        later in proptest::collection::vec(490_000..490_000 + 2 * REACH, 0..100),
    ) {
        let mut joined = of(489_990, &later);
        joined.join(&of(489_000, &earlier));
        let all = of(489_000, &[earlier, later].concat());
        prop_assert_eq!(joined.since(), all.since());
        prop_assert_eq!(joined.last(), all.last());
        if all.last().is_some() {
            prop_assert_eq!(known(&joined), known(&all));
        }
    }

    #[test]
    fn no_text_breaks_it(text in ".{0,400}") {
        let _ = Rhythm::from_text(&text);
    }

    #[test]
    fn a_text_of_the_right_shape_with_any_hours_can_be_used(words in "[0-9a-f]{336}", to in 0..800_000i64) {
        let text = format!("1 2026-01-05T00:00:00Z 2026-11-05T00:00:00Z {words}");
        let mut rhythm = Rhythm::from_text(&text).unwrap();
        rhythm.met(at(to), FAR);
        prop_assert!(rhythm.newest().unwrap() >= hour(at(to)));
        prop_assert!(rhythm.first().unwrap() <= rhythm.newest().unwrap());
        prop_assert!(WEEK < REACH);
    }
}
