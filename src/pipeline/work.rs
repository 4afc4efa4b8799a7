//! What of a page a route sends, and what it remembers of it: planned before the delivery, settled by the sink's word after it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Ports;
use super::decide::{Decision, Revision, decide, wanted_revisions};
use super::errand::{self, Past, Standing};
use super::outcome::Outcome;
use super::route::Route;
use super::serve::Handout;
use super::tally::Tally;
use super::undelivered::Undelivered;
use crate::alert::Header;
use crate::clock;
use crate::format::shorten::{Fit, encode_within};
use crate::format::{Activity, Context, event_uid};
use crate::ledger::{DeadLetter, Known, Seen, SeenKey};
use crate::sink::{About, Batch, Verdict};
use crate::telemetry::events;

/// What is to be sent of a page, and what is to be remembered of it.
pub(super) struct Work {
    pub batch: Batch,
    /// In the order of the batch.
    planned: Vec<Planned>,
    /// Dead letters that the route does not want any more, or has had already.
    settled: Vec<i64>,
}

/// One alert that leaves a trace in the ledger.
struct Planned {
    /// Which record of the page it is.
    index: usize,
    seen: Seen,
    /// Dead letters that are settled with it.
    letters: Vec<i64>,
    fate: Fate,
}

enum Fate {
    /// It stands in the batch, and the sink has the word.
    Sent(Fit),
    /// A newer revision of what the route has already, or an older one.
    Duplicate,
    /// It cannot be sent.
    Impossible(String),
}

/// What is known of a page after its delivery.
pub(super) struct Settled {
    pub seen: Vec<Seen>,
    pub dead: Vec<DeadLetter>,
    pub lifted: Vec<i64>,
    /// Dead letters that the route cannot take again.
    pub stay: Vec<(i64, String)>,
    /// The records that are offered again.
    pub open: Vec<usize>,
}

impl Work {
    /// Filters, drops what is known and encodes the rest.
    pub async fn plan(route: &Route, handout: &Handout, tally: &mut Tally, ports: &Ports) -> Result<Self, Undelivered> {
        let page = &handout.sorted.page;
        let headers = handout.sorted.good.iter().filter_map(|index| {
            let header = page.records()[*index].header.as_ref().ok()?;
            Some((*index, header))
        });
        let (mut wanted, unwanted): (Vec<_>, Vec<_>) = headers.partition(|(_, header)| route.filter.pass(header));
        // Alerts go out before the incidents that speak of them, and revisions in their order, whatever the server's.
        wanted.sort_by_key(|(_, header)| (header.kind, header.updated));
        tally.add(Outcome::Filtered, unwanted.len() as u64);

        let keys: Vec<SeenKey> = wanted.iter().map(|(_, header)| key(header)).collect();
        let known = if keys.is_empty() {
            Vec::new()
        } else {
            let known = ports.ledger.known(&route.key.tenant, route.key.sink.as_ref(), keys).await;
            // Whoever reads that a sink takes nothing would look for the fault there.
            known.inspect_err(|error| {
                ports.note_ledger(Some(error));
                events::ledger_failed(&route.tenant.name, route.key.feed, &error.message, error.advice.as_deref());
            })?
        };
        let past = handout.errand.look(route, &wanted, &known, ports).await?;
        let batch = Batch::new(Arc::clone(&route.tenant), route.key.feed, route.encoder);
        let settled = unwanted.into_iter().filter_map(|(index, _)| handout.errand.letter(index)).collect();
        let mut work = Self { batch, planned: Vec::new(), settled };
        let mut met: HashMap<&str, Known> = HashMap::new();
        for (((index, header), known), Past { standing, letters }) in wanted.into_iter().zip(known).zip(past) {
            let resolved = header.status.is_over();
            let now_known = Known { revision: header.updated, resolved };
            let before = met.get(header.id.as_str()).copied();
            let revision = Revision { at: header.updated, resolved, grain: route.grain };
            let decision = match standing {
                Standing::Done => Decision::Duplicate { newer: false },
                Standing::Superseded => Decision::Duplicate { newer: true },
                Standing::ToSend if before.is_none() => Decision::Forward(errand::activity(route, header, known)),
                Standing::ToSend | Standing::AsKnown => decide(wanted_revisions(route, header), revision, before.or(known)),
            };
            let fate = match decision {
                Decision::Duplicate { newer: true } => Fate::Duplicate,
                Decision::Duplicate { newer: false } => {
                    tally.add(Outcome::Duplicate, 1);
                    // Of two in one page, the first one's fate decides.
                    if before.is_none() {
                        work.settled.extend(letters);
                    }
                    continue;
                }
                Decision::Forward(activity) => match work.encode(route, handout, index, header, activity) {
                    Ok(Some(fit)) => Fate::Sent(fit),
                    Err(reason) => Fate::Impossible(reason),
                    // Not remembered: a later revision may have another title, and pass.
                    Ok(None) => {
                        tally.add(Outcome::Filtered, 1);
                        work.settled.extend(handout.errand.letter(index));
                        continue;
                    }
                },
            };
            // What is sent again must not make the ledger forget that it knows a later revision.
            let newest = before.or(known).into_iter().chain([now_known]).max_by_key(|known| known.revision).unwrap_or(now_known);
            met.insert(&header.id, newest);
            work.planned.push(Planned { index, seen: Seen { key: key(header), known: newest }, letters, fate });
        }
        Ok(work)
    }

    /// Reads an alert as a whole and adds it to the batch; `None` where the route's filter does not want it after all.
    fn encode(
        &mut self,
        route: &Route,
        handout: &Handout,
        index: usize,
        header: &Header,
        activity: Activity,
    ) -> Result<Option<Fit>, String> {
        let page = &handout.sorted.page;
        let raw = page.raw(&page.records()[index]);
        let finding = (handout.read)(header.kind, raw).map_err(|unreadable| unreadable.to_string())?;
        if !route.filter.pass_whole(&finding) {
            return Ok(None);
        }
        let context = Context {
            tenant: &route.tenant,
            feed: route.key.feed,
            activity,
            collected: handout.collected,
            replayed: handout.errand.marks(),
        };
        let about = About {
            kind: header.kind,
            alert_id: header.id.clone(),
            severity: header.severity,
            at: header.updated.or(header.created),
            activity,
            event_uid: event_uid(&context, &header.id, header.updated.or(header.created)),
            replayed: context.replayed,
        };
        let room = (route.outlet.room(&route.tenant, route.key.feed, route.encoder, &about), route.oversize);
        let encode = |out: &mut Vec<u8>| encode_within(route.encoder, &finding, &context, room, out);
        self.batch.push(about, encode).map(Some).map_err(|error| error.to_string())
    }

    /// Sorts the alerts by what is known of them now.
    pub fn settle(self, route: &Route, verdicts: Vec<Verdict>, handout: &Handout, tally: &mut Tally) -> Settled {
        let page = &handout.sorted.page;
        let (mut verdicts, mut offered_again) = (verdicts.into_iter(), HashSet::new());
        let mut settled =
            Settled { seen: Vec::new(), dead: Vec::new(), lifted: self.settled, stay: Vec::new(), open: Vec::new() };
        for Planned { index, seen, letters, fate } in self.planned {
            let shortened = matches!(fate, Fate::Sent(Fit::Shortened));
            let (outcome, reason) = match fate {
                Fate::Duplicate => (Some(Outcome::Duplicate), None),
                Fate::Impossible(reason) => (Some(Outcome::DeadLettered), Some(reason)),
                Fate::Sent(_) => match verdicts.next() {
                    Some(Verdict::Delivered) => (Some(Outcome::Forwarded), None),
                    Some(Verdict::Refused(reason)) => (Some(Outcome::DeadLettered), Some(reason)),
                    Some(Verdict::Unknown) | None => (None, None),
                },
            };
            // Remembering a later revision would hide that an earlier one is still to be sent.
            let outcome = outcome.filter(|_| !offered_again.contains(&seen.key.id));
            let Some(outcome) = outcome else {
                offered_again.insert(seen.key.id);
                settled.open.push(index);
                continue;
            };
            tally.add(outcome, 1);
            if outcome == Outcome::Forwarded {
                tally.shortened += u64::from(shortened);
                events::forwarded(&route.tenant.name, route.key.feed, &route.outlet.name, &seen.key.id);
            }
            if outcome != Outcome::DeadLettered {
                settled.lifted.extend(letters);
            }
            if let Some(reason) = reason {
                let alert_id = seen.key.id.clone();
                events::dead_letter(&route.tenant.name, route.key.feed, Some(&route.outlet.name), &alert_id, &reason);
                if let Some(number) = handout.errand.letter(index) {
                    settled.stay.push((number, reason));
                } else {
                    let body = page.raw(&page.records()[index]).to_owned();
                    settled.dead.push(DeadLetter { alert_id, reason, at: clock::now(), body });
                }
            }
            settled.seen.push(seen);
        }
        settled
    }
}

fn key(header: &Header) -> SeenKey {
    SeenKey { id: header.id.clone(), created: header.created }
}
