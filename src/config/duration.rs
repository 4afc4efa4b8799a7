//! Durations as text with a unit: `"90s"`, `"1h30m"`, `"7d"`.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::SpanRelativeTo;
use jiff::fmt::friendly::SpanParser;

/// What we tell somebody whose duration cannot be read.
pub(super) const EXPECTED: &str = "a duration with its unit, such as \"90s\", \"5m\", \"1h30m\" or \"7d\"";

/// Ten years. Longer ones are slips, and the bound keeps arithmetic on dates far from its edges.
pub(super) const MOST: Duration = Duration::from_hours(3650 * 24);

/// Reads a duration; days have 24 hours. `None` for a bare number, a negative one, a time of day, months and years, and more than
/// [`MOST`].
#[must_use]
pub fn parse(text: &str) -> Option<Duration> {
    if text.contains(':') {
        return None; // jiff takes `1:30:00` for a duration, which has no unit
    }
    let span = SpanParser::new().parse_span(text.trim()).ok()?;
    let exact = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Duration::try_from(exact).ok().filter(|duration| *duration <= MOST)
}

/// Writes a duration the way people write it: `1h30m`, `7d`, `0s`.
#[must_use]
pub fn show(duration: Duration) -> String {
    let mut text = String::new();
    let mut rest = duration.as_secs();
    for (unit, seconds) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] {
        if rest >= seconds {
            let _ = write!(text, "{}{unit}", rest / seconds);
            rest %= seconds;
        }
    }
    let nanos = duration.subsec_nanos();
    for (unit, part) in [("ms", nanos / 1_000_000), ("us", nanos / 1_000 % 1_000), ("ns", nanos % 1_000)] {
        if part > 0 {
            let _ = write!(text, "{part}{unit}");
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{MOST, parse, show};

    #[test]
    fn a_unit_is_needed_and_a_day_has_24_hours() {
        for (text, seconds) in [
            ("0s", Some(0)),
            ("90s", Some(90)),
            ("5m", Some(300)),
            ("1h30m", Some(5_400)),
            ("7d", Some(604_800)),
            ("2 weeks", Some(1_209_600)),
            ("60", None),
            ("", None),
            ("-5s", None),
            ("5m ago", None),
            ("1month", None),
            ("1y", None),
            ("PT5M", None),
            ("99999d", None),
            ("soon", None),
            ("01:30:00", None),
        ] {
            assert_eq!(parse(text), seconds.map(Duration::from_secs), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_can_be_read_again(seconds in 0..MOST.as_secs(), nanos in 0..1_000_000_000_u32) {
            let duration = Duration::new(seconds, nanos);
            prop_assert_eq!(parse(&show(duration)), Some(duration));
        }

        #[test]
        fn no_text_makes_reading_panic(text in ".*") {
            let _ = parse(&text);
        }
    }
}
