//! What the admin endpoint shows of the running parts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;

use super::alarms::Alarms;
use super::budgets::Meter;
use super::credentials::Expiries;
use crate::admin::{AlarmView, CredentialView, DeadLetterView, FeedView, SinkView, TenantView, View};
use crate::config::Settings;
use crate::ledger::settings::Kind as LedgerKind;
use crate::ledger::sqlite::dead_letters::Shelf;
use crate::ledger::{KeptFilter, LedgerError};
use crate::pipeline::Ports;
use crate::pipeline::board::FeedBoard;
use crate::pipeline::outlet::Outlet;
use crate::sink::settings::Kind;
use crate::telemetry::Metrics;

/// More dead letters than this are not shown at once.
const DEAD_LETTERS: u32 = 1000;

/// The running parts, seen from outside.
pub(super) struct AdminView {
    metrics: Arc<Metrics>,
    boards: Arc<[Arc<FeedBoard>]>,
    meters: Vec<Meter>,
    alarms: Arc<Alarms>,
    outlets: Vec<Arc<Outlet>>,
    kinds: BTreeMap<String, &'static str>,
    names: BTreeMap<String, String>,
    ledger: LedgerKind,
    ledger_trouble: Arc<Mutex<Option<LedgerError>>>,
    expiries: Arc<Expiries>,
}

impl AdminView {
    pub(super) fn new(
        ports: &Ports,
        boards: Arc<[Arc<FeedBoard>]>,
        meters: Vec<Meter>,
        alarms: &Arc<Alarms>,
        outlets: Vec<Arc<Outlet>>,
        expiries: Arc<Expiries>,
        settings: &Settings,
    ) -> Self {
        let kinds = settings.sinks.iter().map(|(name, sink)| {
            let kind = match sink.kind {
                Kind::Kafka(_) => "kafka",
                Kind::Syslog(_) => "syslog",
                Kind::File(_) => "file",
            };
            (name.to_string(), kind)
        });
        let names = settings.tenants.iter().map(|tenant| (tenant.tenant.id.to_string(), tenant.tenant.name.to_string()));
        Self {
            metrics: Arc::clone(&ports.metrics),
            boards,
            meters,
            alarms: Arc::clone(alarms),
            outlets,
            kinds: kinds.collect(),
            names: names.collect(),
            ledger: settings.ledger.kind.clone(),
            ledger_trouble: Arc::clone(&ports.ledger_trouble),
            expiries,
        }
    }
}

impl View for AdminView {
    fn metrics(&self) -> String {
        for board in &*self.boards {
            if let Some(freshness) = board.freshness() {
                self.metrics.freshness(&board.tenant.name, board.feed, freshness.as_secs_f64());
            }
        }
        self.meters.iter().for_each(|meter| meter.publish(&self.metrics));
        self.metrics.render()
    }

    fn ready(&self) -> Result<(), String> {
        if let Some(trouble) = &*self.ledger_trouble.lock().unwrap_or_else(PoisonError::into_inner) {
            return Err(format!("the ledger cannot be used, so nothing moves: {}", trouble.message));
        }
        if self.outlets.iter().any(|outlet| outlet.health().up == Some(true)) {
            return Ok(());
        }
        let errors = self.outlets.iter().filter_map(|outlet| outlet.health().last_error).map(|error| error.message);
        let errors = errors.collect::<Vec<_>>().join("; ");
        Err(format!("no sink can be reached: {}", if errors.is_empty() { "none was tried yet" } else { &errors }))
    }

    fn tenants(&self) -> Vec<TenantView> {
        let mut tenants: Vec<TenantView> = Vec::new();
        let silent = self.alarms.advice_on_silence();
        for board in &*self.boards {
            let tenant = &board.tenant;
            let mut feed = feed(board);
            // A silent feed has no error that would say what to do; its alarm does.
            feed.advice = feed.advice.or_else(|| silent.get(&(tenant.name.clone(), board.feed)).cloned());
            match tenants.last_mut() {
                Some(last) if last.name == tenant.name.as_str() => last.feeds.push(feed),
                _ => tenants.push(TenantView {
                    name: tenant.name.to_string(),
                    tenant_id: tenant.id.to_string(),
                    customer: tenant.customer.clone(),
                    feeds: vec![feed],
                }),
            }
        }
        tenants
    }

    fn sinks(&self) -> Vec<SinkView> {
        let sink = |outlet: &Arc<Outlet>| {
            let health = outlet.health();
            let (last_error, advice) = health.last_error.map(|error| (error.message, error.advice)).unzip();
            let name = outlet.name.to_string();
            let kind = self.kinds.get(&name).copied().unwrap_or_default().to_owned();
            SinkView { name, kind, up: health.up == Some(true), since: health.since, last_error, advice: advice.flatten() }
        };
        self.outlets.iter().map(sink).collect()
    }

    fn credentials(&self) -> Vec<CredentialView> {
        let view = |(app, expires, days_left)| CredentialView { app, expires, days_left };
        self.expiries.known().into_iter().map(view).collect()
    }

    fn alarms(&self) -> Vec<AlarmView> {
        self.alarms.standing()
    }

    fn dead_letters(&self) -> BoxFuture<'_, Result<Vec<DeadLetterView>, String>> {
        let LedgerKind::Embedded(folder) = self.ledger.clone() else {
            return Box::pin(async { Ok(Vec::new()) });
        };
        Box::pin(async move {
            let newest = KeptFilter { limit: Some(DEAD_LETTERS), ..KeptFilter::default() };
            let read = move || Shelf::open(&folder)?.list(&newest);
            let letters = tokio::task::spawn_blocking(read)
                .await
                .map_err(|panic| panic.to_string())?
                .map_err(|error: LedgerError| error.message)?;
            let view = letters.into_iter().map(|letter| DeadLetterView {
                tenant: self.names.get(letter.tenant.as_str()).cloned().unwrap_or_else(|| letter.tenant.to_string()),
                feed: letter.feed,
                sink: letter.sink.map(|sink| sink.to_string()),
                alert_id: letter.alert_id,
                reason: letter.reason,
                at: letter.at,
            });
            Ok(view.collect())
        })
    }
}

fn feed(board: &FeedBoard) -> FeedView {
    let freshness_seconds = board.freshness().map(|age| age.as_secs_f64());
    let report = board.report();
    let (last_error, advice) = report.last_error.map(|error| (error.message, error.advice)).unzip();
    FeedView {
        feed: board.feed.to_string(),
        state: report.state.as_str().to_owned(),
        since: report.since,
        last_success: report.last_success,
        freshness_seconds,
        last_error,
        advice: advice.flatten(),
    }
}
