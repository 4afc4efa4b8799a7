//! A window at one place, walked through by time: drives the walk with real requests, and remembers how the server copes.

use std::borrow::Cow;

use jiff::Timestamp;

use super::reader::{Place, Reader, passing};
use super::rows::{Batch, RowAt};
use super::{Asking, envelope, request};
use crate::source::http::ApiError;
use crate::source::paging::{Ask, Onward, Row, Taken, Unreached, Via, Walk};
use crate::source::{FetchError, Trouble, Window};
use crate::telemetry::events;

/// So many answers without a new row are no progress, whatever the server says; slices of one moment need some hundreds.
const MOST_IN_VAIN: u32 = 1000;

#[derive(Debug)]
pub(super) struct Walked<'a> {
    reader: &'a Reader,
    place: &'a Place,
    window: Window,
    walk: Walk,
    /// The window was cut into so many steps: what is complete is told at once, for the next request may fail.
    steps: u32,
    skips: bool,
    /// What `$expand` asks for, while the server copes with it.
    expand: Option<&'static str>,
    /// Everything up to here has been read.
    reached: Timestamp,
    date: Option<Timestamp>,
    /// The caller has been told that the window is complete.
    ended: bool,
}

impl<'a> Walked<'a> {
    pub(super) fn new(reader: &'a Reader, place: &'a Place, window: Window, skips: bool) -> Self {
        let (expands, memory, steps) =
            place.habits(|habits| (habits.opened(reader.page_size), habits.memory.clone(), habits.steps(window)));
        let sorts = matches!(reader.dialect.asking, Asking::Window { sorts: true, .. });
        let mut walk = Walk::new(window, memory, reader.dialect.slicing, sorts);
        walk.in_steps(steps);
        let expand = reader.dialect.expand.filter(|_| expands);
        let (reached, ended) = (window.from, walk.is_done());
        Self { reader, place, window, walk, steps, skips, expand, reached, date: None, ended }
    }

    /// Whether the list is asked for with all that its rows can show.
    pub(super) fn expands(&self) -> bool {
        self.expand.is_some()
    }

    /// The `Date` of the first answer.
    pub(super) fn date(&self) -> Option<Timestamp> {
        self.date
    }

    /// The next rows; `None` when the window has been read to its end.
    pub(super) async fn batch(&mut self) -> Result<Option<Batch>, FetchError> {
        for asked in 0.. {
            let Some(ask) = self.walk.ask() else { break };
            if asked >= MOST_IN_VAIN {
                return Err(self.in_vain());
            }
            if matches!(ask.via, Via::Skip(_)) && !self.skips && self.walk.refused().is_ok() {
                continue;
            }
            let (base, dialect) = (self.reader.api.base(), self.reader.dialect);
            let answered = match request::url(base, &self.place.path, dialect, &ask, self.expand) {
                Ok(url) => self.reader.api.get(&url).await,
                Err(message) => Err(ApiError::Refused { status: 0, error: passing(message) }),
            };
            let split = answered.and_then(|answer| match envelope::split(&answer.body) {
                Ok(envelope) => Ok((answer, envelope)),
                Err(message) => Err(ApiError::Passing(passing(message))),
            });
            match split {
                Ok((answer, envelope)) => {
                    self.date = self.date.or(answer.date);
                    if let Some(batch) = self.take(answer.body, envelope, &ask)? {
                        return Ok(Some(batch));
                    }
                }
                Err(error) => self.failed(error, &ask.via)?,
            }
        }
        if self.ended {
            return Ok(None);
        }
        Ok(Some(self.told(String::new(), Vec::new(), self.window.to)))
    }

    /// Turns an answer into a batch; `None` when it brought nothing and more is to come.
    fn take(&mut self, body: String, envelope: envelope::Envelope, ask: &Ask) -> Result<Option<Batch>, FetchError> {
        let read = self.reader.dialect.row;
        let rows: Vec<RowAt> = envelope.records.into_iter().map(|span| RowAt::read(&body, span, read)).collect();
        let keys: Vec<Cow<'_, str>> = rows.iter().map(|row| row.key(&body)).collect();
        let met: Vec<Row<'_>> = rows.iter().zip(&keys).map(|(row, key)| Row { key, at: row.at() }).collect();
        let nothing = || met.iter().all(|row| row.at.is_some_and(|at| at < ask.from || at > ask.to));
        let link = match self.reader.onward(envelope.next_link) {
            Onward::Link(link) => Some(link),
            // The server says that there is more, and we may not follow: taken for the end, it would hide what lies behind.
            Onward::Foreign if nothing() && !matches!(ask.via, Via::Skip(_)) => {
                return self.walk.refused().map(|()| None).map_err(|_| self.led_away());
            }
            Onward::End | Onward::Foreign => None,
        };
        let Taken { fresh, complete_to } = self.walk.answered(&met, link);
        let stepped = self.steps > 0 && complete_to > self.reached;
        self.reached = self.reached.max(complete_to);
        self.place.habits(|habits| {
            self.walk.grow(habits.most(self.reader.page_size));
            habits.answered(self.walk.memory().clone());
            if self.walk.is_done() {
                habits.ended(self.window);
            }
        });
        if fresh.is_empty() && !self.walk.is_done() && !stepped {
            return Ok(None);
        }
        let mut fresh = fresh.into_iter().peekable();
        let fresh_rows = rows.into_iter().enumerate().filter(|(index, _)| fresh.next_if_eq(index).is_some());
        let rows = fresh_rows.map(|(_, row)| row).collect();
        Ok(Some(self.told(body, rows, complete_to)))
    }

    fn told(&mut self, body: String, rows: Vec<RowAt>, complete_to: Timestamp) -> Batch {
        self.ended = self.walk.is_done();
        Batch { body, rows, complete_to: Some(complete_to) }
    }

    /// Finds another way to ask, or gives the error back.
    fn failed(&mut self, error: ApiError, via: &Via) -> Result<(), FetchError> {
        match error {
            ApiError::Refused { status: 400, error } if self.expand.is_some() && names_expand(&error.message) => {
                self.drop_expand(&error.message);
                Ok(())
            }
            ApiError::Refused { error, .. } => self.walk.refused().map_err(|_| error),
            ApiError::Passing(_) | ApiError::Away(_) if matches!(via, Via::Link(_)) && self.walk.refused().is_ok() => Ok(()),
            // Pages have just grown: those of the size before did well, and may be had at once.
            ApiError::Passing(_) if self.walk.is_untried() && self.walk.shrink() => {
                self.remember();
                Ok(())
            }
            ApiError::Passing(error) => {
                if self.place.habits(|habits| habits.failed(self.reached)) {
                    if self.expand.is_some() {
                        self.drop_expand(&error.message);
                    } else if self.walk.shrink() {
                        self.remember();
                    }
                }
                Err(error)
            }
            ApiError::TooLarge(error) => {
                if self.walk.shrink() {
                    self.remember();
                } else if self.expand.is_some() {
                    self.drop_expand(&error.message);
                } else {
                    return Err(FetchError { trouble: Trouble::Stalled, ..error });
                }
                Ok(())
            }
            ApiError::Away(error) | ApiError::Other(error) => Err(error),
        }
    }

    fn drop_expand(&mut self, error: &str) {
        self.expand = None;
        let rows = self.place.habits(|habits| habits.drop_expand(self.reader.page_size));
        self.walk.resize(rows);
        events::expand_dropped(&self.reader.tenant, self.reader.dialect.kind, error);
    }

    fn remember(&self) {
        self.place.habits(|habits| habits.memory = self.walk.memory().clone());
    }

    fn in_vain(&self) -> FetchError {
        let message = format!("{} answered {MOST_IN_VAIN} requests in a row without one new alert", self.reader.dialect.kind);
        let advice = "the API ignores what it is asked for; see whether a proxy stands in between, else report it to Microsoft";
        FetchError { trouble: Trouble::Stalled, message, advice: Some(advice.to_owned()) }
    }

    fn led_away(&self) -> FetchError {
        let message = format!("{} answered without rows, and its next link leads to another host", self.reader.dialect.kind);
        let advice = "the window is read again, and nothing is passed over; see whether a proxy stands in between and changes the API's answers";
        FetchError { trouble: Trouble::Stalled, message, advice: Some(advice.to_owned()) }
    }

    /// Rows that were passed over because no request reaches them.
    pub(super) fn unreached(&self) -> Option<FetchError> {
        let unreached: &[Unreached] = self.walk.unreached();
        let message = format!(
            "{} has more rows at {} than any request reaches: of {} slice(s), no more than {} rows could be read",
            self.reader.dialect.kind,
            unreached.first()?.at,
            unreached.len(),
            unreached.iter().map(|unreached| unreached.reached).max().unwrap_or_default(),
        );
        let advice = "look at this moment in the Defender portal; raising page_size may reach the rest".to_owned();
        Some(FetchError { trouble: Trouble::Stalled, message, advice: Some(advice) })
    }
}

/// Whether the server says that it is `$expand` that it does not take.
fn names_expand(message: &str) -> bool {
    message.to_ascii_lowercase().contains("expand")
}
