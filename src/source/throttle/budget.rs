//! A budget of requests: several rates at once, and no span ever sees more than its rate allows.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use super::Rate;

/// Of two requests the earlier one may be held up this long on its way, and then they arrive closer together than they left.
const TRAVEL: Duration = Duration::from_millis(250);

/// What may be asked. Those who wait are served in the order in which they came. A clone draws from the same budget.
#[derive(Debug, Clone)]
pub struct Budget {
    pace: Option<f64>,
    buckets: Arc<Mutex<Vec<Bucket>>>,
}

/// A token bucket, kept as the moment at which it will be full again.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// One request comes back each so often.
    interval: Duration,
    /// How far ahead of an even pace requests may run.
    slack: Duration,
    full_at: Instant,
}

impl Budget {
    /// Without rates nothing waits.
    #[must_use]
    pub fn new(rates: &[Rate]) -> Self {
        let now = Instant::now();
        let pace = rates.iter().map(|rate| rate.per_second()).reduce(f64::min);
        Self { pace, buckets: Arc::new(Mutex::new(rates.iter().map(|rate| Bucket::new(*rate, now)).collect())) }
    }

    /// The lasting pace that it allows, in requests per second; `None` where it allows everything.
    #[must_use]
    pub fn per_second(&self) -> Option<f64> {
        self.pace
    }

    /// How much of what may be asked at once has been: 0 is nothing, at 1 the next request waits.
    #[must_use]
    pub fn used(&self) -> f64 {
        // Who holds the lock for longer than a moment waits for the budget.
        let Ok(buckets) = self.buckets.try_lock() else { return 1.0 };
        let now = Instant::now();
        buckets.iter().map(|bucket| bucket.used(now)).fold(0.0, f64::max)
    }

    /// Waits until one more request keeps every rate, and takes it; answers how long that was. Whoever gives up waiting has taken
    /// nothing.
    pub async fn take(&self) -> Duration {
        let came = Instant::now();
        // The lock is fair and held while waiting: that is the queue.
        let mut buckets = self.buckets.lock().await;
        let now = Instant::now();
        if let Some(free_at) = buckets.iter().map(Bucket::free_at).max()
            && free_at > now
        {
            sleep_until(free_at).await;
        }
        let now = Instant::now();
        for bucket in buckets.iter_mut() {
            bucket.full_at = bucket.full_at.max(now) + bucket.interval;
        }
        now - came
    }
}

impl Bucket {
    /// A bucket that starts full and refills while it is used lets through its size *and* what came back meanwhile. So that
    /// both together stay within the rate, a burst of `b` leaves `requests + 1 - b` intervals to the span. A fifth is the burst: a pass
    /// of some pages starts at once, and the lasting pace is still four fifths of what is allowed. The span is a little longer than
    /// the server's, since it counts arrivals and not departures.
    fn new(rate: Rate, now: Instant) -> Self {
        let requests = rate.requests.max(1);
        let burst = 1 + (requests - 1) / 5;
        let interval = (rate.per + TRAVEL) / (requests + 1 - burst) + Duration::from_nanos(1); // division rounds down
        Self { interval, slack: interval * (burst - 1), full_at: now }
    }

    fn free_at(&self) -> Instant {
        self.full_at.checked_sub(self.slack).unwrap_or(self.full_at)
    }

    fn used(&self, now: Instant) -> f64 {
        let outstanding = self.full_at.saturating_duration_since(now);
        (outstanding.as_secs_f64() / (self.slack + self.interval).as_secs_f64()).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use proptest::prelude::*;
    use tokio::sync::Mutex;
    use tokio::time::{Instant, sleep, timeout};

    use super::{Budget, Rate, TRAVEL};

    fn rate(requests: u32, seconds: u64) -> Rate {
        Rate { requests, per: Duration::from_secs(seconds) }
    }

    fn paused<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(work)
    }

    /// The most that any half-open window of this length saw.
    fn most_in(moments: &[Instant], span: Duration) -> usize {
        moments.iter().map(|from| moments.iter().filter(|at| *at >= from && **at < *from + span).count()).max().unwrap_or(0)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_window_ever_sees_more_than_its_rate(
            small in 1u32..40, large in 1u32..200,
            idle in proptest::collection::vec(prop_oneof![4 => Just(0u64), 1 => 0u64..90_000], 1..250),
        ) {
            let rates = [rate(small, 60), rate(large, 3600)];
            let moments = paused(async {
                let budget = Budget::new(&rates);
                let mut moments = Vec::new();
                for pause in idle {
                    sleep(Duration::from_millis(pause)).await;
                    budget.take().await;
                    moments.push(Instant::now());
                }
                moments
            });
            let late = |index: usize| TRAVEL * u32::try_from(index * 5 % 7).unwrap() / 7;
            let arrivals: Vec<Instant> = moments.iter().enumerate().map(|(index, at)| *at + late(index)).collect();
            for rate in rates {
                prop_assert!(most_in(&arrivals, rate.per) <= rate.requests as usize, "{rate:?}");
            }
        }
    }

    #[test]
    fn one_request_a_second_is_one_a_second_even_where_the_second_travels_faster() {
        paused(async {
            let budget = Budget::new(&[rate(1, 1)]);
            budget.take().await;
            assert!(budget.take().await >= Duration::from_millis(1050));
        });
    }

    #[test]
    fn a_pass_of_some_pages_starts_at_once_and_the_lasting_pace_is_most_of_the_rate() {
        paused(async {
            let budget = Budget::new(&[rate(100, 60)]);
            let start = Instant::now();
            for _ in 0..20 {
                budget.take().await;
            }
            assert_eq!(start.elapsed(), Duration::ZERO);
            for _ in 0..800 {
                budget.take().await;
            }
            assert!(start.elapsed() <= Duration::from_secs(605), "{:?} for 800 requests at 100/min", start.elapsed());
        });
    }

    #[test]
    fn what_was_waited_and_what_is_used_is_told() {
        paused(async {
            let budget = Budget::new(&[rate(10, 60), rate(60, 3600)]);
            assert!((budget.per_second().unwrap() - 60.0 / 3600.0).abs() < 1e-9, "the stricter one");
            assert!(budget.used() < 1e-9);
            assert_eq!(budget.take().await, Duration::ZERO);
            let used = budget.used();
            assert!((0.4..0.6).contains(&used), "one of the two that may go at once: {used}");
            assert_eq!(budget.clone().take().await, Duration::ZERO);
            assert!(budget.used() > 0.99, "a clone draws from the same");
            let start = Instant::now();
            let waited = budget.take().await;
            assert!(waited > Duration::ZERO && waited == start.elapsed(), "{waited:?}");
            sleep(Duration::from_hours(1)).await;
            assert!(budget.used() < 1e-9);
        });
    }

    #[test]
    fn while_somebody_waits_all_is_used() {
        paused(async {
            let budget = Budget::new(&[rate(1, 60)]);
            budget.take().await;
            let waiting = tokio::spawn({
                let budget = budget.clone();
                async move { budget.take().await }
            });
            sleep(Duration::from_secs(30)).await;
            assert!((budget.used() - 1.0).abs() < 1e-9);
            waiting.await.unwrap();
        });
    }

    #[test]
    fn a_budget_without_rates_never_waits() {
        paused(async {
            let start = Instant::now();
            let budget = Budget::new(&[]);
            for _ in 0..1000 {
                budget.take().await;
            }
            assert_eq!(start.elapsed(), Duration::ZERO);
            assert_eq!((budget.per_second(), budget.used()), (None, 0.0));
        });
    }

    #[test]
    fn those_who_wait_are_served_in_the_order_in_which_they_came() {
        paused(async {
            let budget = Arc::new(Budget::new(&[rate(1, 60)]));
            let served = Arc::new(Mutex::new(Vec::new()));
            let waiting: Vec<_> = (0..10)
                .map(|place| {
                    let (budget, served) = (budget.clone(), served.clone());
                    tokio::spawn(async move {
                        budget.take().await;
                        served.lock().await.push(place);
                    })
                })
                .collect();
            for task in waiting {
                task.await.unwrap();
            }
            assert_eq!(*served.lock().await, (0..10).collect::<Vec<_>>());
        });
    }

    #[test]
    fn whoever_gives_up_waiting_has_taken_nothing() {
        paused(async {
            let budget = Budget::new(&[rate(1, 60)]);
            budget.take().await;
            let start = Instant::now();
            timeout(Duration::from_secs(5), budget.take()).await.unwrap_err();
            budget.take().await;
            assert!(start.elapsed() <= Duration::from_secs(61), "the one who gave up was counted: {:?}", start.elapsed());
        });
    }
}
