//! What runs beside the feeds: probing sinks, counting and trimming the ledger.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::alarms::Alarms;
use super::credentials::Expiries;
use crate::clock;
use crate::config::{Settings, TenantSettings};
use crate::ledger::LedgerError;
use crate::pipeline::Ports;
use crate::pipeline::board::FeedBoard;
use crate::pipeline::outlet::Outlet;
use crate::pipeline::serve::IDLE_WRITE;
use crate::telemetry::events;
use crate::tenant::{SinkName, TenantId, TenantName};

/// How often somebody thinks of the sinks: one that is down is asked each time.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// One that is up is asked when it has taken nothing for this long.
const PROBE_AFTER: Duration = Duration::from_secs(10);

/// How often the ledger's numbers are read.
const FIGURES_EVERY: Duration = Duration::from_secs(5);

/// How often the ends of credentials are looked at.
const EXPIRIES_EVERY: Duration = Duration::from_secs(10);

/// How often somebody thinks of the IDs that are past their time.
const FORGET_LOOK: Duration = Duration::from_secs(5);

/// They are removed by the hour of the wall clock. Counted by running time, a program that is restarted often would never come
/// to it, and one on a machine that sleeps would come to it late.
const FORGET_EVERY: SignedDuration = SignedDuration::from_hours(1);

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
    let counted = |one: &TenantSettings| (one.tenant.id.clone(), one.tenant.name.clone(), one.sinks.clone());
    let tenants: Arc<[Counted]> = settings.tenants.iter().map(counted).collect();
    let noted: Arc<Mutex<Option<LedgerError>>> = Arc::default();
    every(helpers, ports, FIGURES_EVERY, move |ports| {
        let (tenants, noted) = (Arc::clone(&tenants), Arc::clone(&noted));
        async move { figures(&ports, &tenants, &noted).await }
    });
    let (retention, reach) = (settings.ledger.retention, reach(settings));
    let asked_for: Arc<Mutex<Option<Timestamp>>> = Arc::default();
    every(helpers, ports, FORGET_LOOK, move |ports| {
        let (boards, asked_for) = (Arc::clone(&boards), Arc::clone(&asked_for));
        async move {
            let Some(horizon) = horizon(retention, reach, &boards) else { return };
            if is_due(*asked_for.lock().unwrap_or_else(PoisonError::into_inner), horizon) {
                *asked_for.lock().unwrap_or_else(PoisonError::into_inner) = Some(horizon);
                forget(&ports, horizon).await;
            }
        }
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

/// A tenant with the sinks whose dead letters are counted.
type Counted = (TenantId, TenantName, Vec<SinkName>);

async fn figures(ports: &Ports, tenants: &[Counted], noted: &Mutex<Option<LedgerError>>) {
    let figures = ports.ledger.figures().await;
    let before = std::mem::replace(&mut *noted.lock().unwrap_or_else(PoisonError::into_inner), figures.as_ref().err().cloned());
    let figures = match (figures, before) {
        // Told by an alarm: here there is nothing to lose.
        (Err(error), _) => return ports.note_ledger(Some(&error)),
        (Ok(figures), Some(before)) => {
            ports.forget_ledger_trouble(&before);
            figures
        }
        (Ok(figures), None) => figures,
    };
    ports.metrics.ledger_ids(figures.ids);
    if let Some(file) = figures.file {
        ports.metrics.ledger().sizes(file.bytes, file.free, file.log, file.room);
    }
    let mut letters: HashMap<_, _> =
        figures.dead_letters.iter().map(|aside| ((&aside.tenant, aside.sink.as_ref()), aside.letters)).collect();
    for (id, name, sinks) in tenants {
        for sink in sinks.iter().map(Some).chain([None]) {
            match letters.remove(&(id, sink)) {
                Some(count) => ports.metrics.dead_letters(name, sink, count),
                None => ports.metrics.no_dead_letters(name, sink), // retried or discarded
            }
        }
    }
    // Those of sinks that a tenant no longer has lie there all the same.
    for ((tenant, sink), count) in letters {
        if let Some((_, name, _)) = tenants.iter().find(|(id, ..)| id == tenant) {
            ports.metrics.dead_letters(name, sink, count);
        }
    }
}

/// How far back an ordinary pass or a sweep may look from a cursor. A crash sets cursors back to what was last written.
fn reach(settings: &Settings) -> Duration {
    let farthest = settings.tenants.iter().map(|tenant| tenant.overlap.max(tenant.sweep.reach) + tenant.interval).max();
    farthest.unwrap_or_default() + IDLE_WRITE
}

/// What no window can meet again is before this: the retention, and what the oldest cursor still looks back to.
fn horizon(retention: Duration, reach: Duration, boards: &[Arc<FeedBoard>]) -> Option<Timestamp> {
    // Before every feed has started, nobody knows how far back the oldest cursor is.
    let oldest = boards.iter().map(|board| board.report().oldest).min().flatten()?;
    Some(earlier(clock::now(), retention).min(earlier(oldest, reach)))
}

/// Whether the horizon has moved since somebody asked to forget what is before it. Back, too: the clock may have been put right.
fn is_due(asked_for: Option<Timestamp>, horizon: Timestamp) -> bool {
    asked_for.is_none_or(|asked_for| horizon.duration_since(asked_for).abs() >= FORGET_EVERY)
}

async fn forget(ports: &Ports, horizon: Timestamp) {
    if let Err(error) = ports.ledger.forget(horizon).await {
        events::forgetting_failed(&error.message);
    }
}

fn earlier(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_sub(SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX)).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::is_due;

    #[test]
    fn ids_are_removed_soon_after_the_start_then_by_the_hour_and_after_a_clock_was_put_right() {
        let cases = [
            (None, "2026-03-02T07:00:00Z", true),
            (Some("2026-03-02T07:00:00Z"), "2026-03-02T07:59:59Z", false),
            (Some("2026-03-02T07:00:00Z"), "2026-03-02T08:00:00Z", true),
            (Some("2099-01-01T00:00:00Z"), "2026-03-02T08:00:00Z", true),
        ];
        for (asked_for, horizon, due) in cases {
            assert_eq!(is_due(asked_for.map(|at| at.parse().unwrap()), horizon.parse().unwrap()), due, "{asked_for:?} {horizon}");
        }
    }
}
