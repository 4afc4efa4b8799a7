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
use super::errand::{Errand, ReadKept};
use super::insist::{Listener, Stopped, insist};
use super::route::Route;
use super::serve::Handout;
use super::tally::Tally;
use super::{Ports, persist};
use crate::alert::ReadFinding;
use crate::ledger::{Kept, LedgerError, RouteKey, Step};
use crate::source::{FeedKind, Page};
use crate::tenant::{Tenant, TenantName};
use crate::{clock, crash};

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
    /// Those that no route can take.
    pub stay: Vec<Stays>,
}

/// A letter that stays.
#[derive(Debug)]
pub struct Stays {
    pub number: i64,
    pub alert_id: String,
    pub reason: String,
}

/// Letters as a page.
struct Told {
    sorted: Sorted,
    /// The numbers of those that routes can take.
    taken: Vec<i64>,
    stay: Vec<Stays>,
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
    /// When it was told to stop, or the ledger could not be written.
    pub async fn to_route(
        self,
        route: &Arc<Route>,
        (ports, stop): (&Ports, &CancellationToken),
        listener: &mut dyn Listener,
    ) -> Result<Retried, Halt> {
        let (tenant, read) = (Arc::clone(&self.tenant), self.read);
        let numbers = self.kept.iter().map(|kept| kept.number).collect();
        let Told { sorted, stay, .. } = self.told_apart();
        let mut retried = Retried::default();
        let handout = Handout { sorted, read, collected: clock::now(), errand: Errand::Retry(numbers) };
        insist(route, handout, &mut retried.tally, (ports, stop), listener).await?;
        crash::point("retry.done");
        retried.end(stay, Step::of(route.key.clone()), &tenant, ports).await
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
        let (tenant, feed, read) = (Arc::clone(&self.tenant), self.feed, self.read);
        let Told { sorted, taken, stay } = self.told_apart();
        let mut retried = Retried::default();
        let handout = Handout { sorted, read, collected: clock::now(), errand: Errand::Sweep };
        for route in routes {
            insist(route, handout.clone(), &mut retried.tally, (ports, stop), listener).await?;
            crash::point("retry.route-done");
        }
        let route = RouteKey { tenant: tenant.id.clone(), feed, sink: None };
        retried.end(stay, Step { lifted: taken, ..Step::of(route) }, &tenant, ports).await
    }

    /// A page of them, of those that can be read.
    fn told_apart(self) -> Told {
        let (mut body, mut records, mut good) = (String::new(), Vec::new(), Vec::new());
        let (mut taken, mut stay) = (Vec::new(), Vec::new());
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
                stay.push(Stays { number, alert_id: letter.alert_id, reason });
            } else {
                good.push(index);
                taken.push(number);
            }
            records.push((start..body.len(), header));
        }
        Told { sorted: Sorted { page: Arc::new(Page::new(body, records, None)), good, aside: 0, aside_before: 0 }, taken, stay }
    }
}

impl Retried {
    /// Records what no route recorded.
    async fn end(mut self, stay: Vec<Stays>, step: Step, tenant: &Tenant, ports: &Ports) -> Result<Self, Halt> {
        let reasons = stay.iter().map(|one| (one.number, one.reason.clone())).collect();
        settle(Step { stay: reasons, ..step }, &tenant.name, ports).await.map_err(Halt::LedgerFailed)?;
        crash::point("retry.lifted");
        self.stay = stay;
        Ok(self)
    }
}

/// Takes dead letters out that are thrown away or that all routes are done with, and says of others why they stay.
///
/// # Errors
/// The ledger's last word when the program had to end.
pub async fn settle(step: Step, tenant: &TenantName, ports: &Ports) -> Result<(), LedgerError> {
    if step.lifted.is_empty() && step.stay.is_empty() {
        return Ok(());
    }
    persist::record(step, tenant, ports).await
}
