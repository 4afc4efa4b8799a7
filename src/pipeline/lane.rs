//! Who comes first at a feed: its own passes. An errand lets them by between two pages, but is not kept waiting for ever.

use tokio::sync::watch;
use tokio::time::{Duration, timeout};

/// A feed that is never done, since it catches up for hours, lets an errand take a page this often.
const AT_MOST: Duration = Duration::from_secs(30);

/// One for each feed of a tenant.
#[derive(Debug)]
pub struct Lane(watch::Sender<bool>);

/// A pass is under way as long as this lives.
#[derive(Debug)]
pub(super) struct Taken<'a>(&'a Lane);

impl Default for Lane {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Lane {
    pub(super) fn take(&self) -> Taken<'_> {
        self.0.send_replace(true);
        Taken(self)
    }

    /// Waits while a pass is under way.
    pub(super) async fn free(&self) {
        // The sender is ours, so the wait ends by a pass that ends or by the clock.
        let _ = timeout(AT_MOST, self.0.subscribe().wait_for(|taken| !taken)).await;
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.0.0.send_replace(false);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tokio::time::Instant;

    use super::{AT_MOST, Lane};

    #[tokio::test(start_paused = true)]
    async fn an_errand_waits_for_a_pass_and_not_for_ever() {
        let lane = Lane::default();
        assert!(lane.free().now_or_never().is_some());
        let taken = lane.take();
        assert!(lane.free().now_or_never().is_none());
        let came = Instant::now();
        lane.free().await;
        assert_eq!(came.elapsed(), AT_MOST);
        drop(taken);
        assert!(lane.free().now_or_never().is_some());
    }
}
