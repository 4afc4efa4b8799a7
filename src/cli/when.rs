//! Moments as somebody types them: exact, a day, or how long ago.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::clock;
use crate::config::duration;

/// What `--help` shows.
pub(super) const VALUE: &str = "TIME|DAY|AGO|now";

/// Reads `2026-03-02T08:00:00Z` (any offset), `2026-03-02` (its beginning in UTC), `36h` (so long ago) or `now`.
///
/// # Errors
/// A sentence that says what would be accepted.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    let ago = |text: &str| {
        if text == "now" {
            return Some(clock::now());
        }
        let ago = SignedDuration::try_from(duration::parse(text)?).ok()?;
        clock::now().checked_sub(ago).ok()
    };
    let day = |text: &str| text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
    // A date alone first: jiff would take a moment without an offset for a date, and a time must say its offset.
    let exact = || text.parse::<Timestamp>().ok();
    let parsed = exact().or_else(|| if text.len() == 10 { day(text) } else { None }).or_else(|| ago(text));
    parsed.ok_or_else(|| {
        "expected a time with its offset such as 2026-03-02T08:00:00Z, a day such as 2026-03-02 (UTC), how long ago such as 36h \
         or 7d, or now"
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::moment;
    use crate::clock;

    #[test]
    fn a_moment_is_exact_or_a_day_or_so_long_ago() {
        for (text, expected) in [
            ("2026-03-02T08:00:00.1234567Z", "2026-03-02T08:00:00.1234567Z"),
            ("2026-03-02T08:00:00+02:00", "2026-03-02T06:00:00Z"),
            ("2026-03-02", "2026-03-02T00:00:00Z"),
        ] {
            assert_eq!(moment(text), Ok(expected.parse::<Timestamp>().unwrap()), "{text}");
        }
        let (before, now) = (clock::now(), moment("now").unwrap());
        assert!(before <= now && now <= clock::now(), "{now}");
        let before = clock::now() - SignedDuration::from_hours(36);
        let ago = moment("36h").unwrap();
        assert!(ago >= before && ago <= clock::now() - SignedDuration::from_hours(36), "{ago}");
    }

    #[test]
    fn what_could_mean_two_things_is_refused() {
        for text in ["", "2026-03-02T08:00:00", "08:00", "36", "yesterday", "-3h", "2026-13-01", "02.03.2026"] {
            assert!(moment(text).unwrap_err().contains("expected a time with its offset"), "{text}");
        }
    }
}
