//! What the feeds of a tenant share, made once: HTTP client, tokens, budgets, and the turns of its sinks. Live passes and errands take
//! from the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use tokio::sync::{Mutex, Notify};

use super::parts::{self, USER_AGENT};
use super::{StartError, budgets};
use crate::config::{Settings, TenantSettings};
use crate::ledger::RouteKey;
use crate::pipeline::outlet::Outlet;
use crate::pipeline::route::RouteParts;
use crate::sink::settings::Settings as SinkSettings;
use crate::source::entra::Tokens;
use crate::source::http::{Api, client};
use crate::source::microsoft::Reader;
use crate::source::throttle::Budget;
use crate::source::{FeedKind, Source};
use crate::telemetry::Metrics;
use crate::tenant::{SinkName, TenantId};

/// One for each tenant and sink.
type Turns = HashMap<(TenantId, SinkName), Arc<Mutex<()>>>;

pub(super) struct Workshop {
    client: reqwest::Client,
    tokens: Arc<Tokens>,
    cap: Arc<Budget>,
    budgets: HashMap<(TenantId, FeedKind), Budget>,
    turns: StdMutex<Turns>,
    metrics: Arc<Metrics>,
}

impl Workshop {
    pub(super) fn new(settings: &Settings, metrics: &Arc<Metrics>) -> Result<Self, StartError> {
        let client = client(USER_AGENT).map_err(|error| StartError::World(error.to_string()))?;
        let budgets = settings.tenants.iter().flat_map(|tenant| {
            let of = budgets::of(&tenant.feeds, &tenant.budget);
            of.into_iter().map(|(feed, budget)| ((tenant.tenant.id.clone(), feed), budget))
        });
        Ok(Self {
            tokens: Arc::new(Tokens::new(client.clone())),
            client,
            cap: Arc::new(Budget::new(&settings.cap)),
            budgets: budgets.collect(),
            turns: StdMutex::default(),
            metrics: Arc::clone(metrics),
        })
    }

    /// What may be asked of a feed; every source of it draws from the same.
    pub(super) fn budget(&self, tenant: &TenantSettings, feed: FeedKind) -> Budget {
        self.budgets.get(&(tenant.tenant.id.clone(), feed)).cloned().unwrap_or_else(|| Budget::new(&[]))
    }

    /// A reader of a feed, with habits of its own.
    pub(super) fn source(&self, tenant: &TenantSettings, kind: FeedKind) -> Result<Box<dyn Source>, StartError> {
        let budget = self.budget(tenant, kind);
        let api = Api::new(parts::api_parts(tenant, kind, &budget, (&self.client, &self.tokens, &self.cap), &self.metrics)?);
        let dialect = kind.dialect();
        let usual = dialect.page_size().map_or(1, |(usual, _)| usual);
        let page_size = tenant.page_size.get(&kind).copied().unwrap_or(usual);
        let name = tenant.tenant.name.clone();
        Ok(Box::new(Reader::new(api, dialect, name, page_size, parts::paths(tenant, kind))))
    }

    /// The way of a feed to a sink; `None` where the tenant has none. All ways of a tenant to one sink share a turn.
    pub(super) fn route(
        &self,
        tenant: &TenantSettings,
        feed: FeedKind,
        (outlet, sink): (&Arc<Outlet>, &SinkSettings),
        notify: &Arc<Notify>,
    ) -> Option<RouteParts> {
        let settings = tenant.routes.get(&outlet.name)?;
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = turns.entry((tenant.tenant.id.clone(), outlet.name.clone())).or_default();
        Some(RouteParts {
            key: RouteKey { tenant: tenant.tenant.id.clone(), feed, sink: Some(outlet.name.clone()) },
            tenant: Arc::clone(&settings.tenant),
            outlet: Arc::clone(outlet),
            encoder: sink.encoder,
            oversize: settings.oversize,
            revisions: settings.send,
            filter: settings.filter.clone(),
            // The same alert may come through any two of its feeds, in either order.
            grain: tenant.feeds.iter().map(|feed| feed.dialect().grain).max().unwrap_or_default(),
            turn: Arc::clone(turn),
            retry: tenant.sink_retry,
            freed: Arc::clone(notify),
        })
    }
}
