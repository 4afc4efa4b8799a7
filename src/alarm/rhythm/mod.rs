//! How often alerts come: a feed's memory of the hours in which something was created, by the vendor's times.
//!
//! Times of the vendor, not of arrival: what is read late, after an outage of ours or as the backlog of a new tenant, falls into the
//! hours to which it belongs, and reading something twice changes nothing. The memory reaches eight weeks back from the last
//! alert, not from now, so that a long silence does not wipe out what made it remarkable.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};

/// A week has so many hours.
pub const WEEK: i64 = 7 * 24;

/// So many hours are remembered.
pub const REACH: i64 = 8 * WEEK;

const WORDS: usize = 21;
const _: () = assert!(WORDS * 64 == 8 * 7 * 24, "a bit for each hour");

/// What marks a text as one of ours, and of this layout.
const LAYOUT: &str = "1";

/// The hours in which something came. Hours are counted from 1970, in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rhythm {
    /// Everything since then has been read, or will be.
    since: Option<Timestamp>,
    /// When the newest was created.
    last: Option<Timestamp>,
    /// One bit for each hour up to that of `last`, at its number modulo [`REACH`].
    hours: [u64; WORDS],
}

impl Rhythm {
    /// A window was read from here on.
    pub fn read_from(&mut self, from: Timestamp) {
        self.since = Some(self.since.map_or(from, |since| since.min(from)));
    }

    /// Something was created at `at`. What lies beyond the window's end `to` is a slip of the vendor's and does not count.
    pub fn met(&mut self, at: Timestamp, to: Timestamp) {
        if at <= to {
            self.mark(hour(at));
            self.last = self.last.max(Some(at));
        }
    }

    fn mark(&mut self, hour_met: i64) {
        let newest = self.last.map(hour);
        if newest.is_some_and(|newest| newest - hour_met >= REACH) {
            return;
        }
        if let Some(newest) = newest {
            // The places of the hours in between are those of hours that are too old by now.
            for between in newest + 1..=hour_met.min(newest + REACH) {
                let (word, bit) = place(between);
                self.hours[word] &= !bit;
            }
        }
        let (word, bit) = place(hour_met);
        self.hours[word] |= bit;
    }

    /// Adds what was kept earlier.
    pub fn join(&mut self, earlier: &Rhythm) {
        if let Some(since) = earlier.since {
            self.read_from(since);
        }
        if let (Some(last), Some(newest)) = (earlier.last, earlier.newest()) {
            for hour in (newest - REACH + 1..=newest).filter(|hour| earlier.has(*hour)) {
                self.mark(hour);
                self.last = self.last.max(start_of(hour));
            }
            self.last = self.last.max(Some(last));
        }
    }

    #[must_use]
    pub fn since(&self) -> Option<Timestamp> {
        self.since
    }

    #[must_use]
    pub fn last(&self) -> Option<Timestamp> {
        self.last
    }

    /// The hour of the newest.
    pub(super) fn newest(&self) -> Option<i64> {
        self.last.map(hour)
    }

    /// The first hour of which it is known whether something came.
    pub(super) fn first(&self) -> Option<i64> {
        let newest = self.newest()?;
        // The hour in which knowledge begins is known only in part.
        let since = self.since.map_or(newest, |since| hour(since) + 1);
        Some(since.clamp(newest - REACH + 1, newest))
    }

    /// Whether something came in that hour, which must not be older than [`REACH`].
    pub(super) fn has(&self, hour: i64) -> bool {
        let (word, bit) = place(hour);
        self.hours[word] & bit != 0
    }

    /// The text under which it is kept.
    #[must_use]
    pub fn to_text(&self) -> String {
        let moment = |moment: Option<Timestamp>| moment.map_or("-".to_owned(), |moment| moment.to_string());
        let mut text = format!("{LAYOUT} {} {} ", moment(self.since), moment(self.last));
        for word in self.hours {
            let _ = write!(text, "{word:016x}"); // writing to a String does not fail
        }
        text
    }

    /// What [`Rhythm::to_text`] wrote; `None` for anything else, which is no more than forgotten.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        let layout = parts.next()?;
        let (since, last, hours) = (moment(parts.next()?).ok()?, moment(parts.next()?).ok()?, parts.next()?);
        if layout != LAYOUT || parts.next().is_some() || hours.len() != WORDS * 16 || !hours.is_ascii() {
            return None;
        }
        let mut rhythm = Self { since, last, hours: [0; WORDS] };
        for (index, word) in rhythm.hours.iter_mut().enumerate() {
            *word = u64::from_str_radix(&hours[index * 16..(index + 1) * 16], 16).ok()?;
        }
        Some(rhythm)
    }
}

/// A moment or `-` for none; an error for anything else.
fn moment(text: &str) -> Result<Option<Timestamp>, jiff::Error> {
    if text == "-" { Ok(None) } else { text.parse().map(Some) }
}

/// The number of the hour that a moment lies in.
pub(super) fn hour(at: Timestamp) -> i64 {
    at.as_second().div_euclid(3600)
}

fn start_of(hour: i64) -> Option<Timestamp> {
    Timestamp::UNIX_EPOCH.checked_add(SignedDuration::from_hours(hour)).ok()
}

fn place(hour: i64) -> (usize, u64) {
    // Both are far below what the types hold: the remainder is between 0 and 1343.
    let index = usize::try_from(hour.rem_euclid(REACH)).unwrap_or_default();
    (index / 64, 1 << (index % 64))
}

#[cfg(test)]
mod tests;
