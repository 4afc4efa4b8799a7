//! Request budgets as text: `"150/min"`, `"100/min,1500/h"`.

use std::time::Duration;

use crate::source::throttle::Rate;

/// What we tell somebody whose budget cannot be read.
pub(super) const EXPECTED: &str = "requests per span, such as \"150/min\" or \"100/min,1500/h\" (spans: s, min, h, d)";

/// Reads one or more rates that hold together. Never empty.
pub(super) fn parse(text: &str) -> Option<Vec<Rate>> {
    text.split(',').map(one).collect()
}

fn one(text: &str) -> Option<Rate> {
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::parse;

    #[test]
    fn rates_are_numbers_above_nothing_per_span() {
        let read =
            |text| parse(text).map(|rates| rates.iter().map(|rate| (rate.requests, rate.per.as_secs())).collect::<Vec<_>>());
        for (text, rates) in [
            ("150/min", Some(vec![(150, 60)])),
            ("100/min, 1500/h", Some(vec![(100, 60), (1500, 3_600)])),
            ("5 / s", Some(vec![(5, 1)])),
            ("0/min", None),
            ("150", None),
            ("150/month", None),
            ("150/min,", None),
            ("-1/s", None),
            ("", None),
        ] {
            assert_eq!(read(text), rates, "{text:?}");
        }
        assert_eq!(parse("9/d").unwrap()[0].per, Duration::from_hours(24));
    }
}
