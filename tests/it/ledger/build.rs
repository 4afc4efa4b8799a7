//! Short ways to write down steps, keys and moments.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use alertferry::ledger::settings::{Bounds, Kind, Settings};
use alertferry::ledger::{self, DeadLetter, Known, Ledger, LedgerError, RouteKey, Seen, SeenKey, Step};
use alertferry::source::FeedKind;
use alertferry::tenant::{SinkName, TenantId};
use jiff::Timestamp;

pub const FEED: FeedKind = FeedKind::GraphAlerts;

pub fn open(kind: Kind) -> Result<Arc<dyn Ledger>, LedgerError> {
    bounded(kind, Bounds::default())
}

pub fn bounded(kind: Kind, bounds: Bounds) -> Result<Arc<dyn Ledger>, LedgerError> {
    ledger::open(&Settings { kind, retention: Duration::from_hours(24 * 30), bounds })
}

pub fn embedded(folder: &Path) -> Arc<dyn Ledger> {
    open(Kind::Embedded(folder.to_owned())).expect("the ledger opens")
}

pub fn tenant(name: &str) -> TenantId {
    TenantId::from(name)
}

pub fn sink(name: &str) -> SinkName {
    SinkName::from(name)
}

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("a date")
}

pub fn key(id: &str, created: Option<&str>) -> SeenKey {
    SeenKey { id: id.to_owned(), created: created.map(at) }
}

pub fn seen(id: &str, created: Option<&str>, revision: Option<&str>) -> Seen {
    Seen { key: key(id, created), known: Known { revision: revision.map(at), resolved: false } }
}

pub fn letter(id: &str, reason: &str) -> DeadLetter {
    let body = format!("{{\"id\":\"{id}\",\"title\":\"what the vendor sent, \u{e9}\"}}");
    DeadLetter { alert_id: id.to_owned(), reason: reason.to_owned(), at: at("2026-03-02T08:00:00Z"), body }
}

/// A step of tenant `a` to sink `siem` that does nothing yet.
pub fn step() -> Step {
    let route = RouteKey { tenant: tenant("a"), feed: FEED, sink: Some(sink("siem")) };
    Step::of(route)
}

pub fn step_with(seen: Vec<Seen>) -> Step {
    Step { seen, ..step() }
}

/// What tenant `a`'s sink `siem` knows of one key.
pub async fn known(ledger: &dyn Ledger, key: SeenKey) -> Option<Known> {
    ledger.known(&tenant("a"), Some(&sink("siem")), vec![key]).await.expect("a lookup")[0]
}
