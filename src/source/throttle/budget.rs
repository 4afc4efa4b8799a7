//! A budget of requests: several rates at once, and no span ever sees more than its rate allows.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use super::Rate;

/// What one feed of one tenant may ask. Those who wait are served in the order in which they came.
#[derive(Debug)]
pub struct Budget {
    buckets: Mutex<Vec<Bucket>>,
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
        Self { buckets: Mutex::new(rates.iter().map(|rate| Bucket::new(*rate, now)).collect()) }
    }

    /// Waits until one more request keeps every rate, and takes it. Whoever gives up waiting has taken nothing.
    pub async fn take(&self) {
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
    }
}

impl Bucket {
    /// A bucket that starts full and refills while it is used lets through its size *and* what came back meanwhile. So that
    /// both together stay within the rate, a burst of `b` leaves `requests + 1 - b` intervals to the span. A fifth is the burst: a pass
    /// of some pages starts at once, and the lasting pace is still four fifths of what is allowed.
    fn new(rate: Rate, now: Instant) -> Self {
        let requests = rate.requests.max(1);
        let burst = 1 + (requests - 1) / 5;
        let interval = rate.per / (requests + 1 - burst) + Duration::from_nanos(1); // division rounds down
        Self { interval, slack: interval * (burst - 1), full_at: now }
    }

    fn free_at(&self) -> Instant {
        self.full_at.checked_sub(self.slack).unwrap_or(self.full_at)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use proptest::prelude::*;
    use tokio::sync::Mutex;
    use tokio::time::{Instant, sleep, timeout};

    use super::{Budget, Rate};

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
            for rate in rates {
                prop_assert!(most_in(&moments, rate.per) <= rate.requests as usize, "{rate:?}");
            }
        }
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
            assert!(start.elapsed() <= Duration::from_mins(10), "{:?} for 800 requests at 100/min", start.elapsed());
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
