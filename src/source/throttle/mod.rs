//! How fast we may ask: request budgets and the waiting that a server asks for.

mod admission;
mod budget;
mod retry_after;

pub use admission::{Waited, admission};
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
    /// What we tell somebody whose rates cannot be read.
    pub const EXPECTED: &str = "requests per span, such as \"150/min\" or \"100/min,1500/h\" (spans: s, min, h, d)";

    /// Reads `150/min` or `100/min,1500/h`: rates that hold at the same time. Never empty; `None` when it is something else.
    #[must_use]
    pub fn parse_list(text: &str) -> Option<Vec<Rate>> {
        text.split(',').map(Self::parse).collect()
    }

    fn parse(text: &str) -> Option<Rate> {
        let (requests, span) = text.split_once('/')?;
        let requests = requests.trim().parse().ok().filter(|requests| *requests > 0)?;
        let seconds = match span.trim() {
            "s" => 1,
            "min" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return None,
        };
        Some(Rate { requests, per: Duration::from_secs(seconds) })
    }

    /// The lasting pace that it allows.
    #[must_use]
    pub fn per_second(self) -> f64 {
        f64::from(self.requests) / self.per.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Rate;

    #[test]
    fn rates_are_numbers_above_nothing_per_span() {
        let rate = |requests, seconds| Rate { requests, per: Duration::from_secs(seconds) };
        for (text, rates) in [
            ("150/min", Some(vec![rate(150, 60)])),
            ("100/min, 1500/h", Some(vec![rate(100, 60), rate(1500, 3_600)])),
            (" 5 / s ", Some(vec![rate(5, 1)])),
            ("9/d", Some(vec![rate(9, 86_400)])),
            ("0/min", None),
            ("150", None),
            ("150/month", None),
            ("150/min,", None),
            ("-1/s", None),
            ("99999999999/min", None),
            ("", None),
        ] {
            assert_eq!(Rate::parse_list(text), rates, "{text:?}");
        }
    }
}
