//! `dead-letters retry` and `dead-letters discard`.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::progress::{Reporter, sum};
use super::{Errands, ledger_failed, whose};
use crate::config::TenantSettings;
use crate::control::wire::{Counts, End, Outcome, Tell, Which};
use crate::ledger::{Kept, KeptFilter, RouteKey};
use crate::pipeline::letters::{Halt, Letters, Retried, lift};
use crate::pipeline::route::Route;
use crate::source::microsoft::header_of;
use crate::tenant::TenantName;

/// So many are taken up together; each may have megabytes.
const AT_ONCE: usize = 50;

impl Errands {
    pub(super) async fn retry(&self, which: &Which, tell: mpsc::Sender<Tell>, stop: &CancellationToken) -> Result<End, End> {
        let filter = whose::letters(&self.settings, which)?;
        // First which, then what: one that is kept aside once more has another number.
        let numbers = self.numbers(&filter).await?;
        let mut reporter = Reporter::new(tell);
        let mut interrupted = false;
        let mut tried = 0;
        'all: for some in numbers.chunks(AT_ONCE) {
            let these = KeptFilter { numbers: Some(some.to_vec()), ..KeptFilter::default() };
            let kept = self.ports.ledger.kept(these).await.map_err(ledger_failed)?;
            for (route, kept) in by_route(kept) {
                match self.retry_some(&route, kept, stop, &mut reporter).await {
                    Ok(()) => {}
                    Err(Halt::Stopped) => {
                        interrupted = true;
                        break 'all;
                    }
                    Err(Halt::LedgerFailed(error)) => return Err(ledger_failed(error)),
                }
            }
            tried += some.len();
            #[expect(clippy::cast_precision_loss, reason = "it is for a bar")]
            reporter.progressed(None, tried as f64 / numbers.len() as f64);
        }
        let counts = reporter.counts;
        let Counts { forwarded, duplicate, filtered, dead_lettered, stayed, .. } = counts;
        let outcome = if interrupted { Outcome::Interrupted } else { Outcome::Done };
        let kept = dead_lettered + stayed;
        let message = format!(
            "of {} dead letter(s), {forwarded} sent, {duplicate} had been sent meanwhile, {filtered} not wanted any more, {kept} stay",
            numbers.len()
        );
        let advice = if interrupted {
            Some("give the same command again: it goes on with those that are left".to_owned())
        } else {
            (kept > 0).then(|| "`alertferry dead-letters list` says why they stay".to_owned())
        };
        Ok(End { outcome, message, advice, counts })
    }

    pub(super) async fn discard(&self, which: &Which, stop: &CancellationToken) -> Result<End, End> {
        let filter = whose::letters(&self.settings, which)?;
        let mut counts = Counts::default();
        let mut page = KeptFilter { limit: u32::try_from(AT_ONCE).ok(), ..filter };
        while !stop.is_cancelled() {
            let kept = self.ports.ledger.kept(page.clone()).await.map_err(ledger_failed)?;
            let Some(last) = kept.last() else { break };
            page.after = last.number;
            for (route, kept) in by_route(kept) {
                let tenant = self
                    .configured(&route)
                    .map_or_else(|| TenantName::from(route.tenant.as_str()), |tenant| tenant.tenant.name.clone());
                let numbers: Vec<i64> = kept.iter().map(|kept| kept.number).collect();
                counts.discarded += numbers.len() as u64;
                lift(route, numbers, &tenant, &self.ports).await.map_err(ledger_failed)?;
            }
        }
        let outcome = if stop.is_cancelled() { Outcome::Interrupted } else { Outcome::Done };
        let message = format!("{} dead letter(s) discarded", counts.discarded);
        Ok(End { outcome, message, advice: None, counts })
    }

    /// Those that are there now.
    async fn numbers(&self, filter: &KeptFilter) -> Result<Vec<i64>, End> {
        let mut page = KeptFilter { limit: u32::try_from(AT_ONCE).ok(), ..filter.clone() };
        let mut numbers = Vec::new();
        loop {
            let kept = self.ports.ledger.kept(page.clone()).await.map_err(ledger_failed)?;
            let Some(last) = kept.last() else { return Ok(numbers) };
            page.after = last.number;
            numbers.extend(kept.iter().map(|kept| kept.number));
        }
    }

    async fn retry_some(
        &self,
        route: &RouteKey,
        kept: Vec<Kept>,
        stop: &CancellationToken,
        reporter: &mut Reporter,
    ) -> Result<(), Halt> {
        let Some(tenant) = self.configured(route) else {
            let why = format!("tenant {} does not have the feed {} any more", route.tenant, route.feed);
            stay(kept.into_iter().map(|kept| (kept.letter.alert_id, why.clone())), reporter);
            return Ok(());
        };
        let feed = route.feed;
        let letters =
            |kept| Letters { tenant: Arc::clone(&tenant.tenant), feed, kept, header: header_of, read: feed.dialect().read };
        let world = (&self.ports, stop);
        let retried = match &route.sink {
            None => {
                let routes: Vec<Arc<Route>> = tenant.sinks.iter().filter_map(|sink| self.route(tenant, feed, sink)).collect();
                letters(kept).to_all(&routes, world, reporter).await?
            }
            Some(sink) => {
                let Some(to) = self.route(tenant, feed, sink) else {
                    let why = format!("tenant {} does not send to the sink {sink} any more", tenant.tenant.name);
                    stay(kept.into_iter().map(|kept| (kept.letter.alert_id, why.clone())), reporter);
                    return Ok(());
                };
                letters(kept).to_route(&to, world, reporter).await?
            }
        };
        let Retried { tally, stay: stays } = retried;
        reporter.counts = sum(reporter.counts, 0, &tally);
        stay(stays.into_iter(), reporter);
        Ok(())
    }

    fn configured(&self, route: &RouteKey) -> Option<&TenantSettings> {
        self.settings.tenants.iter().find(|one| one.tenant.id == route.tenant && one.feeds.contains(&route.feed))
    }
}

/// Says of letters why they stay where they are.
fn stay(letters: impl Iterator<Item = (String, String)>, reporter: &mut Reporter) {
    for (alert_id, reason) in letters {
        reporter.counts.stayed += 1;
        reporter.note(format!("{alert_id} stays: {reason}"), None);
    }
}

/// Letters of one route lie together, in their order.
fn by_route(kept: Vec<Kept>) -> BTreeMap<RouteKey, Vec<Kept>> {
    let mut routes: BTreeMap<RouteKey, Vec<Kept>> = BTreeMap::new();
    for kept in kept {
        routes.entry(kept.route.clone()).or_default().push(kept);
    }
    routes
}
