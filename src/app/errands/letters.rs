//! `dead-letters retry` and `dead-letters discard`.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::progress::{Reporter, sum};
use super::{Errands, ledger_failed, whose};
use crate::config::TenantSettings;
use crate::control::wire::{Counts, End, Outcome, Tell, Which};
use crate::ledger::{Brief, Kept, KeptFilter, RouteKey, Step};
use crate::pipeline::letters::{Halt, Letters, Retried, settle};
use crate::pipeline::route::Route;
use crate::source::microsoft::header_of;
use crate::tenant::TenantName;

/// So many are asked for together, without what the vendor sent.
const BRIEFS: u32 = 1000;

/// Those that are taken up together have no more bytes than this, unless one alone has.
const BATCH: u64 = 4 * 1024 * 1024;

impl Errands {
    pub(super) async fn retry(&self, which: &Which, tell: mpsc::Sender<Tell>, stop: &CancellationToken) -> Result<End, End> {
        let filter = whose::letters(&self.settings, which)?;
        // Those that come meanwhile have had their chance just now.
        let (all, last) = self.count(&filter).await?;
        let mut reporter = Reporter::new(tell);
        let mut interrupted = false;
        let mut tried = 0;
        let mut page = KeptFilter { limit: Some(BRIEFS), ..filter };
        'all: loop {
            let mut briefs = self.ports.ledger.kept_briefly(page.clone()).await.map_err(ledger_failed)?;
            briefs.retain(|brief| brief.number <= last);
            let Some(end) = briefs.last() else { break };
            page.after = end.number;
            for (route, numbers) in batches(briefs, BATCH) {
                let some = numbers.len() as u64;
                let kept = self.ports.ledger.kept(KeptFilter::of(numbers)).await.map_err(ledger_failed)?;
                match self.retry_some(&route, kept, stop, &mut reporter).await {
                    Ok(()) => {}
                    Err(Halt::Stopped) => {
                        interrupted = true;
                        break 'all;
                    }
                    Err(Halt::LedgerFailed(error)) => return Err(ledger_failed(error)),
                }
                tried += some;
                #[expect(clippy::cast_precision_loss, reason = "it is for a bar")]
                reporter.progressed(None, tried as f64 / all as f64);
            }
        }
        let counts = reporter.counts;
        let Counts { forwarded, duplicate, filtered, dead_lettered, stayed, .. } = counts;
        let outcome = if interrupted { Outcome::Interrupted } else { Outcome::Done };
        let kept = dead_lettered + stayed;
        let message = format!(
            "of {all} dead letter(s), {forwarded} sent, {duplicate} had been sent meanwhile, {filtered} not wanted any more, {kept} stay"
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
        // Nobody has seen those that come meanwhile.
        let (_, last) = self.count(&filter).await?;
        let mut counts = Counts::default();
        let mut page = KeptFilter { limit: Some(BRIEFS), ..filter };
        while !stop.is_cancelled() {
            let mut briefs = self.ports.ledger.kept_briefly(page.clone()).await.map_err(ledger_failed)?;
            briefs.retain(|brief| brief.number <= last);
            let Some(end) = briefs.last() else { break };
            page.after = end.number;
            for (route, lifted) in batches(briefs, u64::MAX) {
                let (tenant, some) = (self.name(&route), lifted.len() as u64);
                settle(Step { lifted, ..Step::of(route) }, &tenant, &self.ports).await.map_err(ledger_failed)?;
                counts.discarded += some;
            }
        }
        let outcome = if stop.is_cancelled() { Outcome::Interrupted } else { Outcome::Done };
        let message = format!("{} dead letter(s) discarded", counts.discarded);
        Ok(End { outcome, message, advice: None, counts })
    }

    /// How many there are now, and the number of the last.
    async fn count(&self, filter: &KeptFilter) -> Result<(u64, i64), End> {
        let mut page = KeptFilter { limit: Some(BRIEFS), ..filter.clone() };
        let mut count = 0;
        loop {
            let briefs = self.ports.ledger.kept_briefly(page.clone()).await.map_err(ledger_failed)?;
            let Some(last) = briefs.last() else { return Ok((count, page.after)) };
            page.after = last.number;
            count += briefs.len() as u64;
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
            return self.leave(route, kept, &why, reporter).await;
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
                    return self.leave(route, kept, &why, reporter).await;
                };
                letters(kept).to_route(&to, world, reporter).await?
            }
        };
        let Retried { tally, stay: stays } = retried;
        reporter.counts = sum(reporter.counts, 0, &tally);
        stay(stays.into_iter().map(|one| (one.alert_id, one.reason)), reporter);
        Ok(())
    }

    /// Nobody can take these at present: they stay, and say why.
    async fn leave(&self, route: &RouteKey, kept: Vec<Kept>, why: &str, reporter: &mut Reporter) -> Result<(), Halt> {
        let reasons = kept.iter().map(|kept| (kept.number, why.to_owned())).collect();
        settle(Step { stay: reasons, ..Step::of(route.clone()) }, &self.name(route), &self.ports)
            .await
            .map_err(Halt::LedgerFailed)?;
        stay(kept.into_iter().map(|kept| (kept.letter.alert_id, why.to_owned())), reporter);
        Ok(())
    }

    /// What people call the tenant, where it has a name yet.
    fn name(&self, route: &RouteKey) -> TenantName {
        let tenant = self.settings.tenants.iter().find(|one| one.tenant.id == route.tenant);
        tenant.map_or_else(|| TenantName::from(route.tenant.as_str()), |tenant| tenant.tenant.name.clone())
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

/// Letters of one route lie together, in their order, as many as have this many bytes, and at least one.
fn batches(briefs: Vec<Brief>, most: u64) -> Vec<(RouteKey, Vec<i64>)> {
    let mut routes: BTreeMap<RouteKey, Vec<(i64, u64)>> = BTreeMap::new();
    for Brief { number, route, bytes, .. } in briefs {
        routes.entry(route).or_default().push((number, bytes));
    }
    let mut batches: Vec<(RouteKey, Vec<i64>)> = Vec::new();
    for (route, letters) in routes {
        let mut left = 0;
        for (number, bytes) in letters {
            match batches.last_mut() {
                Some((of, batch)) if *of == route && bytes <= left => batch.push(number),
                _ => {
                    batches.push((route.clone(), vec![number]));
                    left = most;
                }
            }
            left = left.saturating_sub(bytes);
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::batches;
    use crate::ledger::{Brief, RouteKey};
    use crate::source::FeedKind;

    #[test]
    fn letters_of_one_route_are_taken_up_together_as_far_as_there_is_room() {
        let route = |sink: &str| RouteKey { tenant: "t".into(), feed: FeedKind::GraphAlerts, sink: Some(sink.into()) };
        let brief =
            |(number, sink, bytes): (i64, &str, u64)| Brief { number, route: route(sink), alert_id: String::new(), bytes };
        let briefs = [(1, "a", 40), (2, "b", 10), (3, "a", 60), (4, "a", 1), (5, "a", 500), (6, "a", 100), (7, "a", 0)];
        let expected = [("a", vec![1, 3]), ("a", vec![4]), ("a", vec![5]), ("a", vec![6, 7]), ("b", vec![2])];
        assert_eq!(batches(briefs.map(brief).to_vec(), 100), expected.map(|(sink, numbers)| (route(sink), numbers)));
    }
}
