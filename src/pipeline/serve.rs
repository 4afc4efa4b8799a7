//! One page on its way to one sink: filter, drop what is known, format, deliver, record.
//!
//! If the process dies …
//! * before `deliver`: nothing has happened, the page is read again;
//! * during `deliver`: some alerts of this page may have arrived; they are sent again, at most this page;
//! * after `deliver`, before `record`: the same, at most this page;
//! * after `record`: IDs, dead letters and cursor are durable together, nothing is sent again.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::time::{Duration, Instant};

use super::aside::Sorted;
use super::decide::{Decision, decide};
use super::outcome::Outcome;
use super::route::Route;
use super::tally::Tally;
use super::{Ports, persist};
use crate::alert::{Header, ReadAlert, Status};
use crate::clock;
use crate::format::{Activity, Context};
use crate::ledger::{DeadLetter, Known, Seen, SeenKey, Step};
use crate::sink::{Batch, DeliverError, Delivery, Verdict};
use crate::telemetry::events;

/// A cursor that moved without anything to record is written this often: a restart then looks back this much further.
const IDLE_WRITE: Duration = Duration::from_mins(5);

/// What a page is handed out with.
#[derive(Debug)]
pub struct Handout {
    pub sorted: Sorted,
    pub read_alert: ReadAlert,
    pub collected: Timestamp,
    /// A sweep re-reads the past and leaves cursors alone.
    pub moves_cursor: bool,
}

/// A page that did not get through, or not wholly. What is not known to have arrived is offered again.
#[derive(Debug)]
pub struct Undelivered {
    pub message: String,
    pub advice: Option<String>,
}

impl From<DeliverError> for Undelivered {
    fn from(error: DeliverError) -> Self {
        Self { message: error.message, advice: error.advice }
    }
}

/// Brings a page to a route's sink and records it.
///
/// # Errors
/// When some alert is not known to have arrived, or the ledger could not be used.
pub async fn serve(route: &Route, handout: &Handout, ports: &Ports) -> Result<(), Undelivered> {
    let started = Instant::now();
    let _turn = route.turn.lock().await;
    let mut tally = Tally::default();
    tally.add(Outcome::DeadLettered, handout.sorted.aside);
    tally.add(Outcome::Duplicate, handout.sorted.aside_before);

    let mut work = Work::plan(route, handout, &mut tally, ports).await?;
    let delivery = if work.batch.is_empty() {
        Delivery::complete(0)
    } else {
        tokio::select! {
            delivery = route.outlet.deliver(&work.batch) => delivery,
            () = route.outlet.given_up() => return Err(left_for_next_time(route)),
            () = ports.cut_off.cancelled() => return Err(left_for_next_time(route)),
        }
    };
    work.settle(&delivery.verdicts, handout, &mut tally);

    let page = &handout.sorted.page;
    let complete_to = if delivery.failure.is_none() && handout.moves_cursor { page.complete_to } else { None };
    let step =
        Step { route: route.key.clone(), seen: work.seen, dead: work.dead, cursor: complete_to.map(|to| to.max(route.cursor())) };
    let worth_writing = !step.seen.is_empty() || !step.dead.is_empty() || route.unrecorded_for() >= IDLE_WRITE;
    if worth_writing {
        tell_dead_letters(route, &step.dead);
        let recorded = persist::record(step, &route.tenant.name, ports).await;
        recorded.map_err(|error| Undelivered { message: error.message, advice: error.advice })?;
    }
    if let Some(to) = complete_to {
        route.advance(to, worth_writing);
    }

    tally.publish(route, &ports.metrics);
    let forwarded = tally.of(Outcome::Forwarded);
    if forwarded > 0 {
        events::delivered(&route.tenant.name, route.key.feed, &route.outlet.name, forwarded, started.elapsed());
    }
    delivery.failure.map_or(Ok(()), |failure| Err(failure.into()))
}

/// What is to be sent of a page, and what is to be remembered of it.
struct Work {
    batch: Batch,
    /// For each message of the batch, which record it is and what to remember of it once it has arrived.
    sent: Vec<(usize, Seen)>,
    seen: Vec<Seen>,
    dead: Vec<DeadLetter>,
}

impl Work {
    /// Filters, drops what is known and encodes the rest.
    async fn plan(route: &Route, handout: &Handout, tally: &mut Tally, ports: &Ports) -> Result<Self, Undelivered> {
        let page = &handout.sorted.page;
        let headers = handout.sorted.good.iter().filter_map(|index| {
            let header = page.records()[*index].header.as_ref().ok()?;
            Some((*index, header))
        });
        let (wanted, unwanted): (Vec<_>, Vec<_>) = headers.partition(|(_, header)| route.filter.passes(header));
        tally.add(Outcome::Filtered, unwanted.len() as u64);

        let keys: Vec<SeenKey> = wanted.iter().map(|(_, header)| key(header)).collect();
        let known = if keys.is_empty() {
            Vec::new()
        } else {
            let known = ports.ledger.known(&route.key.tenant, route.key.sink.as_ref(), keys).await;
            known.map_err(|error| Undelivered { message: error.message, advice: error.advice })?
        };

        let batch = Batch::new(Arc::clone(&route.tenant), route.key.feed, route.format);
        let mut work = Self { batch, sent: Vec::new(), seen: Vec::new(), dead: Vec::new() };
        let mut met: HashMap<&str, Known> = HashMap::new();
        for ((index, header), known) in wanted.into_iter().zip(known) {
            let resolved = header.status == Status::Resolved;
            let now_known = Known { revision: header.updated, resolved };
            let known = met.get(header.id.as_str()).copied().or(known);
            match decide(route.revisions, header.updated, resolved, known) {
                Decision::Duplicate { newer } => {
                    tally.add(Outcome::Duplicate, 1);
                    if newer {
                        met.insert(&header.id, now_known);
                        work.seen.push(Seen { key: key(header), known: now_known });
                    }
                }
                Decision::Forward(activity) => {
                    met.insert(&header.id, now_known);
                    let seen = Seen { key: key(header), known: now_known };
                    match work.encode(route, handout, index, header, activity) {
                        Ok(()) => work.sent.push((index, seen)),
                        Err(reason) => work.set_aside(handout, index, seen, reason, tally),
                    }
                }
            }
        }
        Ok(work)
    }

    fn encode(
        &mut self,
        route: &Route,
        handout: &Handout,
        index: usize,
        header: &Header,
        activity: Activity,
    ) -> Result<(), String> {
        let page = &handout.sorted.page;
        let alert = (handout.read_alert)(page.raw(&page.records()[index])).map_err(|unreadable| unreadable.to_string())?;
        let context = Context { tenant: &route.tenant, feed: route.key.feed, activity, collected: handout.collected };
        let at = header.updated.or(header.created);
        let encode = |out: &mut Vec<u8>| route.format.encode(&alert, &context, out);
        self.batch.push(&header.id, header.severity, at, encode).map_err(|error| error.to_string())
    }

    /// Sorts the messages by what the sink knows of them.
    fn settle(&mut self, verdicts: &[Verdict], handout: &Handout, tally: &mut Tally) {
        for ((index, seen), verdict) in std::mem::take(&mut self.sent).into_iter().zip(verdicts) {
            match verdict {
                Verdict::Delivered => {
                    tally.add(Outcome::Forwarded, 1);
                    self.seen.push(seen);
                }
                Verdict::Refused(reason) => self.set_aside(handout, index, seen, reason.clone(), tally),
                Verdict::Unknown => {}
            }
        }
    }

    fn set_aside(&mut self, handout: &Handout, index: usize, seen: Seen, reason: String, tally: &mut Tally) {
        let page = &handout.sorted.page;
        let body = page.raw(&page.records()[index]).to_owned();
        self.dead.push(DeadLetter { alert_id: seen.key.id.clone(), reason, at: clock::now(), body });
        self.seen.push(seen);
        tally.add(Outcome::DeadLettered, 1);
    }
}

fn key(header: &Header) -> SeenKey {
    SeenKey { id: header.id.clone(), created: header.created }
}

fn tell_dead_letters(route: &Route, dead: &[DeadLetter]) {
    for letter in dead {
        events::dead_letter(&route.tenant.name, route.key.feed, Some(&route.outlet.name), &letter.alert_id, &letter.reason);
    }
}

fn left_for_next_time(route: &Route) -> Undelivered {
    let message = format!("stopping: sink {} has not answered, so its page is left for next time", route.outlet.name);
    Undelivered { message, advice: None }
}
