//! Who draws from which request budget, and what its state looks like from outside.

use std::collections::BTreeMap;

use crate::source::FeedKind;
use crate::source::throttle::{Budget, Rate};
use crate::telemetry::Metrics;
use crate::tenant::TenantName;

/// Microsoft Graph counts its security APIs together, for each app in each tenant; that these two are among them is likely and not
/// documented.
const GRAPH_SECURITY: [FeedKind; 2] = [FeedKind::GraphAlerts, FeedKind::GraphIncidents];

/// The budget of each feed of a tenant, by the rates of each. What is counted together is one budget, within the rates of all.
pub(super) fn of(feeds: &[FeedKind], rates: &BTreeMap<FeedKind, Vec<Rate>>) -> BTreeMap<FeedKind, Budget> {
    let rates = |feed: &FeedKind| rates.get(feed).cloned().unwrap_or_default();
    let (together, alone): (Vec<FeedKind>, Vec<FeedKind>) = feeds.iter().partition(|feed| GRAPH_SECURITY.contains(feed));
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::of;
    use crate::source::FeedKind::{GraphAlerts, GraphIncidents, MdeAlerts, RiskDetections};
    use crate::source::throttle::Rate;

    #[tokio::test(start_paused = true)]
    async fn the_security_feeds_of_graph_share_one_budget_within_the_rates_of_both_and_others_have_their_own() {
        let rate = |requests| vec![Rate { requests, per: Duration::from_mins(1) }];
        let rates = BTreeMap::from([(GraphAlerts, rate(150)), (GraphIncidents, rate(1)), (MdeAlerts, rate(1))]);
        let budgets = of(&[GraphAlerts, GraphIncidents, MdeAlerts, RiskDetections], &rates);
        assert_eq!(budgets[&GraphAlerts].take().await, Duration::ZERO);
        assert_eq!(budgets[&MdeAlerts].take().await, Duration::ZERO);
        let waited = budgets[&GraphIncidents].take().await;
        assert!(waited >= Duration::from_mins(1), "{waited:?}");
        assert_eq!(budgets[&RiskDetections].per_second(), None, "what has no rate has no limit");

        let alone = of(&[GraphAlerts], &rates);
        assert_eq!(alone[&GraphAlerts].per_second(), Some(2.5), "a feed that is not read takes nothing away");
    }
}
