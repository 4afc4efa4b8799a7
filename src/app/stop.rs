//! Stopping in good order: no new passes, finish what is in flight, close sinks, close the ledger.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::{App, alarms};
use crate::crash;
use crate::pipeline::outlet::Outlet;
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
        crash::point("stop.no-new-passes");
        self.ports.tasks.close();
        let drained = timeout_at(drained_by, self.drain()).await.is_ok();
        let cut = if drained { 0 } else { self.ports.tasks.len() as u64 };
        self.ports.cut_off.cancel();
        // What was cut off only has to notice.
        let _ = timeout_at(end, self.ports.tasks.wait()).await;

        crash::point("stop.drained");
        // What has been learnt is worth a moment and no more.
        let _ = timeout(self.deadline / 10, alarms::keep_rhythms(&self.watched, &self.ports)).await;
        // A dead sink has nothing that would be lost: what it did not answer for was not recorded. Nobody waits for another.
        join_all(self.outlets.iter().map(|outlet| timeout_at(end, outlet.close(end)))).await;
        crash::point("stop.sinks-closed");
        let ledger_closed = matches!(timeout_at(end.max(Instant::now() + GRACE), self.ports.ledger.close()).await, Ok(Ok(())));
        crash::point("stop.ledger-closed");
        self.quiet.cancel();
        let _ = timeout(GRACE, async { while self.helpers.join_next().await.is_some() {} }).await;
        let clean = cut == 0 && ledger_closed;
        events::stopped(clean, cut);
        clean
    }

    /// Waits for what is in flight; a sink that neither answers a probe nor takes any more of its page is not waited for.
    async fn drain(&self) {
        let give_up_on_the_dead = async {
            sleep(GRACE.min(self.deadline / 10)).await;
            loop {
                let give_up_if_dead = |outlet: Arc<Outlet>| async move {
                    if !outlet.still_takes().await {
                        outlet.give_up();
                    }
                };
                join_all(self.outlets.iter().cloned().map(give_up_if_dead)).await;
                sleep(GRACE).await;
            }
        };
        tokio::select! {
            () = self.ports.tasks.wait() => {}
            () = give_up_on_the_dead => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use tokio::task::JoinSet;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::pipeline::tests::desk::{Desk, Mood};
    use crate::pipeline::tests::rig::{Rig, SECOND};

    /// A program with one tenant, whose only page goes to these desks.
    async fn app(desks: &[&Arc<Desk>], mut rig: Rig) -> App {
        let cloud = rig.cloud();
        cloud.add("a", -50);
        let outlets: Vec<_> = desks.iter().map(|desk| rig.outlet(desk)).collect();
        rig.start_towards(&cloud, &outlets);
        while rig.tape.asked().is_empty() {
            sleep(SECOND / 10).await;
        }
        sleep(SECOND / 10).await;
        let (feeds, helpers, quiet) = (rig.running, JoinSet::new(), CancellationToken::new());
        let address = ([127, 0, 0, 1], 0).into();
        let watched = alarms::WatchedFeeds::default();
        App { ports: rig.ports, outlets, watched, feeds, helpers, quiet, address, deadline: 25 * SECOND }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_in_flight_to_a_living_sink_is_finished() {
        let rig = Rig::new();
        let (desk, tape) = (rig.desk("siem"), rig.tape.clone());
        desk.lastingly(Mood::TakesAfter(15 * SECOND));
        assert!(app(&[&desk], rig).await.stop().await);
        assert_eq!(desk.ids(), ["a"]);
        assert!(tape.steps(Some("siem")).len() == 2, "its start and its page: {:?}", tape.steps(Some("siem")));
    }

    #[tokio::test(start_paused = true)]
    async fn dead_sinks_are_given_up_together_and_soon() {
        let rig = Rig::new();
        let desks = ["one", "two", "three", "four", "five"].map(|name| rig.desk(name));
        for desk in &desks {
            desk.lastingly(Mood::Hangs);
            desk.there.store(false, Ordering::Relaxed);
        }
        let app = app(&desks.each_ref(), rig).await;
        let started = Instant::now();
        assert!(app.stop().await, "what a dead sink did not take is left for next time");
        assert!(started.elapsed() <= 8 * SECOND, "{:?}", started.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_sink_that_is_there_and_does_not_answer_is_cut_off_at_the_deadline() {
        let rig = Rig::new();
        let (desk, tape) = (rig.desk("siem"), rig.tape.clone());
        desk.lastingly(Mood::Hangs);
        let app = app(&[&desk], rig).await;
        let started = Instant::now();
        assert!(!app.stop().await, "something was cut off");
        assert!(started.elapsed() >= 20 * SECOND && started.elapsed() <= 25 * SECOND, "{:?}", started.elapsed());
        assert_eq!(tape.steps(Some("siem")).len(), 1, "nothing but its start is recorded");
    }

    #[tokio::test(start_paused = true)]
    async fn a_ledger_that_cannot_be_written_does_not_hold_up_the_end() {
        let rig = Rig::new();
        let (desk, book) = (rig.desk("siem"), Arc::clone(&rig.book));
        desk.lastingly(Mood::TakesAfter(2 * SECOND));
        let app = app(&[&desk], rig).await;
        book.full.store(true, Ordering::Relaxed);
        let started = Instant::now();
        assert!(!app.stop().await, "a page was delivered and could not be recorded");
        assert!(started.elapsed() <= 25 * SECOND, "{:?}", started.elapsed());
    }
}
