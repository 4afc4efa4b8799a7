//! What runs beside the feeds: probing sinks, counting and trimming the ledger.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::alarms::Alarms;
use super::credentials::Expiries;
use crate::clock;
use crate::config::Settings;
use crate::pipeline::Ports;
use crate::pipeline::board::FeedBoard;
use crate::pipeline::outlet::Outlet;
use crate::pipeline::serve::IDLE_WRITE;
use crate::telemetry::events;
use crate::tenant::{TenantId, TenantName};

/// How often somebody thinks of the sinks: one that is down is asked each time.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// One that is up is asked when it has taken nothing for this long.
const PROBE_AFTER: Duration = Duration::from_secs(10);

/// How often the ledger's numbers are read.
const FIGURES_EVERY: Duration = Duration::from_secs(5);

/// How often the ends of credentials are looked at.
const EXPIRIES_EVERY: Duration = Duration::from_secs(10);

/// How often forgotten IDs are removed.
const FORGET_EVERY: Duration = Duration::from_hours(1);

/// Starts all of it; it ends with `stopping`.
pub(super) fn spawn(
    helpers: &mut JoinSet<()>,
    settings: &Settings,
    ports: &Ports,
    outlets: &[Arc<Outlet>],
    boards: Arc<[Arc<FeedBoard>]>,
) {
    for outlet in outlets {
        let outlet = Arc::clone(outlet);
        every(helpers, ports, LOOK_EVERY, move |_| {
            let outlet = Arc::clone(&outlet);
            async move { outlet.probe_unless_answered(PROBE_AFTER).await }
        });
    }
    let tenants: Arc<[(TenantId, TenantName)]> =
        settings.tenants.iter().map(|tenant| (tenant.tenant.id.clone(), tenant.tenant.name.clone())).collect();
    every(helpers, ports, FIGURES_EVERY, move |ports| {
        let tenants = Arc::clone(&tenants);
        async move { figures(&ports, &tenants).await }
    });
    let (retention, reach) = (settings.ledger.retention, reach(settings));
    every(helpers, ports, FORGET_EVERY, move |ports| {
        let boards = Arc::clone(&boards);
        async move { forget(&ports, retention, reach, &boards).await }
    });
}

/// Looks at the ends of credentials again and again: a certificate that was replaced has another one.
pub(super) fn watch_expiries(helpers: &mut JoinSet<()>, ports: &Ports, expiries: Arc<Expiries>) {
    every(helpers, ports, EXPIRIES_EVERY, move |_| {
        let expiries = Arc::clone(&expiries);
        // Reading a certificate blocks. A panic there is no reason to stop looking.
        async move { drop(tokio::task::spawn_blocking(move || expiries.look()).await) }
    });
}

/// Judges again and again what deserves an alarm.
pub(super) fn watch_for_alarms(helpers: &mut JoinSet<()>, ports: &Ports, alarms: &Arc<Alarms>) {
    let looking = Arc::clone(alarms);
    every(helpers, ports, alarms.every(), move |_| {
        let alarms = Arc::clone(&looking);
        async move { alarms.look().await }
    });
}

fn every<F, W>(helpers: &mut JoinSet<()>, ports: &Ports, period: Duration, work: F)
where
    F: Fn(Ports) -> W + Send + 'static,
    W: Future<Output = ()> + Send,
{
    let ports = ports.clone();
    helpers.spawn(async move {
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = ports.stopping.cancelled() => return,
                _ = ticks.tick() => {}
            }
            tokio::select! {
                () = ports.stopping.cancelled() => return,
                () = work(ports.clone()) => {}
            }
        }
    });
}

async fn figures(ports: &Ports, tenants: &[(TenantId, TenantName)]) {
    // A ledger in trouble is told by the passes; here there is nothing to lose.
    let Ok(figures) = ports.ledger.figures().await else { return };
    ports.metrics.ledger_ids(figures.ids);
    if let Some(file) = figures.file {
        ports.metrics.ledger().sizes(file.bytes, file.free, file.log, file.room);
    }
    for aside in &figures.dead_letters {
        if let Some((_, name)) = tenants.iter().find(|(tenant, _)| *tenant == aside.tenant) {
            ports.metrics.dead_letters(name, aside.sink.as_ref(), aside.letters);
        }
    }
}

/// How far back an ordinary pass or a sweep may look from a cursor. A crash sets cursors back to what was last written.
fn reach(settings: &Settings) -> Duration {
    let farthest = settings.tenants.iter().map(|tenant| tenant.overlap.max(tenant.sweep.reach) + tenant.interval).max();
    farthest.unwrap_or_default() + IDLE_WRITE
}

/// Forgets what no window can meet again: older than the retention, and than what the oldest cursor still looks back to.
async fn forget(ports: &Ports, retention: Duration, reach: Duration, boards: &[Arc<FeedBoard>]) {
    // Before every feed has started, nobody knows how far back the oldest cursor is.
    let Some(oldest) = boards.iter().map(|board| board.report().oldest).min().flatten() else { return };
    let horizon = earlier(clock::now(), retention).min(earlier(oldest, reach));
    if let Err(error) = ports.ledger.forget(horizon).await {
        events::forgetting_failed(&error.message);
    }
}

fn earlier(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_sub(SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX)).unwrap_or(Timestamp::MIN)
}
