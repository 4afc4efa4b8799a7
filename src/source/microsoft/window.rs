//! One window of a feed, read at all of its places one after the other.
//!
//! A place that cannot be read does not keep the others' rows back; but the window is complete only when every place is.

use std::vec::IntoIter;

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};

use super::alone::Alone;
use super::reader::{Place, Reader};
use super::rows::Batch;
use super::walked::Walked;
use super::whole::Whole;
use super::{Asking, Inside};
use crate::source::{FetchError, Page, Pages, Source, Trouble, Window};

/// `Date` has whole seconds, so a server this little behind what we thought is not behind.
const CLOCK_GRAIN: SignedDuration = SignedDuration::from_secs(2);

/// So many places in a row that cannot be read are a fault of all: the rest is left in peace, and comes first next time.
const MOST_FAILURES: usize = 3;

/// One window being read.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    reader: &'a Reader,
    window: Window,
    /// The server's time as we thought it was when the window was made.
    opened: Timestamp,
    /// How far that was ahead of what the first answer said.
    ahead: Option<SignedDuration>,
    places: IntoIter<usize>,
    present: Option<Present<'a>>,
    /// Places in a row that could not be read.
    failures: usize,
    /// Why the window is not complete.
    failed: Option<FetchError>,
    /// Rows that no request reaches; the window is complete without them, and they are told at its end.
    unreached: Option<FetchError>,
}

/// The place being read.
#[derive(Debug)]
struct Present<'a> {
    place: &'a Place,
    way: Way<'a>,
    /// Rows of the last answer that take requests of their own.
    alone: Option<Alone>,
    /// Something of the window is complete at this place.
    came_further: bool,
}

#[derive(Debug)]
enum Way<'a> {
    Walked(Box<Walked<'a>>),
    Whole(Whole<'a>),
}

impl<'a> Reading<'a> {
    pub(super) fn new(reader: &'a Reader, window: Window) -> Self {
        // A window that ends before it starts holds nothing.
        let order = if window.from <= window.to { reader.order() } else { Vec::new() };
        let mut reading = Self {
            reader,
            window,
            opened: reader.now(),
            ahead: None,
            places: order.into_iter(),
            present: None,
            failures: 0,
            failed: None,
            unreached: None,
        };
        reading.go_on();
        reading
    }

    /// Opens the next place, if there is one.
    fn go_on(&mut self) {
        let (reader, window) = (self.reader, self.window);
        self.present = self.places.next().map(|place| {
            let place = &reader.places[place];
            let way = match reader.dialect.asking {
                Asking::Window { skips, .. } => Way::Walked(Box::new(Walked::new(reader, place, window, skips))),
                Asking::Everything => Way::Whole(Whole::new(reader, place, window)),
            };
            Present { place, way, alone: None, came_further: false }
        });
    }

    async fn page(&mut self) -> Result<Option<Page>, FetchError> {
        while let Some(present) = &mut self.present {
            let read = present.page(self.reader).await;
            self.ahead = self.ahead.or_else(|| present.date().map(|date| ahead(self.opened, date)));
            match read {
                Ok(Some(mut page)) => {
                    self.failures = 0;
                    present.came_further |= page.complete_to > Some(self.window.from);
                    let whole = self.places.len() == 0 && self.failed.is_none();
                    let most = self.window.to - self.ahead.unwrap_or_default();
                    page.complete_to = page.complete_to.filter(|_| whole).map(|to| to.min(most));
                    if page.complete_to.is_some() || !page.records().is_empty() {
                        return Ok(Some(page));
                    }
                }
                Ok(None) => {
                    let unreached = present.unreached();
                    self.unreached = self.unreached.take().or(unreached);
                    self.failures = 0;
                    self.go_on();
                }
                Err(error) => self.place_failed(error),
            }
        }
        match self.failed.clone().or_else(|| self.unreached.take()) {
            Some(error) => Err(error),
            None => Ok(None),
        }
    }

    fn place_failed(&mut self, error: FetchError) {
        self.failures += 1;
        // Where nothing at all was answered, smaller steps would help nobody.
        let answered = self.present.as_ref().filter(|present| present.date().is_some());
        if let Some(present) = answered.filter(|present| !present.came_further) {
            present.place.habits(|habits| habits.stuck(self.window));
        }
        let enough = self.failures >= MOST_FAILURES || matches!(error.trouble, Trouble::Throttled(_));
        let error = match self.present.as_ref().and_then(|present| present.place.name.as_ref()) {
            Some(name) => FetchError { message: format!("{name}: {}", error.message), ..error },
            None => error,
        };
        self.failed = self.failed.take().or(Some(error));
        match self.places.as_slice().first() {
            Some(next) if enough => {
                self.reader.start_with(*next);
                self.present = None;
            }
            _ => self.go_on(),
        }
    }
}

impl Present<'_> {
    async fn page(&mut self, reader: &Reader) -> Result<Option<Page>, FetchError> {
        loop {
            if let Some(alone) = &mut self.alone {
                if let Some(page) = alone.page(reader, self.place).await? {
                    return Ok(Some(page));
                }
                self.alone = None;
            }
            let Some(batch) = self.batch().await? else { return Ok(None) };
            if !self.asks_alone(reader) {
                return Ok(Some(batch.page(reader.dialect)));
            }
            self.alone = Some(Alone::new(batch));
        }
    }

    async fn batch(&mut self) -> Result<Option<Batch>, FetchError> {
        match &mut self.way {
            Way::Walked(walked) => walked.batch().await,
            Way::Whole(whole) => whole.batch().await,
        }
    }

    /// Whether the list leaves something out that must be asked for row by row.
    fn asks_alone(&self, reader: &Reader) -> bool {
        let expanded = match &self.way {
            Way::Walked(walked) => walked.expands(),
            Way::Whole(_) => false,
        };
        matches!(reader.dialect.inside, Inside::Asked(..)) || (reader.dialect.expand.is_some() && !expanded)
    }

    /// The `Date` of the first answer.
    fn date(&self) -> Option<Timestamp> {
        match &self.way {
            Way::Walked(walked) => walked.date(),
            Way::Whole(whole) => whole.date(),
        }
    }

    fn unreached(&self) -> Option<FetchError> {
        match &self.way {
            Way::Walked(walked) => walked.unreached(),
            Way::Whole(_) => None,
        }
    }
}

/// When our idea of the server's time ran ahead, the window ends in the server's future: it is complete only up to its
/// present.
fn ahead(opened: Timestamp, date: Timestamp) -> SignedDuration {
    let ahead = opened.duration_since(date);
    if ahead > CLOCK_GRAIN { ahead } else { SignedDuration::ZERO }
}

impl Pages for Reading<'_> {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Page>, FetchError>> {
        Box::pin(self.page())
    }
}
