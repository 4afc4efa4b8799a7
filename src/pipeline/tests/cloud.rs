//! A vendor whose alerts, moods and clock a test controls.

use std::cell::Cell;
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, sleep};

use super::tape::{Note, Tape};
use crate::alert::{Finding, Header, Kind, ReadFinding, Unreadable, graph};
use crate::source::{FeedKind, FetchError, Page, Pages, Source, Trouble, Window};

/// The server's time when a test starts.
pub const NOON: &str = "2026-03-02T12:00:00Z";

/// The tenant that every record names unless it says otherwise.
pub const TENANT: &str = "11111111-1111-4111-8111-111111111111";

/// What happens to a request.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    Trouble(Trouble),
    Panic,
}

/// One revision of an alert.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: String,
    pub at: Timestamp,
    /// Before this moment the server does not show it.
    pub appears: Timestamp,
    pub raw: String,
}

/// One tenant's alerts.
#[derive(Debug)]
pub struct Cloud {
    pub tenant: String,
    tape: Tape,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    rows: Vec<Row>,
    page_size: usize,
    latency: Duration,
    newest_first: bool,
    complete_at_the_end: bool,
    says_where_it_began: bool,
    /// One per request to come; `None` lets it pass.
    faults: VecDeque<Option<Fault>>,
    lasting: Option<Fault>,
    noon: Instant,
}

impl Cloud {
    pub fn new(tenant: &str, tape: &Tape) -> Arc<Self> {
        let (rows, faults, noon) = (Vec::new(), VecDeque::new(), Instant::now());
        let state = State {
            rows,
            page_size: 10,
            latency: Duration::ZERO,
            newest_first: false,
            complete_at_the_end: false,
            says_where_it_began: false,
            faults,
            lasting: None,
            noon,
        };
        Arc::new(Self { tenant: tenant.to_owned(), tape: tape.clone(), state: Mutex::new(state) })
    }

    fn state<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap())
    }

    /// Its clock starts anew at noon: another runtime has another clock.
    pub fn noon_again(&self) {
        self.state(|state| state.noon = Instant::now());
    }

    pub fn now(&self) -> Timestamp {
        let since_noon = self.state(|state| state.noon.elapsed());
        second(0) + SignedDuration::try_from(since_noon).unwrap()
    }

    pub fn page_size(&self, size: usize) {
        self.state(|state| state.page_size = size);
    }

    pub fn latency(&self, latency: Duration) {
        self.state(|state| state.latency = latency);
    }

    /// The rows of each page stand in falling order.
    pub fn newest_first(&self) {
        self.state(|state| state.newest_first = true);
    }

    /// Only the last page of a window completes anything, as in a feed with several places.
    pub fn complete_at_the_end(&self) {
        self.state(|state| state.complete_at_the_end = true);
    }

    /// As [`Cloud::complete_at_the_end`], in the words of a feed that shows its newest rows first: complete up to where it began.
    pub fn complete_where_it_began(&self) {
        self.complete_at_the_end();
        self.state(|state| state.says_where_it_began = true);
    }

    /// The fates of the next requests, one each.
    pub fn next_requests(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.state(|state| state.faults.extend(faults));
    }

    /// What happens to every request from now on.
    pub fn lastingly(&self, fault: Option<Fault>) {
        self.state(|state| state.lasting = fault);
    }

    /// A new alert of this second after noon (before, when negative).
    pub fn add(&self, id: &str, at: i64) {
        self.show(id, at, at, "new", TENANT);
    }

    /// An alert with everything said: `appears` is when the server starts to show it.
    pub fn show(&self, id: &str, at: i64, appears: i64, status: &str, tenant: &str) {
        let raw = format!(
            r#"{{"id":"{id}","tenantId":"{tenant}","createdDateTime":"2026-03-02T11:00:00Z","lastUpdateDateTime":"{}","severity":"high","status":"{status}","serviceSource":"microsoftDefenderForEndpoint"}}"#,
            second(at)
        );
        self.push(id, at, appears, raw);
    }

    /// Rewrites an alert's JSON.
    pub fn change(&self, id: &str, change: impl Fn(&str) -> String) {
        let rewrite = |row: &mut Row| row.raw = change(&row.raw);
        self.state(|state| state.rows.iter_mut().filter(|row| row.id == id).for_each(rewrite));
    }

    /// A record as it stands.
    pub fn push(&self, id: &str, at: i64, appears: i64, raw: String) {
        let row = Row { id: id.to_owned(), at: second(at), appears: second(appears), raw };
        self.state(|state| {
            state.rows.push(row);
            state.rows.sort_by_key(|row| row.at);
        });
    }
}

/// A moment by the second after noon.
pub fn second(second: i64) -> Timestamp {
    NOON.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(second)
}

/// The cloud as a feed. A record whose ID starts with `incident:` is one.
pub struct Line {
    pub cloud: Arc<Cloud>,
    pub kind: FeedKind,
}

fn header(raw: &str) -> Result<Header, Unreadable> {
    let header = graph::header(raw)?;
    let kind = if header.id.starts_with("incident:") { Kind::Incident } else { Kind::Alert };
    Ok(Header { kind, ..header })
}

thread_local! {
    /// A paused clock needs a runtime of one thread, so what a test's pipeline reads is counted on the test's own.
    static READ: Cell<usize> = const { Cell::new(0) };
}

/// How many records this thread has read in full.
pub fn read_in_full() -> usize {
    READ.get()
}

fn read(_: Kind, raw: &str) -> Result<Finding<'_>, Unreadable> {
    READ.set(READ.get() + 1);
    graph::read(Kind::Alert, raw)
}

impl Source for Line {
    fn kind(&self) -> FeedKind {
        self.kind
    }

    fn reader(&self) -> ReadFinding {
        read
    }

    fn now(&self) -> Timestamp {
        self.cloud.now()
    }

    fn open(&self, window: Window) -> Box<dyn Pages + '_> {
        Box::new(Reading { cloud: &self.cloud, window, from: window.from, given: HashSet::new(), ended: false })
    }
}

struct Reading<'a> {
    cloud: &'a Cloud,
    window: Window,
    from: Timestamp,
    given: HashSet<String>,
    ended: bool,
}

impl Pages for Reading<'_> {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Page>, FetchError>> {
        Box::pin(async {
            if self.ended {
                return Ok(None);
            }
            let (fault, latency) = self.cloud.state(|state| (state.faults.pop_front().unwrap_or(state.lasting), state.latency));
            self.cloud.tape.write(Note::Asked { tenant: self.cloud.tenant.clone() });
            sleep(latency).await;
            match fault {
                Some(Fault::Trouble(trouble)) => {
                    return Err(FetchError { trouble, message: "the cloud is in a bad mood".to_owned(), advice: None });
                }
                Some(Fault::Panic) => panic!("the cloud makes its reader panic"),
                None => {}
            }
            Ok(Some(self.page()))
        })
    }
}

impl Reading<'_> {
    fn page(&mut self) -> Page {
        let now = self.cloud.now();
        let (from, to) = (self.from, self.window.to);
        let (rows, size) = self.cloud.state(|state| (state.rows.clone(), state.page_size));
        let (newest_first, complete_at_the_end) = self.cloud.state(|state| (state.newest_first, state.complete_at_the_end));
        let fresh = |row: &&Row| row.at >= from && row.at <= to && row.appears <= now && !self.given.contains(&row.raw);
        let rows: Vec<&Row> = rows.iter().filter(fresh).collect();
        self.ended = rows.len() <= size;
        let mut rows = rows[..rows.len().min(size)].to_vec();
        self.from = rows.last().map_or(from, |row| row.at);
        if newest_first {
            rows.reverse();
        }
        let (mut body, mut records) = (String::new(), Vec::new());
        for row in rows {
            let start = body.len();
            body.push_str(&row.raw);
            records.push((start..body.len(), header(&row.raw)));
            self.given.insert(row.raw.clone());
        }
        // More may stand at the last row's moment, so that it is complete only up to just before.
        let complete_to = if self.ended { to } else { self.from - SignedDuration::from_nanos(100) };
        let began = self.cloud.state(|state| state.says_where_it_began).then_some(self.window.from);
        Page::new(body, records, if self.ended || !complete_at_the_end { Some(complete_to) } else { began })
    }
}
