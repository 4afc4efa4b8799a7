//! `replay`: a span of the past of one tenant, for one sink, feed by feed.

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::progress::Reporter;
use super::{Errands, ledger_failed, whose};
use crate::app::parts;
use crate::control::wire::{Ask, Counts, End, Outcome, Replay, Tell};
use crate::ledger::{ReplayKey, RouteKey};
use crate::pipeline::replay::{self, Rereading};
use crate::source::microsoft::header_of;
use crate::telemetry::events;

impl Errands {
    pub(super) async fn replay(&self, ask: &Replay, tell: mpsc::Sender<Tell>, stop: &CancellationToken) -> Result<End, End> {
        let tenant = whose::tenant(&self.settings, &ask.tenant)?;
        let sink = whose::sink(tenant, &ask.sink)?;
        let feeds = whose::feeds(tenant, ask.feed.as_deref())?;
        if ask.from >= ask.to {
            return Err(End::refused(format!("the span ends ({}) before it begins ({})", ask.to, ask.from)));
        }
        let never_knew = self.remembers(ask).await?;
        let keys: Vec<ReplayKey> = feeds
            .iter()
            .map(|feed| {
                let route = RouteKey { tenant: tenant.tenant.id.clone(), feed: *feed, sink: Some(sink.clone()) };
                ReplayKey { route, from: ask.from, to: ask.to, send_again: ask.send_again }
            })
            .collect();
        let _claim = self.claim(&keys)?;
        events::replay_started(&tenant.tenant.name, &sink, ask.from, ask.to, ask.send_again);

        let mut reporter = Reporter::new(tell);
        reporter.span = (ask.from, ask.to);
        if let Some(begun) = never_knew {
            let message = format!(
                "the ledger was begun at {begun:.0} and knows nothing of what was sent before: what it has not sent since is sent"
            );
            let advice = format!("fine on a first start; if a ledger was lost, end this with Ctrl-C and give --from {begun}");
            reporter.note(message, Some(advice));
        }
        #[expect(clippy::cast_precision_loss, reason = "there are fewer than ten feeds")]
        let share = 1.0 / keys.len() as f64;
        for key in &keys {
            let feed = key.route.feed;
            reporter.feed = Some(feed);
            reporter.before = reporter.counts;
            let source = self.workshop.source(tenant, feed).map_err(|error| End::failed(error.to_string(), None))?;
            let missing = || End::failed(format!("sink {sink} is not there"), Some("start the daemon anew".to_owned()));
            let rereading = Rereading {
                source: &*source,
                tenant: &tenant.tenant,
                route: self.route(tenant, feed, &sink).ok_or_else(missing)?,
                key: key.clone(),
                plan: parts::plan(tenant),
                header: header_of,
                lane: self.lanes.get(&(tenant.tenant.id.clone(), feed)).cloned().unwrap_or_default(),
            };
            let ended = rereading.run(&self.ports, stop, &mut reporter).await;
            if let Some(end) = interrupted(ended, ask, reporter.counts) {
                events::replay_ended(&tenant.tenant.name, &sink, reporter.counts.forwarded, Some(&end.message));
                return Err(end);
            }
            reporter.share = (reporter.share.0 + share, share);
        }
        // Until all feeds have come to their ends, each remembers that it has, and what it sent: the same command would begin with
        // the first, and the others show some of it again.
        self.ports.ledger.end_replay(keys).await.map_err(ledger_failed)?;
        events::replay_ended(&tenant.tenant.name, &sink, reporter.counts.forwarded, None);
        let Counts { forwarded, dead_lettered, .. } = reporter.counts;
        let aside = if dead_lettered > 0 { format!(", {dead_lettered} kept aside as dead letters") } else { String::new() };
        let message = format!("{forwarded} alert(s) sent to {sink}{aside}");
        Ok(End { outcome: Outcome::Done, message, advice: None, counts: reporter.counts })
    }

    /// Without the memory of what was sent, everything would be sent again. Answers with the beginning of the ledger, where the span
    /// begins before.
    async fn remembers(&self, ask: &Replay) -> Result<Option<Timestamp>, End> {
        if ask.send_again {
            return Ok(None);
        }
        let since = self.ports.ledger.remembers_since().await.map_err(ledger_failed)?;
        let Some(since) = since.filter(|since| ask.from < *since) else {
            let begun = self.ports.ledger.begun().await.map_err(ledger_failed)?;
            return Ok(begun.filter(|begun| ask.from < *begun));
        };
        Err(End::refused(format!(
            "the ledger does not know what was sent of alerts last changed before {since} (older than its retention, or lost with the ledger \
             before it), and this span begins at {}: begin it there or later, or give --send-again, which sends everything of the span, \
             marked as replayed",
            ask.from
        )))
    }
}

/// The last word of a replay that did not come to its end.
fn interrupted(ended: replay::End, ask: &Replay, counts: Counts) -> Option<End> {
    let again = format!("{}: it goes on where this one ended", Ask::Replay(ask.clone()).again());
    let (outcome, message, advice) = match ended {
        replay::End::Done => return None,
        replay::End::Stopped => (Outcome::Interrupted, "interrupted".to_owned(), again),
        replay::End::Failed(error) => {
            let advice = error.advice.map(|advice| format!("{advice}; then {again}"));
            (Outcome::Failed, error.message, advice.unwrap_or(again))
        }
        replay::End::LedgerFailed(error) => {
            let advice = error.advice.map(|advice| format!("{advice}; then {again}"));
            (Outcome::Failed, error.message, advice.unwrap_or(again))
        }
    };
    Some(End { outcome, message, advice: Some(advice), counts })
}
