//! One feed of one tenant: its API, the places where its rows are, and what is remembered of each.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::habits::Habits;
use super::window::Reading;
use super::{Dialect, request};
use crate::alert::ReadFinding;
use crate::source::http::{Answer, Api, ApiError};
use crate::source::paging::Onward;
use crate::source::{FeedKind, FetchError, Pages, Source, Trouble, Window};
use crate::telemetry::events;
use crate::tenant::TenantName;

/// So many foreign hosts are told; a server that makes up ever new ones fills neither memory nor log.
const MOST_FOREIGN: usize = 16;

/// A feed of a tenant.
#[derive(Debug)]
pub struct Reader {
    pub(super) api: Api,
    pub(super) dialect: &'static Dialect,
    pub(super) tenant: TenantName,
    pub(super) page_size: u32,
    /// Read one after the other.
    pub(super) places: Vec<Place>,
    /// Which of them is read first.
    first: AtomicUsize,
    /// Hosts that next links pointed at although it is not theirs to be asked; told once each.
    foreign: Mutex<HashSet<String>>,
}

/// Where rows of a feed are: a workspace, a subscription, or the one path that the feed has.
#[derive(Debug)]
pub(super) struct Place {
    /// Below the API's host.
    pub(super) path: String,
    /// What people call it; `None` where there is but one.
    pub(super) name: Option<String>,
    habits: Mutex<Habits>,
}

impl Place {
    fn new(path: String, page_size: u32) -> Self {
        Self { name: name(&path), path, habits: Mutex::new(Habits::new(page_size)) }
    }

    pub(super) fn habits<T>(&self, change: impl FnOnce(&mut Habits) -> T) -> T {
        change(&mut self.habits.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Reader {
    /// `page_size` is how many rows are asked for at once while the server copes; `paths` are the places where its rows are.
    #[must_use]
    pub fn new(api: Api, dialect: &'static Dialect, tenant: TenantName, page_size: u32, paths: Vec<String>) -> Self {
        let places = paths.into_iter().map(|path| Place::new(path, page_size)).collect();
        let (first, foreign) = (AtomicUsize::new(0), Mutex::default());
        Self { api, dialect, tenant, page_size, places, first, foreign }
    }

    /// The places in the order in which a window reads them.
    pub(super) fn order(&self) -> Vec<usize> {
        let (first, places) = (self.first.load(Ordering::Relaxed), self.places.len());
        (0..places).map(|place| (first + place) % places).collect()
    }

    /// The next window starts with this place.
    pub(super) fn start_with(&self, place: usize) {
        self.first.store(place, Ordering::Relaxed);
    }

    /// Where an answer says that its list goes on. A next link is only worth something on the host that was asked: our token
    /// goes nowhere else.
    pub(super) fn onward(&self, link: Option<String>) -> Onward {
        let Some(link) = link else { return Onward::End };
        let Ok(url) = request::followed(self.api.base(), &link) else { return Onward::Foreign };
        if self.api.same_host(&url) {
            return Onward::Link(link);
        }
        let host = url.host_str().unwrap_or("no host");
        let mut foreign = self.foreign.lock().unwrap_or_else(PoisonError::into_inner);
        if foreign.len() < MOST_FOREIGN && foreign.insert(host.to_owned()) {
            events::foreign_next_link(&self.tenant, self.dialect.kind, host);
        }
        Onward::Foreign
    }

    /// Asks where a next link leads.
    pub(super) async fn follow(&self, link: &str) -> Result<Answer, ApiError> {
        match request::followed(self.api.base(), link) {
            Ok(url) => self.api.get(&url).await,
            Err(message) => Err(ApiError::Refused { status: 0, error: passing(message) }),
        }
    }
}

impl Source for Reader {
    fn kind(&self) -> FeedKind {
        self.dialect.kind
    }

    fn reader(&self) -> ReadFinding {
        self.dialect.read
    }

    fn now(&self) -> Timestamp {
        self.api.clock().now()
    }

    fn open(&self, window: Window) -> Box<dyn Pages + '_> {
        Box::new(Reading::new(self, window))
    }
}

/// The workspace or subscription that a path of Azure leads to.
fn name(path: &str) -> Option<String> {
    let behind = |word: &str| path.split('/').skip_while(|part| *part != word).nth(1);
    let workspace = behind("workspaces").map(|name| format!("workspace {name}"));
    workspace.or_else(|| behind("subscriptions").map(|id| format!("subscription {id}")))
}

pub(super) fn passing(message: String) -> FetchError {
    FetchError { trouble: Trouble::Passing, message, advice: None }
}
