//! Makes sinks, sources, routes and feeds from settings.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{Mutex, Notify};
use tokio::task::JoinSet;

use super::budgets::{self, Meter};
use super::{StartError, bearer};
use crate::config::{RouteSettings, Settings, TenantSettings};
use crate::format::Encoder;
use crate::ledger::RouteKey;
use crate::pipeline::Ports;
use crate::pipeline::board::FeedBoard;
use crate::pipeline::feed::Feed;
use crate::pipeline::outcome::Outcome;
use crate::pipeline::outlet::Outlet;
use crate::pipeline::route::RouteParts;
use crate::pipeline::schedule::Plan;
use crate::sink::bearer::BearerTokens;
use crate::sink::settings::{Kind, Settings as SinkSettings};
use crate::sink::{Sink, file, syslog};
use crate::source::FeedKind;
use crate::source::cloud::Resource;
use crate::source::entra::Tokens;
use crate::source::http::{Api, ApiParts, Caps, client};
use crate::source::microsoft::{Reader, defender_for_cloud, sentinel_incidents};
use crate::source::throttle::Budget;
use crate::supervise::supervise;
use crate::telemetry::Metrics;
use crate::tenant::{SinkName, TenantId};

/// Says who asks; Microsoft's guidance is product and version.
pub(super) const USER_AGENT: &str = concat!("alertferry/", env!("CARGO_PKG_VERSION"));

/// Makes every sink that some tenant uses.
pub(super) async fn outlets(settings: &Settings, metrics: &Arc<Metrics>) -> Result<Vec<Arc<Outlet>>, StartError> {
    let client = client(USER_AGENT).map_err(|error| StartError::World(error.to_string()))?;
    let tokens = Arc::new(Tokens::new(client));
    let mut outlets = Vec::new();
    for (name, sink_settings) in &settings.sinks {
        if !settings.tenants.iter().any(|tenant| tenant.sinks.contains(name)) {
            continue;
        }
        let sink_settings = sink_settings.clone();
        // Making a Kafka client and opening a file block.
        let bearer = settings.sign_ins.get(name).map(|sign_in| bearer::of(sign_in, &tokens));
        let counted = Arc::clone(metrics);
        let made = tokio::task::spawn_blocking(move || sink(&sink_settings, bearer, &counted)).await;
        let sink = made.map_err(|panic| StartError::World(format!("sinks.{name}: {panic}")))??;
        outlets.push(Arc::new(Outlet::new(name.clone(), sink, Arc::clone(metrics))));
    }
    Ok(outlets)
}

fn sink(
    settings: &SinkSettings,
    bearer: Option<Arc<dyn BearerTokens>>,
    metrics: &Arc<Metrics>,
) -> Result<Box<dyn Sink>, StartError> {
    let name = settings.name.clone();
    Ok(match &settings.kind {
        #[cfg(feature = "kafka")]
        Kind::Kafka(kafka) => {
            let sink = crate::sink::kafka::Kafka::connect(name, kafka, bearer, metrics);
            Box::new(sink.map_err(|error| StartError::Configuration(error.to_string()))?)
        }
        #[cfg(not(feature = "kafka"))]
        Kind::Kafka(_) => {
            let _ = (bearer, metrics);
            return Err(StartError::Configuration(format!("sinks.{name}: this program was built without Kafka")));
        }
        Kind::Syslog(syslog) => Box::new(syslog::Syslog::new(name, syslog)),
        Kind::File(file) => Box::new(file::File::open(name, file).map_err(|error| {
            let advice = error.advice.map(|advice| format!("; {advice}")).unwrap_or_default();
            StartError::World(format!("{}{advice}", error.message))
        })?),
    })
}

/// Every feed of every tenant, under way.
pub(super) struct Feeds {
    pub running: JoinSet<()>,
    pub boards: Vec<Arc<FeedBoard>>,
    pub meters: Vec<Meter>,
}

/// Sets every feed of every tenant going.
pub(super) fn feeds(settings: &Settings, outlets: &[Arc<Outlet>], ports: &Ports) -> Result<Feeds, StartError> {
    let client = client(USER_AGENT).map_err(|error| StartError::World(error.to_string()))?;
    let tokens = Arc::new(Tokens::new(client.clone()));
    let cap = Arc::new(Budget::new(&settings.cap));
    let mut turns: HashMap<(TenantId, SinkName), Arc<Mutex<()>>> = HashMap::new();
    let mut all = Feeds { running: JoinSet::new(), boards: Vec::new(), meters: Vec::new() };
    for tenant in &settings.tenants {
        for (kind, budget) in &budgets::of(&tenant.feeds, &tenant.budget) {
            let api = Api::new(api_parts(tenant, *kind, budget, (&client, &tokens, &cap), &ports.metrics)?);
            ports.metrics.pace().feed(&tenant.tenant.name, *kind);
            all.meters.push(Meter { tenant: tenant.tenant.name.clone(), feed: *kind, budget: budget.clone() });
            let dialect = kind.dialect();
            let usual = dialect.page_size().map_or(1, |(usual, _)| usual);
            let page_size = tenant.page_size.get(kind).copied().unwrap_or(usual);
            let source = Box::new(Reader::new(api, dialect, tenant.tenant.name.clone(), page_size, paths(tenant, *kind)));
            let board = Arc::new(FeedBoard::new(Arc::clone(&tenant.tenant), *kind, Arc::clone(&ports.metrics)));
            all.boards.push(Arc::clone(&board));
            let notify = Arc::new(Notify::new());
            let routes = outlets
                .iter()
                .filter_map(|outlet| Some((outlet, tenant.routes.get(&outlet.name)?, settings.sinks.get(&outlet.name)?)))
                .map(|(outlet, way, sink)| {
                    let turn = turns.entry((tenant.tenant.id.clone(), outlet.name.clone())).or_default();
                    let way = Way { outlet, settings: way, encoder: sink.encoder };
                    route(tenant, *kind, way, Arc::clone(turn), Arc::clone(&notify), &ports.metrics)
                })
                .collect();
            let feed = Feed {
                tenant: Arc::clone(&tenant.tenant),
                source,
                plan: plan(tenant),
                board,
                freed: notify,
                lane: Arc::default(),
                ports: ports.clone(),
            };
            all.running.spawn(supervise(Arc::new(feed), routes));
        }
    }
    Ok(all)
}

pub(super) fn api_parts(
    tenant: &TenantSettings,
    feed: FeedKind,
    budget: &Budget,
    (client, tokens, cap): (&reqwest::Client, &Arc<Tokens>, &Arc<Budget>),
    metrics: &Arc<Metrics>,
) -> Result<ApiParts, StartError> {
    let endpoint = tenant.cloud.endpoint(feed).ok_or_else(|| {
        let (name, cloud) = (&tenant.tenant.name, &tenant.cloud.name);
        StartError::Configuration(format!("tenants.{:?}.feeds: cloud {cloud:?} does not have {feed}", name.as_str()))
    })?;
    let home = tenant.app.home_tenant.as_ref().filter(|_| feed.dialect().resource == Resource::Arm);
    Ok(ApiParts {
        client: client.clone(),
        tokens: Arc::clone(tokens),
        base: endpoint.host.clone(),
        scope: endpoint.scope.clone(),
        directory: home.unwrap_or(&tenant.tenant.id).clone(),
        cloud: Arc::clone(&tenant.cloud),
        tenant: Arc::clone(&tenant.tenant),
        app: Arc::clone(&tenant.app),
        feed,
        budget: budget.clone(),
        cap: Arc::clone(cap),
        caps: Caps::default(),
        metrics: Arc::clone(metrics),
    })
}

/// Where a feed's rows are, below the API's host.
pub(super) fn paths(tenant: &TenantSettings, feed: FeedKind) -> Vec<String> {
    match feed {
        FeedKind::SentinelIncidents => tenant.workspaces.iter().map(sentinel_incidents::path).collect(),
        FeedKind::DefenderForCloud => tenant.subscriptions.iter().map(|id| defender_for_cloud::path(id)).collect(),
        _ => vec![feed.dialect().path.to_owned()],
    }
}

/// How a tenant's alerts get to one sink.
struct Way<'a> {
    outlet: &'a Arc<Outlet>,
    settings: &'a RouteSettings,
    encoder: Encoder,
}

fn route(
    tenant: &TenantSettings,
    feed: FeedKind,
    Way { outlet, settings, encoder }: Way<'_>,
    turn: Arc<Mutex<()>>,
    notify: Arc<Notify>,
    metrics: &Metrics,
) -> RouteParts {
    for outcome in Outcome::ALL {
        metrics.outcome(&tenant.tenant.name, feed, &outlet.name, outcome, 0); // a counter that starts at 0 can be watched
    }
    metrics.dead_letters(&tenant.tenant.name, Some(&outlet.name), 0);
    RouteParts {
        key: RouteKey { tenant: tenant.tenant.id.clone(), feed, sink: Some(outlet.name.clone()) },
        tenant: Arc::clone(&settings.tenant),
        outlet: Arc::clone(outlet),
        encoder,
        oversize: settings.oversize,
        revisions: settings.send,
        filter: settings.filter.clone(),
        // The same alert may come through any two of its feeds, in either order.
        grain: tenant.feeds.iter().map(|feed| feed.dialect().grain).max().unwrap_or_default(),
        turn,
        retry: tenant.sink_retry,
        freed: notify,
    }
}

fn plan(tenant: &TenantSettings) -> Plan {
    Plan {
        interval: tenant.interval,
        delay: tenant.delay,
        overlap: tenant.overlap,
        lookback: tenant.lookback,
        sweep: tenant.sweep,
        recheck: tenant.recheck,
        retry: tenant.feed_retry,
    }
}
