//! Reads the windows of one feed of one tenant: drives the walk with real requests.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};

use super::{Dialect, envelope, request};
use crate::alert::header::fingerprint;
use crate::alert::{Header, ReadFinding, Unreadable};
use crate::source::http::{Api, ApiError};
use crate::source::paging::{Memory, Row, Taken, Unreached, Via, Walk};
use crate::source::{FeedKind, FetchError, Page, Pages, Source, Trouble, Window};
use crate::telemetry::events;
use crate::tenant::TenantName;

/// Where the records of a page stand, with their headers.
type Records = Vec<(Range<usize>, Result<Header, Unreadable>)>;

/// After so many failures in a row, pages are asked for in halves: some answers are too much for the server itself.
const PATIENCE: u32 = 3;

/// So many answers without a new row are no progress, whatever the server says; slices of one moment need some hundreds.
const MOST_IN_VAIN: u32 = 1000;

/// `Date` has whole seconds, so a server this little behind what we thought is not behind.
const CLOCK_GRAIN: SignedDuration = SignedDuration::from_secs(2);

/// A feed of a tenant.
#[derive(Debug)]
pub struct Reader {
    api: Api,
    dialect: &'static Dialect,
    tenant: TenantName,
    page_size: u32,
    /// Where its rows are, below the API's host; read one after the other.
    paths: Vec<String>,
    habits: Mutex<Habits>,
}

/// What the server has shown of itself.
#[derive(Debug)]
struct Habits {
    memory: Memory,
    failures: u32,
    /// Hosts that next links pointed at although it is not theirs to be asked; told once each.
    foreign: HashSet<String>,
}

impl Reader {
    /// `page_size` is how many rows are asked for at once while the server copes; `paths` are the places where its rows are.
    #[must_use]
    pub fn new(api: Api, dialect: &'static Dialect, tenant: TenantName, page_size: u32, paths: Vec<String>) -> Self {
        let memory = Memory { ascending: false, largest: 0, page_size };
        let habits = Mutex::new(Habits { memory, failures: 0, foreign: HashSet::new() });
        Self { api, dialect, tenant, page_size, paths, habits }
    }

    fn habits<T>(&self, change: impl FnOnce(&mut Habits) -> T) -> T {
        change(&mut self.habits.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A next link is only worth something on the host that was asked: our token goes nowhere else.
    fn own(&self, link: Option<String>) -> Option<String> {
        let link = link?;
        let url = self.api.base().join(&link).ok()?;
        if self.api.same_host(&url) {
            return Some(link);
        }
        let host = url.host_str().unwrap_or("no host").to_owned();
        if self.habits(|habits| habits.foreign.insert(host.clone())) {
            events::foreign_next_link(&self.tenant, self.dialect.kind, &host);
        }
        None
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
        let memory = self.habits(|habits| {
            if habits.failures < PATIENCE {
                habits.memory.page_size = habits.memory.page_size.saturating_mul(2).min(self.page_size);
            }
            habits.memory.clone()
        });
        let walk = Walk::new(window, memory, self.dialect.slicing);
        let ended = walk.is_done();
        Box::new(Reading { reader: self, walk, window, opened: self.now(), ahead: None, ended, told: 0 })
    }
}

/// One window being read.
#[derive(Debug)]
struct Reading<'a> {
    reader: &'a Reader,
    walk: Walk,
    window: Window,
    /// The server's time as we thought it was when the window was made.
    opened: Timestamp,
    /// How far that was ahead of what the first answer said.
    ahead: Option<SignedDuration>,
    /// The caller has been told that the window is complete.
    ended: bool,
    /// How many unreached timestamps have been reported.
    told: usize,
}

impl Reading<'_> {
    async fn page(&mut self) -> Result<Option<Page>, FetchError> {
        for asked in 0.. {
            let Some(ask) = self.walk.ask() else { break };
            if asked >= MOST_IN_VAIN {
                return Err(self.in_vain());
            }
            let answered = match request::url(self.reader.api.base(), &self.reader.paths[0], self.reader.dialect, &ask) {
                Ok(url) => self.reader.api.get(&url).await,
                Err(message) => Err(ApiError::Refused { status: 0, error: passing(message) }),
            };
            let answer = match answered {
                Ok(answer) => answer,
                Err(error) => {
                    self.failed(error, &ask.via)?;
                    continue;
                }
            };
            let envelope = match envelope::split(&answer.body) {
                Ok(envelope) => envelope,
                Err(message) => {
                    self.failed(ApiError::Passing(passing(message)), &ask.via)?;
                    continue;
                }
            };
            self.note_clock(answer.date);
            if let Some(page) = self.take(answer.body, envelope) {
                return Ok(Some(page));
            }
        }
        if !self.ended {
            return Ok(Some(self.paged(String::new(), Vec::new(), self.window.to)));
        }
        self.tell_unreached()
    }

    fn paged(&mut self, body: String, records: Records, complete_to: Timestamp) -> Page {
        self.ended = self.walk.is_done();
        Page::new(body, records, Some(complete_to.min(self.window.to - self.ahead.unwrap_or_default())))
    }

    fn in_vain(&self) -> FetchError {
        let message = format!("{} answered {MOST_IN_VAIN} requests in a row without one new alert", self.reader.dialect.kind);
        let advice = "the API ignores what it is asked for; see whether a proxy stands in between, else report it to Microsoft";
        FetchError { trouble: Trouble::Stalled, message, advice: Some(advice.to_owned()) }
    }

    /// Turns an answer into a page; `None` when it brought nothing and more is to come.
    fn take(&mut self, body: String, envelope: envelope::Envelope) -> Option<Page> {
        let read_header = self.reader.dialect.row;
        let records: Records = envelope.records.into_iter().map(|span| (span.clone(), read_header(&body[span]))).collect();
        let keys: Vec<Cow<'_, str>> = records
            .iter()
            .map(|(span, header)| match header {
                Ok(header) => Cow::Borrowed(header.id.as_str()),
                Err(_) => Cow::Owned(fingerprint(&body[span.clone()])),
            })
            .collect();
        let rows: Vec<Row<'_>> = records
            .iter()
            .zip(&keys)
            .map(|((_, header), key)| Row { key, at: header.as_ref().ok().and_then(|header| header.updated) })
            .collect();
        let Taken { fresh, complete_to } = self.walk.answered(&rows, self.reader.own(envelope.next_link));
        let memory = self.walk.memory().clone();
        self.reader.habits(|habits| {
            habits.memory = memory;
            habits.failures = 0;
        });
        if fresh.is_empty() && !self.walk.is_done() {
            return None;
        }
        let mut fresh = fresh.into_iter().peekable();
        let fresh_records = records.into_iter().enumerate().filter(|(index, _)| fresh.next_if_eq(index).is_some());
        let records = fresh_records.map(|(_, record)| record).collect();
        Some(self.paged(body, records, complete_to))
    }

    /// Finds another way to ask, or gives the error back.
    fn failed(&mut self, error: ApiError, via: &Via) -> Result<(), FetchError> {
        match error {
            ApiError::Refused { error, .. } => self.walk.refused().map_err(|_| error),
            ApiError::Passing(_) if matches!(via, Via::Link(_)) && self.walk.refused().is_ok() => Ok(()),
            ApiError::Passing(error) => {
                let lasting = self.reader.habits(|habits| {
                    habits.failures += 1;
                    habits.failures >= PATIENCE
                });
                if lasting && self.walk.shrink() {
                    self.remember();
                }
                Err(error)
            }
            ApiError::TooLarge(error) => {
                if self.walk.shrink() {
                    self.remember();
                    return Ok(());
                }
                Err(FetchError { trouble: Trouble::Stalled, ..error })
            }
            ApiError::Other(error) => Err(error),
        }
    }

    fn remember(&self) {
        let page_size = self.walk.memory().page_size;
        self.reader.habits(|habits| habits.memory.page_size = page_size);
    }

    /// When our idea of the server's time ran ahead, the window ends in the server's future: it is complete only up to its
    /// present.
    fn note_clock(&mut self, date: Option<Timestamp>) {
        if self.ahead.is_none() {
            let ahead = date.map_or(SignedDuration::ZERO, |date| self.opened.duration_since(date));
            self.ahead = Some(if ahead > CLOCK_GRAIN { ahead } else { SignedDuration::ZERO });
        }
    }

    /// The window has been read to its end; rows that were passed over because no request reaches them are told now.
    fn tell_unreached(&mut self) -> Result<Option<Page>, FetchError> {
        let unreached: Vec<&Unreached> = self.walk.unreached().iter().skip(self.told).collect();
        let Some(first) = unreached.first() else { return Ok(None) };
        let message = format!(
            "{} has more rows at {} than any request reaches: of {} slice(s), no more than {} rows could be read",
            self.reader.dialect.kind,
            first.at,
            unreached.len(),
            unreached.iter().map(|unreached| unreached.reached).max().unwrap_or_default(),
        );
        self.told = self.walk.unreached().len();
        let advice = "look at this moment in the Defender portal; raising page_size may reach the rest".to_owned();
        Err(FetchError { trouble: Trouble::Stalled, message, advice: Some(advice) })
    }
}

impl Pages for Reading<'_> {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Page>, FetchError>> {
        Box::pin(self.page())
    }
}

fn passing(message: String) -> FetchError {
    FetchError { trouble: Trouble::Passing, message, advice: None }
}
