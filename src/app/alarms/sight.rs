//! How every part is doing, gathered from where each tells of itself.

use std::sync::PoisonError;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::{Alarms, Watched};
use crate::alarm::silence::silence;
use crate::alarm::snapshot::{Cause, Credential, DeadLetters, Feed, Route, Sink, Snapshot};
use crate::clock;
use crate::pipeline::board::FeedReport;
use crate::pipeline::outlet::Outlet;

/// What a silence was judged from: the newest alert, and the hour up to which everything has been read.
pub(super) type Judged = (Option<Timestamp>, i64);

impl Alarms {
    pub(super) fn snapshot(&self, feeds: &mut [Watched]) -> Snapshot {
        let trouble = self.ports.ledger_trouble.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut failed = self.ledger_failed.lock().unwrap_or_else(PoisonError::into_inner);
        *failed = if trouble.is_some() { Some(Instant::now()) } else { *failed };
        Snapshot {
            now: clock::now(),
            feeds: feeds.iter_mut().map(feed).collect(),
            sinks: self.outlets.iter().map(|outlet| sink(outlet)).collect(),
            credentials: self.expiries.known().into_iter().map(|(app, expires, _)| Credential { app, expires }).collect(),
            dead_letters: self.dead_letters.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            ledger: trouble.map(|error| Cause { message: error.message, advice: error.advice }),
            ledger_back: failed.map(|failed| failed.elapsed()),
        }
    }

    /// A ledger that cannot be read has an alarm of its own; until then what was last known holds.
    pub(super) async fn count_dead_letters(&self) {
        let Ok(figures) = self.ports.ledger.figures().await else { return };
        let letters = figures.dead_letters.into_iter().filter_map(|aside| {
            let tenant = self.names.get(&aside.tenant)?.clone();
            let crowded = self.letters.crowded(aside.letters, aside.bytes);
            Some(DeadLetters { tenant, sink: aside.sink, count: aside.letters, crowded })
        });
        *self.dead_letters.lock().unwrap_or_else(PoisonError::into_inner) = letters.collect();
    }
}

fn feed(watched: &mut Watched) -> Feed {
    judge_silence(watched);
    let report = watched.board.report();
    let error = report.last_error.as_ref();
    Feed {
        tenant: watched.board.tenant.name.clone(),
        feed: watched.board.feed,
        limits: watched.limits,
        interval: watched.interval,
        state: report.state,
        since: report.since,
        error: error.map(|error| Cause { message: error.message.clone(), advice: error.advice.clone() }),
        unmoved: report.unmoved().unwrap_or_default(),
        silence: watched.silence.1,
        routes: routes(&report),
    }
}

/// Up to where everything has been read is judged, and not up to now: what we have not read yet is no silence.
fn judge_silence(watched: &mut Watched) {
    let report = watched.board.report();
    let Some(to) = report.routes.iter().map(|route| route.cursor()).max() else { return };
    if !watched.rhythm.is_recalled() {
        return;
    }
    let rhythm = watched.board.rhythm();
    // A bound that somebody fixed may be shorter than an hour.
    let grain = if matches!(watched.limits.silent_after, crate::alarm::settings::SilentAfter::Fixed(_)) { 1 } else { 3600 };
    let from = (rhythm.last(), to.as_second().div_euclid(grain));
    if watched.silence.0 != Some(from) {
        watched.silence = (Some(from), silence(&rhythm, to, watched.limits.silent_after));
        watched.board.set_silent(watched.silence.1.is_some());
    }
}

fn routes(report: &FeedReport) -> Vec<Route> {
    let now = report.server_now();
    let route = |route: &std::sync::Arc<crate::pipeline::route::Route>| {
        let headway = route.headway();
        let behind = now.map(|now| Duration::try_from(now.duration_since(route.cursor())).unwrap_or_default());
        let failing = headway.failing.map(|(lasting, complaint)| {
            (lasting, complaint.map(|complaint| Cause { message: complaint.message, advice: complaint.advice }))
        });
        Route { sink: route.outlet.name.clone(), behind, age: headway.age, failing }
    };
    report.routes.iter().map(route).collect()
}

fn sink(outlet: &Outlet) -> Sink {
    let health = outlet.health();
    Sink {
        name: outlet.name.clone(),
        down: health.down_for(),
        back: health.back_for(),
        error: health.last_error.map(|error| Cause { message: error.message, advice: error.advice }),
    }
}
