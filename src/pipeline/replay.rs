//! Reads a span of the past again for one route: a pass of its own, beside the live ones and behind them.
//!
//! It draws on the same budget, tokens and sink, and on the route's turn: where it meets a live pass, one of the two looks up, delivers
//! and records before the other looks, so that no alert goes twice. What it has done is told to the ledger in the same commit as the
//! page, so that the same command given again goes on where this one was interrupted. If the process dies …
//! * before or in `pages.next`: nothing has happened; the replay goes on at its last page;
//! * in `aside::sort`: at most what no route could take was kept aside, once;
//! * in `insist`, before the commit: some alerts of this page may have arrived, and are sent again, at most this page;
//! * in `insist`, after the commit: alerts, dead letters and progress are durable together, nothing is sent again. What lies at or
//!   behind `after` is read again, and dropped: without `send_again` since the ledger knows it, with it since the ledger knows what this
//!   replay has sent;
//! * after the last page, before `ended` is durable: the last page is read again and dropped in the same way;
//! * after it: there is nothing left to read; whoever gave the errand has the ledger forget it, once all its feeds have come so far.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::errand::{Aside, Errand, ReadKept, Replay};
use super::insist::{Listener, Stopped, insist};
use super::lane::Lane;
use super::route::Route;
use super::schedule::Plan;
use super::serve::Handout;
use super::tally::Tally;
use super::{Ports, aside, persist};
use crate::ledger::{KeptFilter, LedgerError, ReplayKey, RouteKey, Step};
use crate::retry::Pauses;
use crate::source::{FetchError, Page, Source, Trouble, Window};
use crate::tenant::Tenant;
use crate::{clock, crash};

/// The vendor's clock counts in 100 ns.
const TICK: SignedDuration = SignedDuration::from_nanos(100);

/// So many dead letters are asked for together, without what the vendor sent.
const BRIEFS: u32 = 1000;

/// A span of the past on its way to one sink.
#[expect(missing_debug_implementations, reason = "it lives on the stack of its errand, whose key is printable")]
pub struct Rereading<'a> {
    pub source: &'a dyn Source,
    pub tenant: &'a Arc<Tenant>,
    pub route: Arc<Route>,
    pub key: ReplayKey,
    pub plan: Plan,
    /// Reads the header of a dead letter.
    pub header: ReadKept,
    /// The live passes of the feed, where there are any.
    pub lane: Arc<Lane>,
}

/// Who wants to know how a replay is doing.
pub trait Watcher: Listener {
    /// A page is through: everything up to `at` is, and so much was read.
    fn came(&mut self, at: Timestamp, read: u64, tally: &Tally);
}

/// How a replay ended.
#[derive(Debug)]
pub enum End {
    Done,
    /// It was told to stop; the same command goes on here.
    Stopped,
    /// The feed cannot be read until somebody acts.
    Failed(FetchError),
    LedgerFailed(LedgerError),
}

impl From<LedgerError> for End {
    fn from(error: LedgerError) -> Self {
        End::LedgerFailed(error)
    }
}

impl From<Stopped> for End {
    fn from(_: Stopped) -> Self {
        End::Stopped
    }
}

impl Rereading<'_> {
    /// Runs the replay to its end.
    pub async fn run(&self, ports: &Ports, stop: &CancellationToken, watcher: &mut dyn Watcher) -> End {
        match self.read(ports, stop, watcher).await {
            Ok(()) => End::Done,
            Err(end) => end,
        }
    }

    async fn read(&self, ports: &Ports, stop: &CancellationToken, watcher: &mut dyn Watcher) -> Result<(), End> {
        let mut at = ports.ledger.replayed(self.key.clone()).await?.unwrap_or(self.key.from);
        // As long as there may be another page, more may lie at the last moment.
        let last = self.key.to.checked_sub(TICK).unwrap_or(self.key.to);
        let aside = Arc::new(self.aside(ports).await?);
        let (mut read, mut tally, mut pauses) = (0, Tally::default(), Pauses::new(self.plan.retry));
        watcher.came(at, read, &tally);
        while at < self.key.to {
            self.still_known(at, ports).await?;
            let mut pages = self.source.open(Window { from: at, to: self.key.to });
            let failure = loop {
                let next = async {
                    self.lane.free().await;
                    pages.next().await
                };
                let page = tokio::select! {
                    biased;
                    () = ports.stopping.cancelled() => return Err(End::Stopped),
                    () = stop.cancelled() => return Err(End::Stopped),
                    page = next => page,
                };
                let page = match page {
                    Ok(Some(page)) => page,
                    Ok(None) => {
                        crash::point("replay.read");
                        let ended = Some((self.key.clone(), self.key.to));
                        let last = Step { replayed: ended, ..Step::of(self.key.route.clone()) };
                        persist::record(last, &self.tenant.name, ports).await?;
                        crash::point("replay.ended");
                        return Ok(());
                    }
                    Err(error) => break error,
                };
                crash::point("replay.page-read");
                pauses.reset();
                read += page.records().len() as u64;
                ports.metrics.read(&self.tenant.name, self.source.kind(), page.records().len() as u64);
                let after = page.complete_to.unwrap_or(at).min(last).max(at);
                let (key, aside) = (self.key.clone(), Arc::clone(&aside));
                let replay = Replay { key, before: at, after, aside, header: self.header };
                self.hand_out(page, replay, &mut tally, (ports, stop), watcher).await?;
                crash::point("replay.page-done");
                at = after;
                watcher.came(at, read, &tally);
            };
            let pause = self.plan.pause(failure.trouble, &mut pauses);
            match failure.trouble {
                Trouble::Throttled(_) | Trouble::Passing => watcher.trouble(&failure.message, failure.advice.as_deref(), pause),
                Trouble::NeedsConsent | Trouble::Broken | Trouble::Stalled => return Err(End::Failed(failure)),
            }
            tokio::select! {
                () = ports.stopping.cancelled() => return Err(End::Stopped),
                () = stop.cancelled() => return Err(End::Stopped),
                () = sleep(pause) => {}
            }
        }
        Ok(())
    }

    /// IDs may have been forgotten meanwhile: from then on, nobody knows what of the rest was sent.
    async fn still_known(&self, at: Timestamp, ports: &Ports) -> Result<(), End> {
        let since = ports.ledger.remembers_since().await?;
        match since.filter(|since| at < *since && !self.key.send_again) {
            None => Ok(()),
            Some(since) => Err(End::LedgerFailed(LedgerError {
                message: format!(
                    "the ledger has forgotten meanwhile what was sent of alerts last changed before {since}, and the rest begins at {at}"
                ),
                advice: None, // the same command is refused now, and told why
            })),
        }
    }

    /// The dead letters of the route's sink: what was kept aside was never sent, although the ledger knows it.
    async fn aside(&self, ports: &Ports) -> Result<Aside, LedgerError> {
        let RouteKey { tenant, sink, .. } = &self.key.route;
        let mut filter =
            KeptFilter { tenant: Some(tenant.clone()), sink: sink.clone(), limit: Some(BRIEFS), ..KeptFilter::default() };
        let mut aside = Aside::default();
        loop {
            let briefs = ports.ledger.kept_briefly(filter.clone()).await?;
            let Some(last) = briefs.last() else { return Ok(aside) };
            filter.after = last.number;
            for brief in briefs {
                aside.entry(brief.alert_id).or_default().push(brief.number);
            }
        }
    }

    async fn hand_out(
        &self,
        page: Page,
        replay: Replay,
        tally: &mut Tally,
        (ports, stop): (&Ports, &CancellationToken),
        watcher: &mut dyn Watcher,
    ) -> Result<(), End> {
        let sorted = aside::sort(page, self.tenant, self.source.kind(), ports).await?;
        let handout = Handout { sorted, read: self.source.reader(), collected: clock::now(), errand: Errand::Replay(replay) };
        Ok(insist(&self.route, handout, tally, (ports, stop), watcher).await?)
    }
}
