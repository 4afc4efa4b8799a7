//! How fast we may ask: request budgets and the waiting that a server asks for.

mod budget;
mod retry_after;

pub use budget::Budget;
pub use retry_after::retry_after;

use std::time::Duration;

/// At most this many requests in this span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub requests: u32,
    pub per: Duration,
}

impl Rate {
    /// Reads `150/min` or `100/min,1500/h`: rates that hold at the same time. Units: `s`, `sec`, `min`, `h`, `hour`.
    ///
    /// # Errors
    /// A sentence that names the part that was not understood and what would be.
    pub fn parse_list(text: &str) -> Result<Vec<Rate>, String> {
        text.split(',').map(|part| Self::parse(part.trim())).collect()
    }

    fn parse(text: &str) -> Result<Rate, String> {
        let wrong = |what: &str| format!("{text:?} is not a rate: {what}; write for example \"100/min\" or \"100/min,1500/h\"");
        let (requests, unit) = text.split_once('/').ok_or_else(|| wrong("there is no \"/\""))?;
        let (requests, unit) = (requests.trim(), unit.trim());
        let requests: u32 = requests.parse().map_err(|_| wrong(&format!("{requests:?} is not a number of requests")))?;
        if requests == 0 {
            return Err(wrong("at least one request must be allowed"));
        }
        let seconds = match unit {
            "s" | "sec" => 1,
            "min" => 60,
            "h" | "hour" => 3600,
            _ => return Err(wrong(&format!("{unit:?} is none of s, sec, min, h, hour"))),
        };
        Ok(Rate { requests, per: Duration::from_secs(seconds) })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Rate;

    #[test]
    fn rates_are_read_with_every_unit_and_with_blanks() {
        let rate = |requests, seconds| Rate { requests, per: Duration::from_secs(seconds) };
        for (text, expected) in [
            ("100/min,1500/h", vec![rate(100, 60), rate(1500, 3600)]),
            (" 2 / s , 5/sec ", vec![rate(2, 1), rate(5, 1)]),
            ("7/hour", vec![rate(7, 3600)]),
        ] {
            assert_eq!(Rate::parse_list(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_rate_that_cannot_be_read_is_named_with_an_example() {
        for (text, what) in [
            ("", "no \"/\""),
            ("100", "no \"/\""),
            ("100/min,", "no \"/\""),
            ("0/min", "at least one"),
            ("-1/min", "\"-1\" is not a number"),
            ("99999999999/min", "is not a number"),
            ("many/min", "\"many\" is not a number"),
            ("100/day", "\"day\" is none of"),
        ] {
            let error = Rate::parse_list(text).unwrap_err();
            assert!(error.contains(what) && error.contains("100/min,1500/h"), "{text:?}: {error}");
        }
    }
}
