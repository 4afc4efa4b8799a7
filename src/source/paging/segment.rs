//! A span of last-update times that is still to be read, and the way in which its next page is asked for.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::{BARREN_LINKS, Row};

/// The vendor's clock counts in 100 ns.
const TICK: SignedDuration = SignedDuration::from_nanos(100);

/// Fields with all words that they are known to have, by which rows at one timestamp can be told apart, in order of use.
pub type Slicing = &'static [(&'static str, &'static [&'static str])];

/// A condition on a field of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    Is(&'static str, &'static str),
    /// Whatever the vendor may have added since.
    NoneOf(&'static str, &'static [&'static str]),
}

/// How the next page of a segment is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    Time,
    /// The server's own next link.
    Link(String),
    /// Past so many rows.
    Skip(u32),
}

/// What an answer brought, as far as it decides how to go on.
#[derive(Debug)]
pub(super) struct Answer<'a> {
    /// The times of the rows that lie in the segment, in the answer's order.
    pub(super) placed: &'a [Timestamp],
    /// How many rows there were in all.
    pub(super) rows: usize,
    /// Some row is new to the walk.
    pub(super) fresh: bool,
    /// Some row is new to the segment.
    pub(super) advanced: bool,
    /// A next link that was not followed before.
    pub(super) link: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) via: Via,
    pub(super) slice: Vec<Condition>,
    /// Rows received since time last made progress: where `$skip` goes on.
    pub(super) read: u32,
    /// The same, with what stood twice in a page: whether a page may have been cut.
    pub(super) received: u32,
    /// How many rows the sweep before this one counted, if there was one.
    swept: Option<u32>,
    /// The present sweep may have missed a row.
    unsure: bool,
    /// Their keys.
    met: HashSet<String>,
    /// Rows at its start have been received.
    tied: bool,
    /// Came out of [`Segment::halves`]: rows anywhere in it have been met.
    pub(super) halved: bool,
    /// Link pages in a row that brought nothing new.
    barren: u32,
}

impl Segment {
    pub(super) fn new(from: Timestamp, to: Timestamp) -> Self {
        Self {
            from,
            to,
            via: Via::Time,
            slice: Vec::new(),
            read: 0,
            received: 0,
            swept: None,
            unsure: false,
            met: HashSet::new(),
            tied: false,
            halved: false,
            barren: 0,
        }
    }

    /// How many different rows it has received.
    pub(super) fn reached(&self) -> u32 {
        u32::try_from(self.met.len()).unwrap_or(u32::MAX)
    }

    /// The part of this segment that remains; it starts by time again.
    pub(super) fn narrowed(&self, from: Timestamp, to: Timestamp) -> Self {
        Self { slice: self.slice.clone(), halved: self.halved, ..Self::new(from, to) }
    }

    /// Counts an answer's rows, each once, and says whether any is new to this segment. A link may lead to rows that were
    /// received before, so only those that are new count there.
    pub(super) fn count(&mut self, rows: &[Row<'_>]) -> bool {
        let different = rows.iter().map(|row| row.key).collect::<HashSet<_>>().len();
        let new = rows.iter().filter(|row| self.met.insert(row.key.to_owned())).count();
        let (before, more) = match self.via {
            Via::Time => (0, different),
            Via::Skip(skipped) => (skipped, different),
            Via::Link(_) => (self.read, new),
        };
        let twice = u32::try_from(rows.len() - different).unwrap_or(u32::MAX);
        self.read = before.saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
        self.received = self.read.saturating_add(twice);
        new > 0
    }

    /// What to look at again once the rows at this segment's start are left behind by an offset or a link: a row that moved
    /// away meanwhile has pulled one of its neighbours across the seam. Sweeps end when one brings nothing new and counts as many
    /// rows as the one before: then nothing moved.
    pub(super) fn left_ties(&mut self, placed: &[Timestamp], fresh: bool, full: bool) -> Vec<Self> {
        let first = placed.iter().min().copied();
        let left = placed.iter().max().is_none_or(|latest| *latest > self.from);
        let mut again = Vec::new();
        if left && self.via != Via::Time {
            // A link from a page without rows of this segment leaves nothing behind: it starts here, and has no seam.
            let link = self.tied && matches!(self.via, Via::Link(_));
            let seam = first.unwrap_or(self.to); // an empty page may be one that all its rows have left
            again.extend((link && seam > self.from).then(|| self.narrowed(after(self.from), seam)));
            let moved = self.swept.is_some_and(|before| before != self.read);
            let sweep = || Self { swept: Some(self.read), ..self.narrowed(self.from, self.from) };
            again.extend((self.unsure || moved).then(sweep));
        }
        self.tied |= first.is_some();
        self.unsure |= fresh || (full && self.swept.is_none());
        again
    }

    /// Follows a link if there is one and the last few brought something.
    pub(super) fn follow(&mut self, answer: &Answer<'_>) -> bool {
        self.barren = if answer.advanced { 0 } else { self.barren + 1 };
        match &answer.link {
            Some(link) if self.barren <= BARREN_LINKS => {
                self.via = Via::Link(link.clone());
                true
            }
            _ => false,
        }
    }

    /// Goes on behind the rows received so far.
    pub(super) fn skip(&mut self) {
        self.via = Via::Skip(self.read);
    }

    /// Two parts with as many of a page's rows each, the lower one last. Only for rows of more than one timestamp.
    pub(super) fn halves(&self, placed: &[Timestamp]) -> [Self; 2] {
        let mut times = placed.to_vec();
        times.sort_unstable();
        let (low, middle) = (times.first().copied(), times.get(times.len() / 2).copied());
        let middle = middle.max(times.into_iter().find(|at| Some(*at) > low)).unwrap_or(self.from);
        let halved = |from, to| Self { halved: true, ..self.narrowed(from, to) };
        [halved(middle, self.to), halved(self.from, before(middle))]
    }

    /// The rows at this segment's start, told apart by one more field.
    pub(super) fn slices(&self, field: &'static str, words: &'static [&'static str]) -> Vec<Self> {
        let conditions = words.iter().map(|word| Condition::Is(field, word)).chain([Condition::NoneOf(field, words)]);
        conditions
            .map(|condition| {
                let mut part = self.narrowed(self.from, self.from);
                part.slice.push(condition);
                part
            })
            .collect()
    }

    /// Whether a row at this moment that was met before may be met again.
    pub(super) fn may_meet(&self, at: Timestamp) -> bool {
        at == self.from || at == self.to || (self.halved && at > self.from && at < self.to)
    }
}

/// One tick earlier; the earliest moment stays where it is.
pub(super) fn before(at: Timestamp) -> Timestamp {
    at.checked_sub(TICK).unwrap_or(at)
}

/// One tick later; the latest moment stays where it is.
pub(super) fn after(at: Timestamp) -> Timestamp {
    at.checked_add(TICK).unwrap_or(at)
}
