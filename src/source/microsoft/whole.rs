//! A window at one place of a feed that can only be read whole: every page of the list is looked at, and what lies in the window
//! is picked out.

use jiff::Timestamp;

use super::reader::{Place, Reader, passing};
use super::rows::{Batch, RowAt};
use super::{envelope, request};
use crate::source::http::ApiError;
use crate::source::paging::{Broken, Chain};
use crate::source::{FetchError, Trouble, Window};

#[derive(Debug)]
pub(super) struct Whole<'a> {
    reader: &'a Reader,
    place: &'a Place,
    window: Window,
    chain: Chain,
    date: Option<Timestamp>,
}

impl<'a> Whole<'a> {
    pub(super) fn new(reader: &'a Reader, place: &'a Place, window: Window) -> Self {
        Self { reader, place, window, chain: Chain::default(), date: None }
    }

    /// The `Date` of the first answer.
    pub(super) fn date(&self) -> Option<Timestamp> {
        self.date
    }

    /// The next rows of the window; `None` when the list has been read to its end. Only then is anything complete: the list
    /// has no order.
    pub(super) async fn batch(&mut self) -> Result<Option<Batch>, FetchError> {
        while !self.chain.is_done() {
            let answered = match self.chain.link() {
                None => {
                    let url = request::everything(self.reader.api.base(), &self.place.path, self.reader.dialect);
                    self.reader.api.get(&url).await
                }
                Some(link) => self.reader.follow(link).await,
            };
            let answer = match answered {
                Ok(answer) => answer,
                Err(ApiError::Refused { error, .. }) => {
                    self.chain.refused().map_err(|_| error)?;
                    continue;
                }
                Err(ApiError::TooLarge(error)) => return Err(FetchError { advice: None, ..error }), // there is no page size to advise
                Err(error) => return Err(error.into()),
            };
            self.date = self.date.or(answer.date);
            let envelope = envelope::split(&answer.body).map_err(passing)?;
            let onward = self.reader.onward(envelope.next_link);
            self.chain.answered(envelope.records.len(), onward).map_err(|broken| self.stalled(broken))?;
            let read = self.reader.dialect.row;
            let rows = envelope.records.into_iter().map(|span| RowAt::read(&answer.body, span, read));
            let window = self.window;
            // A row that does not say when it was has no other window that would take it.
            let rows: Vec<RowAt> = rows.filter(|row| row.at().is_none_or(|at| at >= window.from && at <= window.to)).collect();
            let complete_to = self.chain.is_done().then_some(window.to);
            if complete_to.is_some() || !rows.is_empty() {
                return Ok(Some(Batch { body: answer.body, rows, complete_to }));
            }
        }
        Ok(None)
    }

    fn stalled(&self, broken: Broken) -> FetchError {
        let message = format!("{} cannot be read to its end: {broken}", self.reader.dialect.kind);
        let advice = "see whether a proxy stands in between and changes its answers, else report it to Microsoft".to_owned();
        FetchError { trouble: Trouble::Stalled, message, advice: Some(advice) }
    }
}
