//! Gives dead letters another chance, on the way that every page goes, and throws away those that nobody wants.
//!
//! If the process dies …
//! * before the commit of a page: the letters lie where they lay; what had arrived of them arrives again, at most this page;
//! * after it: IDs are recorded and letters lifted together, nothing is sent again;
//! * among letters of the feed itself, after some routes have recorded theirs and before the letters are lifted: those routes know the
//!   alerts, and drop them at the next try.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::aside::Sorted;
use super::errand::Errand;
use super::insist::{Listener, Stopped, insist};
use super::route::Route;
use super::serve::Handout;
use super::tally::Tally;
use super::{Ports, persist};
use crate::alert::{Header, ReadFinding, Unreadable};
use crate::ledger::{Kept, LedgerError, RouteKey, Step};
use crate::source::{FeedKind, Page};
use crate::tenant::{Tenant, TenantName};
use crate::{clock, crash};

/// Reads the header of a record that was kept aside under this ID.
pub type ReadKept = fn(feed: FeedKind, alert_id: &str, raw: &str) -> Result<Header, Unreadable>;

/// Letters of one feed that had the same routes before them.
#[derive(Debug)]
pub struct Letters {
    pub tenant: Arc<Tenant>,
    pub feed: FeedKind,
    pub kept: Vec<Kept>,
    pub header: ReadKept,
    pub read: ReadFinding,
}

/// What became of letters beside what their routes count.
#[derive(Debug, Default)]
pub struct Retried {
    pub tally: Tally,
    /// They stay, with the reason why no route can take them.
    pub stay: Vec<(String, String)>,
}

/// Why a retry ended before its end.
#[derive(Debug)]
pub enum Halt {
    Stopped,
    LedgerFailed(LedgerError),
}

impl From<Stopped> for Halt {
    fn from(_: Stopped) -> Self {
        Halt::Stopped
    }
}

impl Letters {
    /// Offers them to a route that kept them aside.
    ///
    /// # Errors
    /// When it was told to stop.
    pub async fn to_route(
        self,
        route: &Arc<Route>,
        (ports, stop): (&Ports, &CancellationToken),
        listener: &mut dyn Listener,
    ) -> Result<Retried, Halt> {
        let numbers = self.kept.iter().map(|kept| kept.number).collect();
        let (read, mut retried) = (self.read, Retried::default());
        let (sorted, _) = self.sorted(&mut retried.stay);
        let handout = Handout { sorted, read, collected: clock::now(), errand: Errand::Retry(numbers) };
        insist(route, handout, &mut retried.tally, (ports, stop), listener).await?;
        crash::point("retry.done");
        Ok(retried)
    }

    /// Offers those of the feed itself to all its routes: no route has seen them yet.
    ///
    /// # Errors
    /// When it was told to stop, or the ledger could not be written.
    pub async fn to_all(
        self,
        routes: &[Arc<Route>],
        (ports, stop): (&Ports, &CancellationToken),
        listener: &mut dyn Listener,
    ) -> Result<Retried, Halt> {
        let (read, tenant, feed) = (self.read, Arc::clone(&self.tenant), self.feed);
        let (mut retried, kept) = (Retried::default(), self.kept.clone());
        let mut lifted = Vec::new();
        for route in routes {
            retried.stay.clear();
            let again = Letters { tenant: Arc::clone(&tenant), kept: kept.clone(), ..self };
            let (sorted, taken) = again.sorted(&mut retried.stay);
            lifted = taken;
            let handout = Handout { sorted, read, collected: clock::now(), errand: Errand::Sweep };
            insist(route, handout, &mut retried.tally, (ports, stop), listener).await?;
            crash::point("retry.route-done");
        }
        let route = RouteKey { tenant: tenant.id.clone(), feed, sink: None };
        lift(route, lifted, &tenant.name, ports).await.map_err(Halt::LedgerFailed)?;
        crash::point("retry.lifted");
        Ok(retried)
    }

    /// A page of them, told apart, and the numbers of those that routes can take.
    fn sorted(self, stay: &mut Vec<(String, String)>) -> (Sorted, Vec<i64>) {
        let (mut body, mut records, mut good, mut taken) = (String::new(), Vec::new(), Vec::new(), Vec::new());
        for (index, Kept { number, letter, .. }) in self.kept.into_iter().enumerate() {
            let header = (self.header)(self.feed, &letter.alert_id, &letter.body);
            let bad = match &header {
                Err(unreadable) => Some(unreadable.to_string()),
                Ok(header) => header
                    .tenant_id
                    .as_ref()
                    .filter(|named| !named.eq_ignore_ascii_case(self.tenant.id.as_str()))
                    .map(|named| format!("the record names tenant {named:?}, but it came from tenant {}", self.tenant.id)),
            };
            let start = body.len();
            body.push_str(&letter.body);
            if let Some(reason) = bad {
                stay.push((letter.alert_id, reason));
            } else {
                good.push(index);
                taken.push(number);
            }
            records.push((start..body.len(), header));
        }
        (Sorted { page: Arc::new(Page::new(body, records, None)), good, aside: 0, aside_before: 0 }, taken)
    }
}

/// Throws dead letters away, or those that all routes are done with.
///
/// # Errors
/// The ledger's last word when the program had to end.
pub async fn lift(route: RouteKey, lifted: Vec<i64>, tenant: &TenantName, ports: &Ports) -> Result<(), LedgerError> {
    if lifted.is_empty() {
        return Ok(());
    }
    persist::record(Step { lifted, ..Step::of(route) }, tenant, ports).await
}
