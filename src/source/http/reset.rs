//! How long a throttled client should wait, where only the words of the error document say so (Defender XDR sends no header).

use std::time::Duration;

use jiff::Timestamp;

use crate::source::throttle::retry_after;

/// The pause that a message names, clamped as a `Retry-After` would be: the last number before `seconds` or `minutes` that is
/// no part of a rate (`100 per 60 seconds`). `None` when the message names none.
pub(super) fn until_reset(message: &str) -> Option<Duration> {
    let lower = message.to_ascii_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let named = words.iter().enumerate().rev().find_map(|(at, word)| {
        let unit = match word.trim_end_matches(['.', ',', ';', ':', '!', ')']) {
            "s" | "sec" | "second" | "seconds" => 1,
            "min" | "minute" | "minutes" => 60,
            _ => return None,
        };
        let of_a_rate = at >= 2 && matches!(words[at - 2], "per" | "every" | "each");
        let number: u64 = words.get(at.checked_sub(1)?)?.trim_start_matches('(').parse().ok()?;
        (!of_a_rate).then(|| number.saturating_mul(unit))
    })?;
    retry_after(&named.to_string(), Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::until_reset;

    #[test]
    fn seconds_and_minutes_are_read_and_rates_are_not() {
        for (message, seconds) in [
            ("Quota exceeded. Please try again in 37 seconds.", Some(37)),
            ("You can send requests again after 2 minutes, at most 50 per 1 minute.", Some(120)),
            ("The quota resets in 1 minute", Some(60)),
            ("Try again in 86400 seconds", Some(300)),
            ("Try again in 99999999999999999999 seconds", None),
            ("API calls quota exceeded! maximum allowed 45 per 00:01:00", None),
            ("At most 100 calls per 60 seconds", None),
            ("seconds", None),
            ("in some seconds", None),
            ("", None),
        ] {
            assert_eq!(until_reset(message), seconds.map(Duration::from_secs), "{message}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_server_says_the_pause_stays_in_bounds(message in "\\PC*|([a-z]{1,5} |[0-9]{1,25} |seconds |minutes |per ){0,8}") {
            if let Some(pause) = until_reset(&message) {
                prop_assert!(pause >= Duration::from_secs(1) && pause <= Duration::from_mins(5));
            }
        }
    }
}
