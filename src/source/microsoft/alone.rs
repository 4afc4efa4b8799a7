//! Rows that take a request of their own: read again with `$expand` where the list fails on it, or their alerts asked for.
//!
//! A row whose own request keeps failing must not stand in the way of all others: after three windows, or at once when it is
//! refused, it goes out as the list showed it, and an event says so.

use std::ops::Range;
use std::vec::IntoIter;

use jiff::Timestamp;
use reqwest::Url;

use super::habits::PATIENCE;
use super::reader::{Place, Reader, passing};
use super::rows::{Batch, Draft, RowAt, without_context, word};
use super::{Inside, envelope, request};
use crate::source::foreign::excerpt;
use crate::source::http::ApiError;
use crate::source::paging::Chain;
use crate::source::{FetchError, Page, Trouble};
use crate::telemetry::events;

/// So many rows in a row that fail are no rows' fault.
const MOST_FAILURES: u32 = 10;

/// A page that has grown beyond this goes out; the rest of the answer follows in the next. In bytes.
const ENOUGH: usize = 8 * 1024 * 1024;

/// The alerts of one incident are some hundreds at most, of some kilobytes. In bytes.
const MOST: usize = 64 * 1024 * 1024;

/// Rows of one answer that are still to be completed.
#[derive(Debug)]
pub(super) struct Alone {
    body: String,
    rows: IntoIter<RowAt>,
    complete_to: Option<Timestamp>,
    failures: u32,
    error: Option<FetchError>,
}

impl Alone {
    pub(super) fn new(batch: Batch) -> Self {
        let Batch { body, rows, complete_to } = batch;
        Self { body, rows: rows.into_iter(), complete_to, failures: 0, error: None }
    }

    /// The next page; `None` when all rows have gone out. What failed is told after the rows that did not.
    pub(super) async fn page(&mut self, reader: &Reader, place: &Place) -> Result<Option<Page>, FetchError> {
        let mut draft = Draft::default();
        let mut any = false;
        while draft.len() < ENOUGH && self.failures < MOST_FAILURES {
            let Some(row) = self.rows.next() else { break };
            any = true;
            let raw = &self.body[row.span.clone()];
            let error = match complete(reader, place, raw, &mut draft).await {
                Ok(()) => {
                    place.habits(|habits| habits.row_read(&row.key(&self.body)));
                    self.failures = 0;
                    continue;
                }
                Err(error) => error,
            };
            match self.judge(reader, place, &row, error) {
                None => draft.row(&self.body[row.span], reader.dialect),
                Some(error) => self.error = self.error.take().or(Some(error)),
            }
        }
        let rest = self.rows.len() > 0 && self.failures < MOST_FAILURES;
        match self.error.take_if(|_| !rest && draft.len() == 0) {
            Some(error) => Err(error),
            None if any || self.complete_to.is_some() => {
                let complete_to = if rest || self.error.is_some() { None } else { self.complete_to.take() };
                Ok(Some(draft.page(complete_to)))
            }
            None => Ok(None),
        }
    }

    /// What becomes of a row whose own request failed: `None` lets it go out as it stands, an error makes the window fail.
    fn judge(&mut self, reader: &Reader, place: &Place, row: &RowAt, error: ApiError) -> Option<FetchError> {
        let key = row.key(&self.body);
        let (given_up, news) = match &error {
            ApiError::Refused { .. } | ApiError::TooLarge(_) => (true, place.habits(|habits| habits.row_given_up(&key))),
            ApiError::Passing(_) => {
                let windows = place.habits(|habits| habits.row_failed(&key));
                (windows >= PATIENCE, windows == PATIENCE)
            }
            ApiError::Away(_) | ApiError::Other(_) => {
                self.failures = MOST_FAILURES; // throttled, not let in or not there: the next row would meet the same
                (false, false)
            }
        };
        let error = FetchError::from(error);
        if news {
            events::row_incomplete(&reader.tenant, reader.dialect.kind, &key, &error.message);
        }
        if given_up {
            return None;
        }
        self.failures += 1;
        Some(error)
    }
}

/// Asks for what the list left out, and adds the row to the draft.
async fn complete(reader: &Reader, place: &Place, raw: &str, draft: &mut Draft) -> Result<(), ApiError> {
    if let Inside::Asked(suffix, read) = reader.dialect.inside {
        // Without a name it cannot be asked for, nor be read as an incident.
        let name = word(raw, "name").unwrap_or_default();
        if let Some(url) = request::row(reader.api.base(), &place.path, reader.dialect, &name, suffix, None) {
            let mut lists = Lists::new();
            let end = alerts(reader, &name, &url, &mut lists).await;
            for (body, alerts) in lists {
                for span in alerts {
                    draft.alert(&body[span], read);
                }
            }
            end?; // what could be read has gone out; the incident itself waits for the rest
        }
        draft.row(raw, reader.dialect);
        return Ok(());
    }
    let id = word(raw, "id").unwrap_or_default();
    let expand = reader.dialect.expand;
    let Some(url) = request::row(reader.api.base(), &place.path, reader.dialect, &id, "", expand) else {
        draft.row(raw, reader.dialect); // as above
        return Ok(());
    };
    let answer = reader.api.get(&url).await?;
    let document = without_context(&answer.body);
    if word(&document, "id").as_deref() != Some(&*id) || (reader.dialect.row)(&document).is_err() {
        let message =
            format!("{} was asked for {:?} by itself and answered with something else", reader.dialect.kind, excerpt(&id, &[]));
        return Err(ApiError::Passing(passing(message)));
    }
    draft.row(&document, reader.dialect);
    Ok(())
}

/// Answers, and where the rows stand in each.
type Lists = Vec<(String, Vec<Range<usize>>)>;

/// Reads the answers with an incident's alerts to the end of their list. On an error, `lists` holds those that came before it.
async fn alerts(reader: &Reader, incident: &str, url: &Url, lists: &mut Lists) -> Result<(), ApiError> {
    let stalled = |how: &str| {
        let message = format!("the alerts of incident {incident:?} cannot be read to their end: {how}");
        FetchError { trouble: Trouble::Stalled, message, advice: None }
    };
    let (mut chain, mut size) = (Chain::default(), 0);
    while !chain.is_done() {
        let answered = match chain.link() {
            None => {
                lists.clear();
                size = 0;
                reader.api.post(url).await
            }
            Some(link) => reader.follow(link).await,
        };
        match answered {
            Ok(answer) => {
                let envelope = envelope::split(&answer.body).map_err(|message| ApiError::Passing(passing(message)))?;
                let onward = reader.onward(envelope.next_link);
                let rows = envelope.records.len();
                size += answer.body.len();
                if size > MOST {
                    return Err(ApiError::TooLarge(stalled(&format!("they are more than {MOST} bytes"))));
                }
                lists.push((answer.body, envelope.records));
                chain.answered(rows, onward).map_err(|broken| ApiError::Passing(stalled(&broken.to_string())))?;
            }
            Err(error @ ApiError::Refused { .. }) => chain.refused().map_err(|_| error)?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
