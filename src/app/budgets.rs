//! Who draws from which request budget, and what its state looks like from outside.

use std::collections::BTreeMap;

use crate::config::TenantSettings;
use crate::source::FeedKind;
use crate::source::throttle::{Budget, Rate};
use crate::telemetry::Metrics;
use crate::tenant::TenantName;

/// Microsoft Graph counts its security APIs together, for each app in each tenant; that these two are among them is likely and not
/// documented.
const GRAPH_SECURITY: [FeedKind; 2] = [FeedKind::GraphAlerts, FeedKind::GraphIncidents];

/// The budget of each feed of a tenant. What is counted together is one budget, within the rates of both.
pub(super) fn of(tenant: &TenantSettings) -> BTreeMap<FeedKind, Budget> {
    let rates = |feed: &FeedKind| tenant.budget.get(feed).cloned().unwrap_or_default();
    let (together, alone): (Vec<FeedKind>, Vec<FeedKind>) = tenant.feeds.iter().partition(|feed| GRAPH_SECURITY.contains(feed));
    let shared = Budget::new(&together.iter().flat_map(rates).collect::<Vec<Rate>>());
    let alone = alone.into_iter().map(|feed| (feed, Budget::new(&rates(&feed))));
    together.into_iter().map(|feed| (feed, shared.clone())).chain(alone).collect()
}

/// The budget of one feed of one tenant, to be looked at.
#[derive(Debug)]
pub(super) struct Meter {
    pub tenant: TenantName,
    pub feed: FeedKind,
    pub budget: Budget,
}

impl Meter {
    /// Writes the present state where everybody can see it. A feed without a limit has nothing to show.
    pub(super) fn publish(&self, metrics: &Metrics) {
        if let Some(per_second) = self.budget.per_second() {
            metrics.pace().budget(&self.tenant, self.feed, per_second, self.budget.used());
        }
    }
}
