//! The rates that Microsoft documents, for each API and tenant, and what clients have used up of them.

use std::collections::HashMap;

use axum::http::Method;
use jiff::Timestamp;

use super::feed::Feed;

/// How a rate is counted.
#[derive(Debug, Clone, Copy)]
enum Rule {
    /// So many requests in so many seconds, each of these.
    Windows(&'static [(u32, i64)]),
    /// A bucket of so many requests, into which so many flow back each second.
    Bucket(f64, f64),
}

/// Which feeds share a rate, and how it is told that it is used up.
#[derive(Debug)]
struct Rate {
    family: &'static str,
    rule: Rule,
    /// Whether `Retry-After` says how long to wait.
    announced: bool,
}

fn rate(feed: Feed, method: &Method) -> Rate {
    match feed {
        // That alerts and incidents belong to the family of 150 a minute is not said outright.
        Feed::GraphAlerts | Feed::GraphIncidents => Rate { family: "graph", rule: Rule::Windows(&[(150, 60)]), announced: true },
        Feed::MdeAlerts => Rate { family: "mde", rule: Rule::Windows(&[(100, 60), (1500, 3600)]), announced: true },
        Feed::XdrIncidents => Rate { family: "xdr", rule: Rule::Windows(&[(50, 60), (1500, 3600)]), announced: false },
        Feed::RiskDetections => Rate { family: "risk", rule: Rule::Windows(&[(1, 1)]), announced: false },
        // Whatever is not a GET counts as a write, be it only a question.
        Feed::SentinelIncidents | Feed::DefenderForCloud if method != Method::GET => {
            Rate { family: "arm-writes", rule: Rule::Bucket(200.0, 10.0), announced: true }
        }
        Feed::SentinelIncidents | Feed::DefenderForCloud => {
            Rate { family: "arm", rule: Rule::Bucket(250.0, 25.0), announced: true }
        }
    }
}

/// A rate is used up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exceeded {
    /// Seconds until requests are answered again, at least 1.
    pub wait: i64,
    pub announced: bool,
    /// What was allowed, e.g. `100 per 00:01:00`.
    pub allowed: String,
}

/// What clients have used up in one tenant.
#[derive(Debug, Default)]
pub struct Spent {
    windows: HashMap<(&'static str, i64), (Timestamp, u32)>,
    buckets: HashMap<&'static str, (Timestamp, f64)>,
}

impl Spent {
    /// Counts a request against the documented rate of its API. Refused ones count as well.
    pub fn spend(&mut self, feed: Feed, method: &Method, now: Timestamp) -> Option<Exceeded> {
        let Rate { family, rule, announced } = rate(feed, method);
        match rule {
            Rule::Windows(windows) => windows.iter().fold(None, |found, (most, seconds)| {
                let wait = self.window(family, *most, *seconds, now);
                let allowed = format!("{most} per {:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
                found.or(wait.map(|wait| Exceeded { wait, announced, allowed }))
            }),
            Rule::Bucket(size, refill) => {
                let (at, left) = self.buckets.get(family).copied().unwrap_or((now, size));
                let left = (left + now.duration_since(at).as_secs_f64().max(0.0) * refill).min(size);
                let empty = left < 1.0;
                self.buckets.insert(family, (now, if empty { left } else { left - 1.0 }));
                empty.then(|| Exceeded { wait: 1, announced, allowed: format!("{size} at once and {refill} a second") })
            }
        }
    }

    /// How many seconds to wait, if the window's requests are used up.
    pub fn window(&mut self, family: &'static str, most: u32, seconds: i64, now: Timestamp) -> Option<i64> {
        let window = self.windows.entry((family, seconds)).or_insert((now, 0));
        let age = now.duration_since(window.0);
        if age.as_secs() >= seconds {
            *window = (now, 0);
        }
        window.1 = window.1.saturating_add(1);
        (window.1 > most).then(|| (seconds - now.duration_since(window.0).as_secs()).max(1))
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{Feed, Method, Spent};

    #[test]
    fn each_api_lets_through_what_is_documented_and_some_of_them_say_how_long_to_wait() {
        let start: Timestamp = "2026-03-02T07:00:00Z".parse().expect("a date");
        for (feed, method, most, announced, allowed) in [
            (Feed::GraphAlerts, Method::GET, 150, true, "150 per 00:01:00"),
            (Feed::GraphIncidents, Method::GET, 150, true, "150 per 00:01:00"),
            (Feed::MdeAlerts, Method::GET, 100, true, "100 per 00:01:00"),
            (Feed::XdrIncidents, Method::GET, 50, false, "50 per 00:01:00"),
            (Feed::RiskDetections, Method::GET, 1, false, "1 per 00:00:01"),
            (Feed::DefenderForCloud, Method::GET, 250, true, "250 at once and 25 a second"),
            (Feed::SentinelIncidents, Method::POST, 200, true, "200 at once and 10 a second"),
        ] {
            let mut spent = Spent::default();
            for _ in 0..most {
                assert_eq!(spent.spend(feed, &method, start), None, "{feed}");
            }
            let exceeded = spent.spend(feed, &method, start).expect("one too many");
            assert_eq!((exceeded.announced, exceeded.allowed.as_str()), (announced, allowed), "{feed}");
            let later = start + SignedDuration::from_secs(exceeded.wait);
            assert_eq!(spent.spend(feed, &method, later), None, "{feed}");
        }
    }

    #[test]
    fn an_hour_is_used_up_by_minutes_that_are_not() {
        let mut now: Timestamp = "2026-03-02T07:00:00Z".parse().expect("a date");
        let mut spent = Spent::default();
        for _ in 0..15 {
            for _ in 0..100 {
                assert_eq!(spent.spend(Feed::MdeAlerts, &Method::GET, now), None);
            }
            now += SignedDuration::from_mins(1);
        }
        let exceeded = spent.spend(Feed::MdeAlerts, &Method::GET, now).expect("one too many");
        assert_eq!((exceeded.allowed.as_str(), exceeded.wait), ("1500 per 01:00:00", 45 * 60));
        assert_eq!(spent.spend(Feed::XdrIncidents, &Method::GET, now), None);
    }
}
