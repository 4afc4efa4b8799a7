//! Leave to ask once: the feed's own budget first, then the cap that all feeds of all tenants share.

use std::time::Duration;

use super::Budget;

/// How long a request had to wait for leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waited {
    /// For the feed's own budget.
    pub own: Duration,
    /// For the cap.
    pub cap: Duration,
}

/// Waits for both. Whoever waits for its own budget stands in nobody's way: it joins the queue of the cap only afterwards.
pub async fn admission(own: &Budget, cap: &Budget) -> Waited {
    Waited { own: own.take().await, cap: cap.take().await }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::task::JoinSet;
    use tokio::time::Instant;

    use super::admission;
    use crate::source::throttle::{Budget, Rate};

    fn budget(requests: u32, seconds: u64) -> Budget {
        Budget::new(&[Rate { requests, per: Duration::from_secs(seconds) }])
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_its_own_budget_leaves_the_cap_to_the_others() {
        let cap = budget(10, 1);
        let narrow = budget(1, 3600);
        narrow.take().await;
        let mut tenants = JoinSet::new();
        let (own, shared) = (narrow.clone(), cap.clone());
        let stuck = tokio::spawn(async move { admission(&own, &shared).await });
        tokio::task::yield_now().await;
        let start = Instant::now();
        for _ in 0..9 {
            let (own, cap) = (budget(100, 1), cap.clone());
            tenants.spawn(async move {
                for _ in 0..10 {
                    admission(&own, &cap).await;
                }
            });
        }
        tenants.join_all().await;
        assert!(start.elapsed() <= Duration::from_secs(14), "90 requests at 10/s took {:?}", start.elapsed());
        assert!(!stuck.is_finished());
        let waited = stuck.await.unwrap();
        assert!(waited.own >= Duration::from_mins(59) && waited.cap == Duration::ZERO, "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn everybody_gets_the_same_share_of_a_narrow_cap() {
        let cap = budget(1, 1);
        let mut tenants = JoinSet::new();
        for _ in 0..5 {
            let (own, cap) = (budget(1000, 1), cap.clone());
            tenants.spawn(async move {
                let mut asked = 0;
                let until = Instant::now() + Duration::from_secs(100);
                while Instant::now() < until {
                    admission(&own, &cap).await;
                    asked += 1;
                }
                asked
            });
        }
        let asked = tenants.join_all().await;
        let (most, least) = (asked.iter().max().unwrap(), asked.iter().min().unwrap());
        // The first asks twice before the second has come, and the last round is not full.
        assert!(most - least <= 2 && *least >= 15, "{asked:?}");
    }
}
