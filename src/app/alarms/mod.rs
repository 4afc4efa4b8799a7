//! Watches over all parts: what the alarms are judged from, who is told of them, and how feeds' rhythms are kept.

mod rhythms;
mod sight;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::{Duration, Instant, timeout};

use super::credentials::Expiries;
use crate::admin::AlarmView;
use crate::alarm::judge::judge;
use crate::alarm::register::Register;
use crate::alarm::settings::{Limits, Settings as Bounds};
use crate::alarm::silence::Silence;
use crate::alarm::{Alarm, Kind, snapshot};
use crate::config::{Settings, TenantSettings};
use crate::ledger;
use crate::pipeline::Ports;
use crate::pipeline::board::FeedBoard;
use crate::pipeline::outlet::Outlet;
use crate::source::FeedKind;
use crate::telemetry::alarms;
use crate::tenant::{TenantId, TenantName};

/// So long the ledger may take for what the alarms want of it.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the alarms know of one feed beside its board.
pub(super) struct Watched {
    board: Arc<FeedBoard>,
    interval: Duration,
    limits: Limits,
    rhythm: rhythms::Keeping,
    /// What was last judged, and from what: it changes by the hour at most.
    silence: (Option<sight::Judged>, Option<Silence>),
}

/// Every feed as the alarms know it.
pub(super) type WatchedFeeds = Arc<tokio::sync::Mutex<Vec<Watched>>>;

/// The alarms of the running program.
pub(super) struct Alarms {
    settings: Bounds,
    ports: Ports,
    outlets: Vec<Arc<Outlet>>,
    expiries: Arc<Expiries>,
    names: HashMap<TenantId, TenantName>,
    letters: ledger::settings::Bounds,
    started: Instant,
    feeds: WatchedFeeds,
    dead_letters: Mutex<Vec<snapshot::DeadLetters>>,
    /// When the ledger was last seen in trouble.
    ledger_failed: Mutex<Option<Instant>>,
    register: Mutex<Register>,
}

impl Alarms {
    pub(super) fn new(
        settings: &Settings,
        ports: &Ports,
        outlets: &[Arc<Outlet>],
        boards: &[Arc<FeedBoard>],
        expiries: &Arc<Expiries>,
    ) -> Self {
        let tenants: HashMap<&TenantId, &TenantSettings> =
            settings.tenants.iter().map(|tenant| (&tenant.tenant.id, tenant)).collect();
        let watched = boards.iter().filter_map(|board| {
            let tenant = tenants.get(&board.tenant.id)?;
            Some(Watched {
                board: Arc::clone(board),
                interval: tenant.interval,
                limits: tenant.alarms,
                rhythm: rhythms::Keeping::default(),
                silence: (None, None),
            })
        });
        Self {
            settings: settings.alarms,
            ports: ports.clone(),
            outlets: outlets.to_vec(),
            expiries: Arc::clone(expiries),
            names: settings.tenants.iter().map(|one| (one.tenant.id.clone(), one.tenant.name.clone())).collect(),
            letters: settings.ledger.bounds,
            started: Instant::now(),
            feeds: Arc::new(tokio::sync::Mutex::new(watched.collect())),
            dead_letters: Mutex::default(),
            ledger_failed: Mutex::default(),
            register: Mutex::new(Register::new(settings.alarms.clear_after)),
        }
    }

    /// How often to [`look`](Self::look).
    pub(super) fn every(&self) -> Duration {
        self.settings.every
    }

    /// Judges everything as it is now, and tells what has come and gone.
    pub(super) async fn look(&self) {
        // A ledger that does not answer is one of the things to tell.
        let _ = timeout(PATIENCE, self.count_dead_letters()).await;
        let mut feeds = self.feeds.lock().await;
        let _ = timeout(PATIENCE, rhythms::recall(&mut feeds, &self.ports)).await;
        let snapshot = self.snapshot(&mut feeds);
        let _ = timeout(PATIENCE, rhythms::keep(&mut feeds, &self.ports, rhythms::Which::Due)).await;
        drop(feeds);
        // Whoever asks what stands waits until it has been told.
        let mut register = self.register();
        let turn = register.turn(self.started.elapsed(), judge(&snapshot, &self.settings));
        let metrics = self.ports.metrics.alarms();
        for crowd in &turn.crowds {
            alarms::crowd(crowd.kind, crowd.count, &crowd.advice);
        }
        for alarm in &turn.came {
            metrics.came(alarm);
            alarms::came(alarm);
        }
        for alarm in &turn.gone {
            metrics.gone(alarm);
            alarms::gone(alarm);
        }
    }

    /// What to do about each feed that has fallen silent.
    pub(super) fn advice_on_silence(&self) -> HashMap<(TenantName, FeedKind), String> {
        let register = self.register();
        let silent = register.standing().filter(|alarm| alarm.subject.kind == Kind::Silent);
        silent.filter_map(|alarm| Some(((alarm.subject.tenant.clone()?, alarm.subject.feed?), alarm.advice.clone()))).collect()
    }

    pub(super) fn feeds(&self) -> WatchedFeeds {
        Arc::clone(&self.feeds)
    }

    /// The alarms that stand, the gravest first.
    pub(super) fn standing(&self) -> Vec<AlarmView> {
        self.register().standing().map(view).collect()
    }

    fn register(&self) -> MutexGuard<'_, Register> {
        self.register.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps what has been learnt of all rhythms, before the ledger is closed.
pub(super) async fn keep_rhythms(feeds: &WatchedFeeds, ports: &Ports) {
    rhythms::keep(&mut feeds.lock().await, ports, rhythms::Which::All).await;
}

fn view(alarm: &Alarm) -> AlarmView {
    let subject = &alarm.subject;
    AlarmView {
        kind: subject.kind.to_string(),
        tenant: subject.tenant.as_ref().map(ToString::to_string),
        feed: subject.feed.map(|feed| feed.to_string()),
        sink: subject.sink.as_ref().map(ToString::to_string),
        app: subject.app.clone(),
        since: alarm.since,
        message: alarm.message.clone(),
        advice: alarm.advice.clone(),
    }
}
