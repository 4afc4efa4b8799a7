//! Growing pauses between tries: the only file that knows which backoff crate we use.

use std::time::Duration;

use backoff::ExponentialBackoff;
use backoff::backoff::Backoff as _;

/// A growing pause between tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    pub first: Duration,
    pub most: Duration,
}

/// The pauses of one thing that keeps failing: growing from the first to the most, each with jitter, for ever.
#[derive(Debug)]
pub struct Pauses {
    inner: ExponentialBackoff,
    most: Duration,
}

impl Pauses {
    #[must_use]
    pub fn new(retry: Retry) -> Self {
        let inner = ExponentialBackoff {
            current_interval: retry.first,
            initial_interval: retry.first,
            max_interval: retry.most,
            max_elapsed_time: None, // the crate's default gives up after 15 minutes
            ..ExponentialBackoff::default()
        };
        Self { inner, most: retry.most }
    }

    /// How long to wait before the next try. Never longer than the most, although the crate adds its jitter after its cap.
    pub fn next_pause(&mut self) -> Duration {
        self.inner.next_backoff().unwrap_or(self.most).min(self.most)
    }

    /// It worked: the next trouble starts with the first pause again.
    pub fn reset(&mut self) {
        self.inner.reset();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Pauses, Retry};

    #[test]
    fn pauses_grow_stay_in_range_and_start_over_after_success() {
        let retry = Retry { first: Duration::from_secs(1), most: Duration::from_secs(30) };
        let mut pauses = Pauses::new(retry);
        let all: Vec<Duration> = (0..500).map(|_| pauses.next_pause()).collect();
        assert!(all.iter().all(|pause| *pause >= Duration::from_millis(500) && *pause <= retry.most), "{all:?}");
        assert!(all[20..].iter().all(|pause| *pause >= Duration::from_secs(15)), "the cap was not reached: {all:?}");
        pauses.reset();
        assert!(pauses.next_pause() <= Duration::from_millis(1500));
    }
}
