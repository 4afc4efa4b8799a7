//! The server's present time: our clock, put right by what its answers say.
//!
//! The upper end of a window goes by this clock. If it went by ours and ours ran ahead, the window would end in the server's future,
//! be answered as empty up to there, and alerts that come later would lie behind the cursor.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

use crate::clock;

/// A `Date` further ahead of us than this is not believed: cursors would follow it, and what comes meanwhile would lie behind
/// them. The other way round is harmless, since windows only end too early.
const FURTHEST_AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// How far the server's clock and ours are apart. Before the first answer, not at all.
#[derive(Debug, Default)]
pub struct ServerClock {
    /// Server minus ours, in milliseconds.
    offset: AtomicI64,
    /// The newest `Date` was not believed.
    doubted: AtomicBool,
}

impl ServerClock {
    /// An answer has just come whose `Date` header said this. Where that is not believed, answers how far ahead of us it is, once
    /// until one is believed again: as long as our clock is that far behind, windows end that much too early.
    pub fn observe(&self, date: Timestamp) -> Option<SignedDuration> {
        self.observe_at(date, clock::now())
    }

    /// The server's present time. May be early by a second and the way of the answer, never late: the header has whole seconds, rounded
    /// down, and it was written before the answer travelled.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.at(clock::now())
    }

    /// Server minus ours.
    #[must_use]
    pub fn offset(&self) -> SignedDuration {
        SignedDuration::from_millis(self.offset.load(Ordering::Relaxed))
    }

    fn observe_at(&self, date: Timestamp, ours: Timestamp) -> Option<SignedDuration> {
        let offset = date.as_millisecond() - ours.as_millisecond();
        if offset <= FURTHEST_AHEAD.as_millis().try_into().unwrap_or(i64::MAX) {
            self.offset.store(offset, Ordering::Relaxed);
            self.doubted.store(false, Ordering::Relaxed);
            return None;
        }
        let already = self.doubted.swap(true, Ordering::Relaxed);
        (!already).then(|| SignedDuration::from_millis(offset))
    }

    fn at(&self, ours: Timestamp) -> Timestamp {
        ours.saturating_add(self.offset()).unwrap_or(ours)
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;

    use super::ServerClock;
    use crate::clock;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn before_any_answer_it_is_our_own_clock() {
        let clock = ServerClock::default();
        let before = clock::now();
        let now = clock.now();
        assert!(now >= before && now <= clock::now());
        assert_eq!(clock.at(at("2026-03-02T07:00:00Z")), at("2026-03-02T07:00:00Z"));
    }

    #[test]
    fn the_newest_answer_counts_and_time_goes_on_between_answers() {
        let clock = ServerClock::default();
        clock.observe_at(at("2026-03-02T06:00:00Z"), at("2026-03-02T07:00:00Z"));
        clock.observe_at(at("2026-03-02T06:50:00Z"), at("2026-03-02T07:00:10Z"));
        assert_eq!(clock.offset(), SignedDuration::from_secs(-610));
        assert_eq!(clock.at(at("2026-03-02T07:01:10Z")), at("2026-03-02T06:51:00Z"));
    }

    #[test]
    fn an_observed_date_reaches_the_clock_that_is_read() {
        let clock = ServerClock::default();
        clock.observe(clock::now() - SignedDuration::from_hours(3));
        let behind = clock::now().duration_since(clock.now());
        assert!((behind - SignedDuration::from_hours(3)).abs() < SignedDuration::from_mins(1), "{behind:?}");
    }

    #[test]
    fn a_date_far_in_our_future_is_not_believed() {
        let clock = ServerClock::default();
        let ours = at("2026-03-02T07:00:00Z");
        assert_eq!(clock.observe_at(at("2026-03-02T08:00:00Z"), ours), None);
        let far = at("2026-03-04T07:00:00Z");
        for told in [Some(SignedDuration::from_hours(48)), None] {
            assert_eq!(clock.observe_at(far, ours), told, "it is told once");
        }
        assert_eq!(clock.offset(), SignedDuration::from_hours(1));
        assert_eq!(clock.observe_at(far, at("2026-03-04T07:00:00Z")), None);
        assert!(clock.observe_at(far, ours).is_some(), "and again after it was well");
    }

    proptest! {
        #[test]
        fn no_pair_of_dates_makes_it_panic(date in any::<i64>(), ours in any::<i64>(), later in any::<i64>()) {
            let moment = |ms: i64| Timestamp::from_millisecond(ms % 253_402_200_000_000).unwrap();
            let clock = ServerClock::default();
            clock.observe_at(moment(date), moment(ours));
            let _ = clock.at(moment(later));
        }
    }
}
