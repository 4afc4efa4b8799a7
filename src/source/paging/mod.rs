//! Walking through a window of last-update times, whatever the server does with pages: pure decisions, no I/O.
//!
//! The walk goes **by time**, not by next link: after each page it asks again from the last row's time on, inclusive. A row
//! that is updated meanwhile moves behind the window's end and is met there; offsets and offset-like next links would skip
//! its neighbour. A next link is followed only where time cannot make progress: on an empty page, or among rows that share
//! one timestamp. Where it ends, loops or fails, `$skip` goes on; where `$skip` is refused or ignored, the rows of that
//! timestamp are read in slices (by severity, service, status). A page is never believed to be the last one because it is
//! short: what is asked for again must bring nothing new.
//!
//! A [`Walk`] is a list of [`Segment`]s still to be read, lowest first. Each answer shrinks the lowest one, splits it or
//! ends it, so a walk always ends. Source of the server's habits: Microsoft Graph in the field, see `docs/guarantees.md`.

mod chain;
mod exchange;
mod growth;
mod segment;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::Window;
pub use chain::{Broken, Chain, Onward};
pub use exchange::{Ask, Memory, Row, Stuck, Taken, Unreached};
pub use growth::Growth;
use segment::{Answer, Segment, after, before};
pub use segment::{Condition, Slicing, Via};

/// So many pages in a row without a new row end a chain of next links.
const BARREN_LINKS: u32 = 3;

/// One way through one window.
#[derive(Debug)]
pub struct Walk {
    window: Window,
    memory: Memory,
    slicing: Slicing,
    sorts: bool,
    /// Still to be read; the lowest stands last.
    segments: Vec<Segment>,
    /// Rows at the edges of the segments, which will be met again.
    known: HashSet<(String, Timestamp)>,
    placeless: HashSet<String>,
    links: HashSet<String>,
    unordered: bool,
    /// This walk has seen a page in ascending order.
    shown: bool,
    unreached: Vec<Unreached>,
}

impl Walk {
    /// A window that ends before it starts holds nothing. `sorts`: the server is asked to answer in ascending order.
    #[must_use]
    pub fn new(window: Window, memory: Memory, slicing: Slicing, sorts: bool) -> Self {
        let segments = if window.from <= window.to { vec![Segment::new(window.from, window.to)] } else { Vec::new() };
        Self {
            window,
            memory,
            slicing,
            sorts,
            segments,
            known: HashSet::new(),
            placeless: HashSet::new(),
            links: HashSet::new(),
            unordered: false,
            shown: false,
            unreached: Vec::new(),
        }
    }

    /// Cuts a window that has not been asked for yet into so many steps and one, each twice as long as the one before: where
    /// nobody sorts, nothing is complete until the lowest part is, and a server that fails often would never let it come to that.
    /// Neighbours share their edge, so that no row falls between them.
    pub fn in_steps(&mut self, steps: u32) {
        let Window { from, to } = self.window;
        let span = to.duration_since(from).as_nanos();
        let edge = |step: u32| {
            let part = i64::try_from(span >> step).map_or(SignedDuration::MAX, SignedDuration::from_nanos);
            from.checked_add(part).unwrap_or(to)
        };
        if steps > 0 && !self.is_done() {
            self.segments = (0..steps).map(|step| Segment::new(edge(step + 1), edge(step))).collect();
            self.segments.push(Segment::new(from, edge(steps)));
        }
    }

    /// What to remember for the next window.
    #[must_use]
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Rows that were passed over because no request reaches them.
    #[must_use]
    pub fn unreached(&self) -> &[Unreached] {
        &self.unreached
    }

    /// The next request, or `None` when the window has been read.
    #[must_use]
    pub fn ask(&self) -> Option<Ask> {
        self.segments.last().map(|segment| Ask {
            from: segment.from,
            to: segment.to,
            top: self.memory.page_size,
            via: segment.via.clone(),
            slice: segment.slice.clone(),
        })
    }

    /// Whether the window has been read: there is nothing left to ask for.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.segments.is_empty()
    }

    /// Asks for half as many rows from now on. `false` when it is down to one already.
    pub fn shrink(&mut self) -> bool {
        self.memory.growth.shrunk();
        let smaller = self.memory.page_size > 1;
        self.memory.page_size = (self.memory.page_size / 2).max(1);
        smaller
    }

    /// An answer came: asks for twice as many rows from now on, up to `most`; where that was too much before, after ever more
    /// answers. Only between requests by time: what an offset or a link goes on from was a page of the size that was asked for then.
    pub fn grow(&mut self, most: u32) {
        let by_time = self.segments.iter().all(|segment| segment.via == Via::Time);
        if self.memory.growth.due(by_time && self.memory.page_size < most) {
            self.memory.page_size = self.memory.page_size.saturating_mul(2).min(most);
        }
    }

    /// Pages grew, and none of that size has come yet.
    #[must_use]
    pub fn is_untried(&self) -> bool {
        self.memory.growth.is_untried()
    }

    /// Asks for so many rows from now on.
    pub fn resize(&mut self, rows: u32) {
        self.memory.page_size = rows.max(1);
    }

    /// Takes the answer to [`Walk::ask`]. `link` must lead to the host that was asked.
    pub fn answered(&mut self, rows: &[Row<'_>], link: Option<String>) -> Taken {
        self.memory.largest = self.memory.largest.max(rows.len());
        let Some(mut segment) = self.segments.pop() else { return self.taken(Vec::new()) };
        let mut fresh = Vec::new();
        let mut placed = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            match row.at {
                None => {
                    if self.placeless.insert(row.key.to_owned()) {
                        fresh.push(index);
                    }
                }
                // A server may answer with rows outside what was asked for; their own window reads them.
                Some(at) if at < segment.from || at > segment.to => {}
                Some(at) => {
                    placed.push(at);
                    if self.known.insert((row.key.to_owned(), at)) {
                        fresh.push(index);
                    }
                }
            }
        }

        let link = link.filter(|link| self.links.insert(link.clone()));
        let advanced = segment.count(rows);
        let again = segment.left_ties(&placed, !fresh.is_empty(), self.full(rows.len()));
        self.go_on(segment, &Answer { placed: &placed, rows: rows.len(), fresh: !fresh.is_empty(), advanced, link });
        self.segments.extend(again);
        self.prune();
        self.taken(fresh)
    }

    /// The server said that the request itself is wrong (400, 404, 410): another way is tried.
    ///
    /// # Errors
    /// When there is no other way; the window has not been read.
    pub fn refused(&mut self) -> Result<(), Stuck> {
        let Some(mut segment) = self.segments.pop() else { return Err(Stuck) };
        match segment.via {
            Via::Link(_) if segment.read > 0 => self.skip(segment),
            // The server said that there is more, and nothing else leads to it: without it, an empty page would look like the end.
            Via::Link(_) => {
                segment.via = Via::Time;
                self.segments.push(segment);
                return Err(Stuck);
            }
            Via::Skip(_) if self.full(segment.received as usize) => self.slice(&segment),
            Via::Skip(_) => {}
            Via::Time if segment.slice.is_empty() => {
                self.segments.push(segment);
                return Err(Stuck);
            }
            Via::Time => self.unreached.push(Unreached { at: segment.from, reached: 0 }),
        }
        Ok(())
    }

    /// Decides what remains of a segment after an answer.
    fn go_on(&mut self, mut segment: Segment, answer: &Answer<'_>) {
        let placed = answer.placed;
        let (Some(low), Some(high)) = (placed.iter().min().copied(), placed.iter().max().copied()) else {
            if answer.fresh && answer.link.is_none() {
                segment.skip(); // rows without a time: only an offset leads past them
                self.segments.push(segment);
            } else if segment.follow(answer) {
                self.segments.push(segment);
            }
            return;
        };
        if low < high {
            if self.ascends(placed) {
                self.segments.push(segment.narrowed(high, segment.to));
            } else if answer.fresh || !segment.halved || self.full(answer.rows) {
                self.segments.extend(segment.halves(placed));
            }
        } else if low > segment.from {
            // One timestamp only: as long as the server has not shown its order, what is older must be looked for too. What it
            // showed in other windows does not count where a full page holds so little.
            let shown = self.memory.ascending && (self.shown || !self.full(answer.rows));
            let older = (!shown).then(|| segment.narrowed(segment.from, before(low)));
            self.segments.push(segment.narrowed(low, segment.to));
            self.segments.extend(older);
        } else if segment.follow(answer) {
            self.segments.push(segment);
        } else {
            // Time stands still: every row is at the segment's start.
            let perhaps_cut = answer.rows > 1 || answer.rows >= self.memory.largest || self.full(answer.rows);
            let skips = match segment.via {
                Via::Time | Via::Link(_) => answer.fresh || perhaps_cut,
                Via::Skip(_) => answer.advanced,
            };
            if skips {
                self.skip(segment);
            } else if matches!(segment.via, Via::Skip(_)) && self.full(answer.rows) {
                self.slice(&segment);
            }
        }
    }

    /// Whether nothing is hidden among the rows of a page with more than one timestamp; what it tells about the server is
    /// remembered. Only an order that was asked for tells that: a page of the newest *created* rows often looks sorted by last
    /// update, and leaves out the old row that was updated in between.
    fn ascends(&mut self, placed: &[Timestamp]) -> bool {
        let ascends = self.sorts && !self.unordered && placed.is_sorted();
        self.memory.ascending = ascends;
        self.unordered = !ascends;
        self.shown |= ascends;
        ascends
    }

    /// Whether so many rows may be all that one answer can hold. A server that gave more before could have given more now.
    fn full(&self, rows: usize) -> bool {
        rows >= self.memory.page_size as usize || (rows > 1 && rows >= self.memory.largest)
    }

    /// Goes on by offset, but only among the rows at the segment's start: what is later is read by time, which no moving row
    /// can shift.
    fn skip(&mut self, mut segment: Segment) {
        if segment.to > segment.from {
            self.segments.push(segment.narrowed(after(segment.from), segment.to));
            segment.to = segment.from;
        }
        segment.skip();
        self.segments.push(segment);
    }

    /// Reads the rows at the segment's start in slices, and goes on behind them.
    fn slice(&mut self, segment: &Segment) {
        if segment.to > segment.from {
            self.segments.push(segment.narrowed(after(segment.from), segment.to));
        }
        match self.slicing.get(segment.slice.len()) {
            Some((field, words)) => self.segments.extend(segment.slices(field, words)),
            None => self.unreached.push(Unreached { at: segment.from, reached: segment.reached() }),
        }
    }

    /// Forgets rows that no remaining segment can meet again, so that memory is bounded by the rows of one timestamp.
    fn prune(&mut self) {
        let segments = &self.segments;
        self.known.retain(|(_, at)| segments.iter().any(|segment| segment.may_meet(*at)));
    }

    fn taken(&self, fresh: Vec<usize>) -> Taken {
        let complete_to = self.segments.iter().map(|segment| segment.from).min().unwrap_or(self.window.to);
        Taken { fresh, complete_to }
    }
}
