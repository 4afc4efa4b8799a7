//! When a feed is looked at, and what for: pure arithmetic, no clock.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::retry::{Pauses, Retry};
use crate::source::{Trouble, Window};

/// First passes are spread over the interval, but nobody waits longer than this for the first one.
const LONGEST_SPREAD: Duration = Duration::from_mins(1);

/// When and how a tenant's feeds are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    pub interval: Duration,
    /// A window ends this long before the server's now.
    pub delay: Duration,
    /// A window starts this long before the cursor.
    pub overlap: Duration,
    /// How far a new route looks back.
    pub lookback: Duration,
    pub sweep: Sweep,
    /// How often trouble that only a person can mend is looked at again.
    pub recheck: Duration,
    pub retry: Retry,
}

/// Re-reading of the recent past for what arrived later than the overlap reaches; off when `every` is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    pub every: Duration,
    pub reach: Duration,
}

impl Plan {
    /// The window for routes that are complete up to `cursor`, seen from the server's `now`.
    ///
    /// It is never empty: a clock that was set wrong by one answer is put right by the next, so something must be asked.
    #[must_use]
    pub fn window(&self, cursor: Timestamp, now: Timestamp) -> Window {
        let from = earlier(cursor, self.overlap);
        Window { from, to: earlier(now, self.delay).max(from) }
    }

    /// The past that a sweep looks at: what lies before the windows of routes that are complete up to `cursor`.
    #[must_use]
    pub fn swept(&self, cursor: Timestamp, now: Timestamp) -> Window {
        Window { from: earlier(now, self.sweep.reach), to: earlier(cursor, self.overlap) }
    }

    /// The beginning of what a sweep has still to look at, where it is cut into so many parts.
    #[must_use]
    pub fn part(&self, rest: Window, parts: u32) -> Window {
        let end = rest.from.checked_add(signed(self.sweep.reach / parts.max(1))).unwrap_or(Timestamp::MAX);
        Window { to: rest.to.min(end), ..rest }
    }

    /// Where a route starts that has never delivered anything.
    #[must_use]
    pub fn start(&self, now: Timestamp) -> Timestamp {
        earlier(now, self.lookback)
    }

    /// A route this far behind the others is caught up by passes of its own, so that it does not hold up what is new.
    #[must_use]
    pub fn lags(&self, cursor: Timestamp, newest: Timestamp) -> bool {
        let slack = self.overlap.max(2 * self.interval);
        newest.duration_since(cursor) > signed(slack)
    }

    /// Over how long first passes are spread.
    #[must_use]
    pub fn spread(&self) -> Duration {
        self.interval.min(LONGEST_SPREAD)
    }

    /// How long to leave a feed in peace after trouble.
    pub fn pause(&self, trouble: Trouble, pauses: &mut Pauses) -> Duration {
        match trouble {
            Trouble::Throttled(asked) => asked.unwrap_or_default().max(pauses.next_pause()),
            Trouble::Passing => pauses.next_pause(),
            Trouble::NeedsConsent | Trouble::Broken => self.recheck,
            Trouble::Stalled => self.interval,
        }
    }
}

fn earlier(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_sub(signed(by)).unwrap_or(Timestamp::MIN)
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn plan() -> Plan {
        Plan {
            interval: 60 * SECOND,
            delay: 30 * SECOND,
            overlap: 600 * SECOND,
            lookback: 7 * 86_400 * SECOND,
            sweep: Sweep { every: 3600 * SECOND, reach: 86_400 * SECOND },
            recheck: 300 * SECOND,
            retry: Retry { first: 5 * SECOND, most: 300 * SECOND },
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_window_reaches_from_the_overlap_before_the_cursor_to_the_delay_before_the_servers_now() {
        let window = plan().window(at("2026-03-02T07:00:00.1234567Z"), at("2026-03-02T07:05:00Z"));
        assert_eq!(window, Window { from: at("2026-03-02T06:50:00.1234567Z"), to: at("2026-03-02T07:04:30Z") });
    }

    #[test]
    fn a_cursor_in_the_servers_future_still_leaves_something_to_ask_for() {
        let window = plan().window(at("2027-03-02T07:00:00Z"), at("2026-03-02T07:05:00Z"));
        assert_eq!(window, Window { from: at("2027-03-02T06:50:00Z"), to: at("2027-03-02T06:50:00Z") });
    }

    #[test]
    fn a_sweep_ends_where_the_ordinary_window_starts() {
        let (cursor, now) = (at("2026-03-02T07:00:00Z"), at("2026-03-02T07:05:00Z"));
        assert_eq!(plan().swept(cursor, now).to, plan().window(cursor, now).from);
        assert_eq!(plan().swept(cursor, now).from, at("2026-03-01T07:05:00Z"));
    }

    #[test]
    fn a_sweep_in_one_part_is_the_whole_and_others_begin_where_it_begins() {
        let rest = Window { from: at("2026-03-01T07:05:00Z"), to: at("2026-03-02T06:50:00Z") };
        assert_eq!(plan().part(rest, 1), rest);
        assert_eq!(plan().part(rest, 24), Window { to: at("2026-03-01T08:05:00Z"), ..rest });
        let last = Window { from: at("2026-03-02T06:40:00Z"), ..rest };
        assert_eq!(plan().part(last, 24), last);
    }

    #[test]
    fn a_route_lags_when_it_is_further_behind_than_a_window_reaches_anyway() {
        let newest = at("2026-03-02T07:00:00Z");
        assert!(!plan().lags(at("2026-03-02T06:50:00Z"), newest));
        assert!(plan().lags(at("2026-03-02T06:49:59Z"), newest));
    }

    #[test]
    fn each_kind_of_trouble_has_its_pause() {
        let mut pauses = Pauses::new(plan().retry);
        let asked = plan().pause(Trouble::Throttled(Some(120 * SECOND)), &mut pauses);
        assert_eq!(asked, 120 * SECOND, "the server's wish is obeyed");
        let unasked = plan().pause(Trouble::Throttled(None), &mut pauses);
        assert!(unasked >= 2 * SECOND && unasked <= 300 * SECOND, "{unasked:?}");
        assert_eq!(plan().pause(Trouble::NeedsConsent, &mut pauses), 300 * SECOND);
        assert_eq!(plan().pause(Trouble::Stalled, &mut pauses), 60 * SECOND);
    }

    #[test]
    fn a_new_route_starts_a_look_back_before_the_servers_now_and_first_passes_are_spread_over_a_minute_at_most() {
        assert_eq!(plan().start(at("2026-03-08T07:00:00Z")), at("2026-03-01T07:00:00Z"));
        let spread = |seconds| Plan { interval: seconds * SECOND, ..plan() }.spread();
        assert_eq!([spread(20), spread(60), spread(3600)], [20, 60, 60].map(|seconds| seconds * SECOND));
    }
}
