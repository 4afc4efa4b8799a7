//! What a server asks in `Retry-After`, held within our own bounds.

use std::time::Duration;

use jiff::Timestamp;

/// A server that says "now" is not asked in a hot loop.
const LEAST: Duration = Duration::from_secs(1);
/// A server that says "tomorrow" is asked again earlier: quotas reset within minutes, and a wrong header must not silence a tenant.
const MOST: Duration = Duration::from_mins(5);

/// The pause that a `Retry-After` header asks for, between one second and five minutes. Seconds or an HTTP date, which counts from
/// `now` (best the same answer's `Date`); `None` when it is neither.
#[must_use]
pub fn retry_after(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    let asked = if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        Duration::from_secs(header.parse().unwrap_or(u64::MAX))
    } else {
        let until = Timestamp::try_from(httpdate::parse_http_date(header).ok()?).ok()?;
        Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO)
    };
    Some(asked.clamp(LEAST, MOST))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::{LEAST, MOST, retry_after};

    #[test]
    fn seconds_and_dates_are_read_and_clamped_and_nonsense_is_refused() {
        let now: Timestamp = "2026-03-02T07:00:00Z".parse().unwrap();
        for (header, seconds) in [
            ("17", Some(17)),
            (" 17 ", Some(17)),
            ("0", Some(1)),
            ("301", Some(300)),
            ("99999999999999999999999999", Some(300)),
            ("Mon, 02 Mar 2026 07:01:30 GMT", Some(90)),
            ("Mon, 02 Mar 2026 06:00:00 GMT", Some(1)),
            ("Tue, 03 Mar 2026 07:00:00 GMT", Some(300)),
            ("", None),
            ("-5", None),
            ("1.5", None),
            ("soon", None),
            ("Mon, 32 Mar 2026 07:01:30 GMT", None),
        ] {
            assert_eq!(retry_after(header, now), seconds.map(Duration::from_secs), "{header:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_server_sends_the_pause_stays_in_its_bounds(header in "\\PC*|[0-9]{1,30}") {
            if let Some(pause) = retry_after(&header, Timestamp::UNIX_EPOCH) {
                prop_assert!(pause >= LEAST && pause <= MOST);
            }
        }
    }
}
