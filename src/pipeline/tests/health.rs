//! What is known of a sink's health: how long it is down or back, when it is asked, and what reaches it besides pages.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::{BoxFuture, pending, ready};
use tokio::time::{Duration, Instant, sleep};

use super::cloud::TENANT;
use super::rig::SECOND;
use crate::format::Encoder;
use crate::pipeline::outlet::Outlet;
use crate::sink::{Batch, DeliverError, Delivery, Sink};
use crate::source::FeedKind;
use crate::telemetry::Metrics;
use crate::tenant::Tenant;

/// Counts what it is asked for.
#[derive(Debug, Default)]
struct Counted {
    probes: AtomicU32,
    reopened: AtomicU32,
    closed: AtomicU32,
    /// 0: it answers, 1: it refuses, 2: it says nothing.
    mood: AtomicU32,
}

struct Handle(Arc<Counted>);

fn gone() -> DeliverError {
    DeliverError { message: "gone".to_owned(), advice: None }
}

impl Sink for Handle {
    fn deliver<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Delivery> {
        let refuses = self.0.mood.load(Ordering::Relaxed) == 1;
        Box::pin(ready(if refuses { Delivery::failed(batch.len(), gone()) } else { Delivery::complete(batch.len()) }))
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), DeliverError>> {
        self.0.probes.fetch_add(1, Ordering::Relaxed);
        match self.0.mood.load(Ordering::Relaxed) {
            0 => Box::pin(ready(Ok(()))),
            1 => Box::pin(ready(Err(gone()))),
            _ => Box::pin(pending()),
        }
    }

    fn reopen(&self) {
        self.0.reopened.fetch_add(1, Ordering::Relaxed);
    }

    fn close(&self, _: Instant) -> BoxFuture<'_, Result<(), DeliverError>> {
        self.0.closed.fetch_add(1, Ordering::Relaxed);
        Box::pin(ready(Err(gone())))
    }
}

fn outlet() -> (Outlet, Arc<Counted>) {
    let counted = Arc::<Counted>::default();
    (Outlet::new("siem".into(), Box::new(Handle(Arc::clone(&counted))), Arc::new(Metrics::default())), counted)
}

async fn deliver(outlet: &Outlet) {
    let tenant = Tenant { name: TENANT.into(), id: TENANT.into(), customer: String::new(), labels: [].into() };
    outlet.deliver(&Batch::new(Arc::new(tenant), FeedKind::GraphAlerts, Encoder::Raw)).await;
}

#[tokio::test(start_paused = true)]
async fn it_is_known_how_long_a_sink_is_down_and_how_long_it_is_back_from_more_than_a_moment() {
    let (outlet, counted) = outlet();
    assert_eq!((outlet.health().down_for(), outlet.health().back_for()), (None, None), "nothing is known yet");
    for (outage, is_an_outage) in [(29, false), (30, true)] {
        counted.mood.store(1, Ordering::Relaxed);
        deliver(&outlet).await;
        sleep(outage * SECOND).await;
        assert_eq!(outlet.health().down_for(), Some(outage * SECOND));
        deliver(&outlet).await;
        assert_eq!(outlet.health().down_for(), Some(outage * SECOND), "without a break");
        counted.mood.store(0, Ordering::Relaxed);
        deliver(&outlet).await;
        sleep(7 * SECOND).await;
        assert_eq!(outlet.health().down_for(), None);
        assert_eq!(outlet.health().back_for(), is_an_outage.then_some(7 * SECOND));
    }
}

#[tokio::test(start_paused = true)]
async fn a_far_side_is_asked_unless_it_has_just_answered_and_silence_without_a_page_under_way_is_down() {
    let (outlet, counted) = outlet();
    let asked = async |recently: Duration| {
        outlet.probe_unless_answered(recently).await;
        counted.probes.load(Ordering::Relaxed)
    };
    assert_eq!(asked(30 * SECOND).await, 1, "nothing is known yet");
    deliver(&outlet).await;
    sleep(29 * SECOND).await;
    assert_eq!(asked(30 * SECOND).await, 1, "it has just answered");
    sleep(SECOND).await;
    assert_eq!(asked(30 * SECOND).await, 2);
    counted.mood.store(2, Ordering::Relaxed);
    assert_eq!(asked(30 * SECOND).await, 2);
    sleep(30 * SECOND).await;
    assert_eq!(asked(30 * SECOND).await, 3);
    assert_eq!(outlet.health().up, Some(false), "no page is under way that could keep the question waiting");
    assert_eq!(asked(30 * SECOND).await, 4, "what is down is asked each time");
}

#[tokio::test(start_paused = true)]
async fn a_wish_to_reopen_or_to_close_reaches_the_sink() {
    let (outlet, counted) = outlet();
    outlet.reopen();
    assert!(outlet.close(Instant::now()).await.is_err(), "what it says about that is handed on");
    assert_eq!([&counted.reopened, &counted.closed].map(|count| count.load(Ordering::Relaxed)), [1, 1]);
}
