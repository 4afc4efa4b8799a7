//! How far back tenants want to look against how far back their feeds can be read.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::report::Report;
use crate::config::{TenantSettings, duration};

/// Looking further back than the API keeps is no mistake, but nothing will come of it. One line for all tenants that want the same.
pub(super) fn warn_of_retention(tenants: &[TenantSettings], report: &Report) {
    let mut beyond: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for tenant in tenants {
        let sweep = if tenant.sweep.every.is_zero() { Duration::ZERO } else { tenant.sweep.reach };
        for (key, wanted) in [("lookback", tenant.lookback), ("sweep.reach", sweep)] {
            for feed in &tenant.feeds {
                if let Some(retention) = feed.dialect().retention.filter(|retention| wanted > *retention) {
                    beyond.entry((key, *feed, wanted, retention)).or_default().push(tenant.tenant.name.as_str());
                }
            }
        }
    }
    for ((key, feed, wanted, retention), names) in beyond {
        let others = match names.len() - 1 {
            0 => String::new(),
            others => format!(" (and {others} more)"),
        };
        report.warn(format!(
            "tenants.{:?}.{key}{others}: {feed} goes back {:?} at most, so nothing older will come, though {:?} is asked for",
            names[0],
            duration::show(retention),
            duration::show(wanted),
        ));
    }
}
