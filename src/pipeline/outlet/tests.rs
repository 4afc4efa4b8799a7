//! Which sinks are worth waiting for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::time::{Duration, Instant, sleep};

use super::Outlet;
use crate::format::Encoder;
use crate::sink::{Batch, DeliverError, Delivery, Sink};
use crate::source::FeedKind;
use crate::telemetry::Metrics;
use crate::tenant::Tenant;

/// Delivers for a minute, one page at a time, and answers questions in between.
#[derive(Default)]
struct Slow {
    turn: tokio::sync::Mutex<()>,
    taken: AtomicU64,
    /// Its far side takes nothing for that minute.
    stuck: bool,
}

impl Sink for Slow {
    fn deliver<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Delivery> {
        async {
            let _turn = self.turn.lock().await;
            for _ in 0..60 {
                sleep(Duration::from_secs(1)).await;
                self.taken.fetch_add(u64::from(!self.stuck), Ordering::Relaxed);
            }
            Delivery::complete(batch.len())
        }
        .boxed()
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), DeliverError>> {
        async {
            let _turn = self.turn.lock().await;
            Ok(())
        }
        .boxed()
    }

    fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    fn close(&self, _: Instant) -> BoxFuture<'_, Result<(), DeliverError>> {
        std::future::ready(Ok(())).boxed()
    }
}

fn page() -> Batch {
    let tenant = Tenant {
        name: "contoso".into(),
        id: "11111111-1111-1111-1111-111111111111".into(),
        customer: String::new(),
        labels: std::collections::BTreeMap::new(),
    };
    Batch::new(Arc::new(tenant), FeedKind::GraphAlerts, Encoder::Raw)
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_takes_more_while_it_is_asked_is_worth_waiting_for_and_a_stuck_one_is_not() {
    for stuck in [false, true] {
        let outlet = Outlet::new("slow".into(), Box::new(Slow { stuck, ..Slow::default() }), Arc::new(Metrics::default()));
        let batch = page();
        tokio::join!(outlet.deliver(&batch).map(drop), async {
            assert_eq!(outlet.still_takes().await, !stuck);
            assert_eq!(outlet.health().up, stuck.then_some(false), "of a slow one nothing is known before its page has ended");
        });
    }
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_was_up_and_is_busy_with_a_long_page_is_not_down() {
    let batch = page();
    let outlet = Outlet::new("slow".into(), Box::<Slow>::default(), Arc::new(Metrics::default()));
    let ((), ()) = tokio::join!(outlet.deliver(&batch).map(drop), async {
        outlet.probe_unless_answered(Duration::ZERO).await;
        assert_eq!(outlet.health().up, Some(false), "nobody knew yet whether it works");
    });
    assert_eq!(outlet.health().up, Some(true), "the page got through");
    let ((), ()) = tokio::join!(outlet.deliver(&batch).map(drop), async {
        outlet.probe_unless_answered(Duration::ZERO).await;
        assert_eq!(outlet.health().up, Some(true));
    });
}
