//! One page on its way to one sink: filter, drop what is known, format, deliver, record.
//!
//! If the process dies …
//! * before `deliver`: nothing has happened, the page is read again;
//! * during `deliver`: some alerts of this page may have arrived; they are sent again, at most this page;
//! * after `deliver`, before `record`: the same, at most this page;
//! * after `record`: IDs, dead letters and cursor are durable together, nothing is sent again.

use jiff::Timestamp;
use tokio::time::{Duration, Instant};

use super::aside::Sorted;
use super::errand::Errand;
use super::outcome::Outcome;
use super::route::Route;
use super::tally::Tally;
use super::undelivered::Undelivered;
use super::work::{Settled, Work};
use super::{Ports, persist};
use crate::alert::ReadFinding;
use crate::crash;
use crate::ledger::Step;
use crate::sink::Delivery;
use crate::telemetry::events;

/// A cursor that moved without anything to record is written this often: a restart then looks back this much further.
pub const IDLE_WRITE: Duration = Duration::from_mins(5);

/// What a page is handed out with.
#[derive(Debug, Clone)]
pub struct Handout {
    pub sorted: Sorted,
    pub read: ReadFinding,
    pub collected: Timestamp,
    pub errand: Errand,
}

/// Brings a page to a route's sink and records it.
///
/// # Errors
/// When some alert is not known to have arrived, or the ledger could not be used.
pub async fn serve(route: &Route, handout: &Handout, ports: &Ports) -> Result<(), Undelivered> {
    serve_counting(route, handout, &mut Tally::default(), ports).await
}

/// As [`serve`]; what became of the page's alerts is added to `all`, also where some of them did not get through: of these, nothing.
///
/// # Errors
/// As [`serve`].
pub async fn serve_counting(route: &Route, handout: &Handout, all: &mut Tally, ports: &Ports) -> Result<(), Undelivered> {
    let started = Instant::now();
    let _turn = route.turn.lock().await;
    crash::point("serve.begun");
    // Counted once it is recorded: whatever fails before is offered again as a whole.
    let mut tally = Tally::default();
    tally.add(Outcome::DeadLettered, handout.sorted.aside);
    tally.add(Outcome::Duplicate, handout.sorted.aside_before);

    let work = Work::plan(route, handout, &mut tally, ports).await?;
    crash::point("serve.planned");
    if route.outlet.is_given_up() || ports.cut_off.is_cancelled() {
        return Err(Undelivered::left_for_next_time(route));
    }
    let delivery = if work.batch.is_empty() {
        Delivery::complete(0)
    } else {
        tokio::select! {
            biased; // an answer that is there counts, or its alerts would be sent again
            delivery = route.outlet.deliver(&work.batch) => delivery,
            () = route.outlet.given_up() => return Err(Undelivered::left_for_next_time(route)),
            () = ports.cut_off.cancelled() => return Err(Undelivered::left_for_next_time(route)),
        }
    };
    let Settled { seen, dead, lifted, stay, open } = work.settle(route, delivery.verdicts, handout, &mut tally);
    let undelivered = delivery
        .failure
        .map(Undelivered::from)
        .or_else(|| (!open.is_empty()).then(|| Undelivered::unanswered(route, open.len())));

    let moves_cursor = undelivered.is_none() && handout.errand.moves_cursor();
    let complete_to = handout.sorted.page.complete_to.filter(|_| moves_cursor);
    let cursor = complete_to.map(|to| to.max(route.cursor()));
    let replayed = handout.errand.replayed(undelivered.is_none());
    let step = Step { seen, dead, cursor, lifted, stay, replayed, ..Step::of(route.key.clone()) };
    // Dead letters, new ones and those that stay, have their IDs among `seen`.
    let news = !step.seen.is_empty() || !step.lifted.is_empty() || step.replayed.is_some();
    let worth_writing = news || step.cursor.is_some() && route.unrecorded_for() >= IDLE_WRITE;
    if worth_writing {
        crash::point("serve.recording");
        persist::record(step, &route.tenant.name, ports).await?;
    }
    crash::point("serve.recorded");
    if let Some(to) = complete_to {
        route.advance(to, worth_writing);
    }
    crash::point("serve.advanced");
    tally.publish(route, &ports.metrics);
    all.merge(&tally);
    let forwarded = tally.of(Outcome::Forwarded);
    if forwarded > 0 {
        events::delivered(&route.tenant.name, route.key.feed, &route.outlet.name, forwarded, started.elapsed());
    }
    undelivered.map_or(Ok(()), |undelivered| Err(Undelivered { open: Some(open), ..undelivered }))
}
