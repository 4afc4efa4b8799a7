//! Makes sinks, sources, routes and feeds from settings.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::budgets::Meter;
use super::workshop::Workshop;
use super::{StartError, bearer};
use crate::config::{Settings, TenantSettings};
use crate::pipeline::Ports;
use crate::pipeline::board::FeedBoard;
use crate::pipeline::feed::Feed;
use crate::pipeline::lane::Lane;
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
use crate::source::http::{ApiParts, Caps, client};
use crate::source::microsoft::{defender_for_cloud, sentinel_incidents};
use crate::source::throttle::Budget;
use crate::supervise::supervise;
use crate::telemetry::Metrics;
use crate::tenant::{SinkName, TenantId};

/// Says who asks; Microsoft's guidance is product and version.
pub(super) const USER_AGENT: &str = concat!("alertferry/", env!("CARGO_PKG_VERSION"));

/// Makes every sink that some tenant uses.
pub(super) async fn outlets(settings: &Settings, metrics: &Arc<Metrics>) -> Result<Vec<Arc<Outlet>>, StartError> {
    outlets_of(settings, metrics, |_| true).await
}

/// Makes those of them that are `wanted`.
pub(super) async fn outlets_of(
    settings: &Settings,
    metrics: &Arc<Metrics>,
    wanted: impl Fn(&SinkName) -> bool,
) -> Result<Vec<Arc<Outlet>>, StartError> {
    let client = client(USER_AGENT).map_err(|error| StartError::World(error.to_string()))?;
    let tokens = Arc::new(Tokens::new(client));
    let mut outlets = Vec::new();
    for (name, sink_settings) in &settings.sinks {
        if !wanted(name) || !settings.tenants.iter().any(|tenant| tenant.sinks.contains(name)) {
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
    pub lanes: Lanes,
}

/// Where errands give way to live passes.
pub(super) type Lanes = HashMap<(TenantId, FeedKind), Arc<Lane>>;

/// Sets every feed of every tenant going.
pub(super) fn feeds(
    settings: &Settings,
    workshop: &Workshop,
    outlets: &[Arc<Outlet>],
    ports: &Ports,
) -> Result<Feeds, StartError> {
    let mut all = Feeds { running: JoinSet::new(), boards: Vec::new(), meters: Vec::new(), lanes: Lanes::new() };
    for tenant in &settings.tenants {
        for kind in &tenant.feeds.iter().copied().collect::<BTreeSet<_>>() {
            let source = workshop.source(tenant, *kind)?;
            ports.metrics.pace().feed(&tenant.tenant.name, *kind);
            let budget = workshop.budget(tenant, *kind);
            all.meters.push(Meter { tenant: tenant.tenant.name.clone(), feed: *kind, budget });
            let board = Arc::new(FeedBoard::new(Arc::clone(&tenant.tenant), *kind, Arc::clone(&ports.metrics)));
            all.boards.push(Arc::clone(&board));
            let (notify, lane) = (Arc::new(Notify::new()), Arc::new(Lane::default()));
            all.lanes.insert((tenant.tenant.id.clone(), *kind), Arc::clone(&lane));
            let routes: Vec<RouteParts> = outlets
                .iter()
                .filter_map(|outlet| workshop.route(tenant, *kind, (outlet, settings.sinks.get(&outlet.name)?), &notify))
                .collect();
            for route in &routes {
                count_from_zero(tenant, route, &ports.metrics);
            }
            let feed = Feed {
                tenant: Arc::clone(&tenant.tenant),
                source,
                plan: plan(tenant),
                board,
                freed: notify,
                lane,
                ports: ports.clone(),
            };
            all.running.spawn(supervise(Arc::new(feed), routes));
        }
    }
    Ok(all)
}

/// A counter that starts at 0 can be watched.
fn count_from_zero(tenant: &TenantSettings, route: &RouteParts, metrics: &Metrics) {
    for outcome in Outcome::ALL {
        metrics.outcome(&tenant.tenant.name, route.key.feed, &route.outlet.name, outcome, 0);
    }
    metrics.dead_letters(&tenant.tenant.name, Some(&route.outlet.name), 0);
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

/// When and how a tenant's feeds are looked at.
pub(super) fn plan(tenant: &TenantSettings) -> Plan {
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
