//! Brings the page of an errand to its sink, again and again until it is there: somebody waits for it, and nobody comes back later.

use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::time::{Duration, sleep};
use tokio_util::sync::CancellationToken;

use super::Ports;
use super::aside::Sorted;
use super::pass::panic_message;
use super::route::Route;
use super::serve::{Handout, serve_counting};
use super::tally::Tally;
use super::undelivered::Undelivered;
use crate::retry::{Pauses, Retry};

/// A sink that fails is tried again as often as by the live routes, unless the tenant says otherwise for those.
const RETRY: Retry = Retry { first: Duration::from_secs(1), most: Duration::from_secs(30) };

/// Who wants to know how an errand is doing.
pub trait Listener: Send {
    /// Something went wrong, and is tried again.
    fn trouble(&mut self, message: &str, advice: Option<&str>, again_in: Duration);
}

/// The program stops, or whoever gave the errand does not want it any longer.
#[derive(Debug)]
pub struct Stopped;

/// Delivers and records a page. The page in flight is finished even when the errand is to stop.
///
/// # Errors
/// When it was told to stop before the page was through.
pub async fn insist(
    route: &Arc<Route>,
    handout: Handout,
    tally: &mut Tally,
    (ports, stop): (&Ports, &CancellationToken),
    listener: &mut dyn Listener,
) -> Result<(), Stopped> {
    // Counted with the pages of the live passes, which bounds the memory of all.
    let _held = tokio::select! {
        biased;
        () = ports.stopping.cancelled() => return Err(Stopped),
        () = stop.cancelled() => return Err(Stopped),
        held = route.outlet.hold.further(handout.sorted.page.size()) => held,
    };
    let mut handout = Arc::new(handout);
    let mut pauses = Pauses::new(RETRY);
    loop {
        let (counted, served) = once(route, &handout, ports).await;
        tally.merge(&counted);
        let Err(error) = served else { return Ok(()) };
        if let Some(open) = error.open {
            // What is recorded is counted, and would be counted once more, as known.
            let sorted = Sorted { good: open, aside: 0, aside_before: 0, ..handout.sorted.clone() };
            handout = Arc::new(Handout { sorted, ..Handout::clone(&handout) });
        }
        let pause = pauses.next_pause();
        listener.trouble(&error.message, error.advice.as_deref(), pause);
        tokio::select! {
            biased;
            () = ports.stopping.cancelled() => return Err(Stopped),
            () = stop.cancelled() => return Err(Stopped),
            () = sleep(pause) => {}
        }
    }
}

/// In a task of its own, which stopping waits for.
async fn once(route: &Arc<Route>, handout: &Arc<Handout>, ports: &Ports) -> (Tally, Result<(), Undelivered>) {
    let (served_route, handout, task_ports) = (Arc::clone(route), Arc::clone(handout), ports.clone());
    let task = ports.tasks.spawn(async move {
        let mut tally = Tally::default();
        let served = serve_counting(&served_route, &handout, &mut tally, &task_ports);
        let served = std::panic::AssertUnwindSafe(served).catch_unwind().await;
        let served = served.unwrap_or_else(|panic| Err(Undelivered::panicked(&served_route, &panic_message(&*panic))));
        (tally, served)
    });
    task.await.unwrap_or_else(|error| (Tally::default(), Err(Undelivered::panicked(route, &error.to_string()))))
}
