//! Stopping in good order: no new passes, finish what is in flight, close sinks, close the ledger.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::App;
use crate::telemetry::events;

/// What is in flight gets this long before somebody asks whether its sink still answers.
const GRACE: Duration = Duration::from_secs(1);

impl App {
    /// Drains against the deadline. `true` when everything in flight was finished or is safely left for next time.
    pub async fn stop(mut self) -> bool {
        events::stopping(self.deadline);
        let end = Instant::now() + self.deadline;
        // A fifth of the time is kept for closing sinks and ledger.
        let drained_by = end - self.deadline / 5;
        self.ports.stopping.cancel();
        while let Ok(Some(_)) = timeout_at(drained_by, self.feeds.join_next()).await {}
        self.ports.tasks.close();
        let drained = timeout_at(drained_by, self.drain()).await.is_ok();
        let cut = if drained { 0 } else { self.ports.tasks.len() as u64 };
        self.ports.cut_off.cancel();
        // What was cut off only has to notice.
        let _ = timeout_at(end, self.ports.tasks.wait()).await;

        for outlet in &self.outlets {
            // A dead sink has nothing that would be lost: what it did not answer for was not recorded.
            let _ = timeout_at(end, outlet.close(end)).await;
        }
        let ledger_closed = matches!(timeout_at(end.max(Instant::now() + GRACE), self.ports.ledger.close()).await, Ok(Ok(())));
        self.quiet.cancel();
        let _ = timeout(GRACE, async { while self.helpers.join_next().await.is_some() {} }).await;
        let clean = cut == 0 && ledger_closed;
        events::stopped(clean, cut);
        clean
    }

    /// Waits for what is in flight; a sink that does not answer a probe is not waited for.
    async fn drain(&self) {
        let give_up_on_the_dead = async {
            sleep(GRACE.min(self.deadline / 10)).await;
            loop {
                for outlet in &self.outlets {
                    if !outlet.probe().await {
                        outlet.give_up();
                    }
                }
                sleep(GRACE).await;
            }
        };
        tokio::select! {
            () = self.ports.tasks.wait() => {}
            () = give_up_on_the_dead => {}
        }
    }
}
