//! How moments are written into the ledger's integers: exactly, and over the whole range of dates.

use jiff::Timestamp;

/// The day of IDs whose creation time the vendor did not give. No date lies there.
pub const UNDATED: i64 = i32::MIN as i64;

const TICK: i128 = 100;
const DAY: i128 = 86_400_000_000_000;

/// A moment as 100-ns ticks since 1970 and the 0 to 99 ns beyond. 64 bits of ticks hold every date that we can read;
/// 64 bits of nanoseconds would end at the years 1677 and 2262, and vendors do send the year 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    pub ticks: i64,
    pub nanos: i64,
}

impl Moment {
    /// The first tick that is not before this moment.
    #[must_use]
    pub fn ceiling(self) -> i64 {
        self.ticks + i64::from(self.nanos > 0)
    }

    /// `None` where the numbers are no date: the file was changed by hand.
    #[must_use]
    pub fn timestamp(self) -> Option<Timestamp> {
        Timestamp::from_nanosecond(i128::from(self.ticks) * TICK + i128::from(self.nanos)).ok()
    }
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        let nanoseconds = at.as_nanosecond();
        Self { ticks: small(nanoseconds.div_euclid(TICK)), nanos: small(nanoseconds.rem_euclid(TICK)) }
    }
}

/// The day by which an ID is clustered.
#[must_use]
pub fn day(created: Option<Timestamp>) -> i64 {
    created.map_or(UNDATED, |at| small(at.as_nanosecond().div_euclid(DAY)))
}

fn small(number: i128) -> i64 {
    i64::try_from(number).expect("years -9999 to 9999 are fewer than 2^63 ticks")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::{Moment, UNDATED, day};

    proptest! {
        #[test]
        fn every_moment_comes_back_exactly_and_keeps_its_order(
            a in Timestamp::MIN.as_nanosecond()..=Timestamp::MAX.as_nanosecond(),
            b in Timestamp::MIN.as_nanosecond()..=Timestamp::MAX.as_nanosecond(),
        ) {
            let (a, b) = (Timestamp::from_nanosecond(a).unwrap(), Timestamp::from_nanosecond(b).unwrap());
            prop_assert_eq!(Moment::from(a).timestamp(), Some(a));
            prop_assert_eq!(Moment::from(a).cmp(&Moment::from(b)), a.cmp(&b));
            prop_assert_eq!(a < b, day(Some(a)) < day(Some(b)) || day(Some(a)) == day(Some(b)) && a < b);
        }

        #[test]
        fn less_than_a_day_apart_is_at_most_one_day_apart(at in -1_000_000_000_000_i64..1_000_000_000_000, apart in 0_i64..86_400_000) {
            let first = Timestamp::from_millisecond(at).unwrap();
            let second = Timestamp::from_millisecond(at + apart).unwrap();
            prop_assert!((day(Some(second)) - day(Some(first))).abs() <= 1);
        }
    }

    #[test]
    fn days_begin_at_midnight_also_before_1970_and_none_is_undated() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T23:59:59.9999999Z", 0),
            ("1969-12-31T23:59:59.9999999Z", -1),
            ("0001-01-01T00:00:00Z", -719_162),
            ("2026-03-02T07:41:10Z", 20_514),
        ] {
            assert_eq!(day(Some(text.parse().unwrap())), expected, "{text}");
        }
        assert_eq!(day(None), UNDATED);
        assert!(day(Some(Timestamp::MIN)) - 1 > UNDATED, "a neighbour of a real day must not be the undated one");
    }

    #[test]
    fn the_ceiling_is_the_next_tick_unless_the_moment_is_on_one() {
        let on: Timestamp = "2026-03-02T07:41:10.1234567Z".parse().unwrap();
        let beyond: Timestamp = "2026-03-02T07:41:10.123456701Z".parse().unwrap();
        assert_eq!(Moment::from(on).ceiling(), Moment::from(on).ticks);
        assert_eq!(Moment::from(beyond).ceiling(), Moment::from(on).ticks + 1);
    }
}
