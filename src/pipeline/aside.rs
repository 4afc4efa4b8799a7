//! Records that no route could ever take: unreadable ones, and those that name another tenant. They become dead letters of
//! the feed, once, before any route sees the page.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Ports, persist};
use crate::alert::header::fingerprint;
use crate::ledger::{DeadLetter, Known, LedgerError, RouteKey, Seen, SeenKey, Step};
use crate::source::{FeedKind, Page};
use crate::telemetry::events;
use crate::tenant::Tenant;
use crate::{clock, crash};

/// A page with its records told apart.
#[derive(Debug, Clone)]
pub struct Sorted {
    pub page: Arc<Page>,
    /// Indices of the records that routes may take.
    pub good: Vec<usize>,
    /// How many were kept aside now.
    pub aside: u64,
    /// How many had been kept aside before.
    pub aside_before: u64,
}

/// Tells a page's records apart and keeps the impossible ones aside, durably.
///
/// # Errors
/// When the ledger cannot be read, or the program stops before it could be written.
pub async fn sort(page: Page, tenant: &Arc<Tenant>, feed: FeedKind, ports: &Ports) -> Result<Sorted, LedgerError> {
    let mut good = Vec::with_capacity(page.records().len());
    let mut bad = Vec::new();
    for (index, record) in page.records().iter().enumerate() {
        match &record.header {
            Err(unreadable) => bad.push((fingerprint(page.raw(record)), unreadable.to_string(), index)),
            Ok(header) => match &header.tenant_id {
                Some(named) if !named.eq_ignore_ascii_case(tenant.id.as_str()) => {
                    let reason = format!("the record names tenant {named:?}, but tenant {} was asked", tenant.id);
                    bad.push((header.id.clone(), reason, index));
                }
                _ => good.push(index),
            },
        }
    }
    let known_before = if bad.is_empty() { Vec::new() } else { known(&bad, tenant, ports).await? };
    crash::point("aside.looked-up");
    let mut step = Step::of(RouteKey { tenant: tenant.id.clone(), feed, sink: None });
    let mut met = HashSet::new();
    for ((alert_id, reason, index), known) in bad.iter().zip(&known_before) {
        if known.is_some() || !met.insert(alert_id) {
            continue; // a page can hold two revisions of one alert
        }
        let record = &page.records()[*index];
        match record.header.as_ref().ok().and_then(|header| header.tenant_id.as_deref()) {
            Some(named) => events::foreign_record(&tenant.name, feed, alert_id, named),
            None => events::dead_letter(&tenant.name, feed, None, alert_id, reason),
        }
        step.seen.push(seen(alert_id));
        let body = page.raw(record).to_owned();
        step.dead.push(DeadLetter { alert_id: alert_id.clone(), reason: reason.clone(), at: clock::now(), body });
    }
    let (aside, all) = (step.dead.len() as u64, bad.len() as u64);
    if aside > 0 {
        persist::record(step, &tenant.name, ports).await?;
        crash::point("aside.recorded");
    }
    Ok(Sorted { page: Arc::new(page), good, aside, aside_before: all - aside })
}

async fn known(bad: &[(String, String, usize)], tenant: &Tenant, ports: &Ports) -> Result<Vec<Option<Known>>, LedgerError> {
    let keys = bad.iter().map(|(alert_id, ..)| seen(alert_id).key).collect();
    ports.ledger.known(&tenant.id, None, keys).await
}

/// No creation time: what an unreadable or foreign record says of itself is not to be relied on.
fn seen(alert_id: &str) -> Seen {
    let key = SeenKey { id: alert_id.to_owned(), created: None };
    Seen { key, known: Known { revision: None, resolved: false } }
}
