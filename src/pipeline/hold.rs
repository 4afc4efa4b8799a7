//! How many bytes of pages may be in hand for one sink: what bounds memory, however many tenants have pages for a sink that takes
//! them slowly or not at all.
//!
//! Each sink has room of its own, so that a full one leaves the others' pages alone. How big the first page of a pass is turns out
//! when it has been read: one that does not fit is dropped, and read again later. Further pages wait before they are read, for
//! as much room as the page before took; they have room of their own, so that long backlogs let the first pages of others pass.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Room is given out in pieces of a KiB.
const PIECE: usize = 1024;
/// For first pages, and again for further ones: 32 MiB, eight pages of 500 alerts at some 4 MB. Encoded, a page is about as
/// big again.
const PIECES: u32 = 32 * 1024;

/// The room of one sink.
#[derive(Debug)]
pub struct Room {
    first: Arc<Semaphore>,
    further: Arc<Semaphore>,
    /// How much each of the two holds.
    pieces: u32,
}

/// The room of one page, until it is dropped.
#[derive(Debug)]
pub struct Held {
    of: Arc<Semaphore>,
    permit: OwnedSemaphorePermit,
    most: u32,
}

impl Default for Room {
    fn default() -> Self {
        Self::of(PIECES)
    }
}

impl Room {
    /// Room for so many KiB of first pages, and as many of further ones.
    #[must_use]
    pub fn of(pieces: u32) -> Self {
        let half = || Arc::new(Semaphore::new(pieces as usize));
        Self { first: half(), further: half(), pieces }
    }

    /// A page that is larger than half of the room counts as half of it, so that two of any size fit.
    fn most(&self) -> u32 {
        self.pieces / 2
    }

    /// Whether reading a first page is worth a request: with less than an eighth left it would hardly fit.
    #[must_use]
    pub fn is_worthwhile(&self) -> bool {
        self.first.available_permits() >= self.pieces as usize / 8
    }

    /// Room for a first page of so many bytes, if there is.
    #[must_use]
    pub fn first(&self, size: usize) -> Option<Held> {
        let permit = Arc::clone(&self.first).try_acquire_many_owned(pieces(size, self.most())).ok()?;
        Some(Held { of: Arc::clone(&self.first), permit, most: self.most() })
    }

    /// Waits for room for a further page of so many bytes; those who came before get theirs before.
    ///
    /// # Panics
    /// Never: the room is not closed.
    pub async fn further(&self, size: usize) -> Held {
        let of = Arc::clone(&self.further);
        let permit = Arc::clone(&of).acquire_many_owned(pieces(size, self.most())).await.expect("the room is never closed");
        Held { of, permit, most: self.most() }
    }
}

impl Held {
    /// The page turned out to have so many bytes. `false` when there is no room for that.
    #[must_use]
    pub fn grow_to(&mut self, size: usize) -> bool {
        let held = u32::try_from(self.permit.num_permits()).unwrap_or(self.most);
        let missing = pieces(size, self.most).saturating_sub(held);
        let more = Arc::clone(&self.of).try_acquire_many_owned(missing);
        more.map(|more| self.permit.merge(more)).is_ok()
    }
}

fn pieces(size: usize, most: u32) -> u32 {
    u32::try_from(size.div_ceil(PIECE)).map_or(most, |pieces| pieces.clamp(1, most))
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::{PIECE, PIECES, Room};

    const ALL: usize = PIECES as usize * PIECE;

    #[test]
    fn first_pages_fit_until_the_room_is_full_and_none_is_read_in_vain_then() {
        let room = Room::default();
        let mut held: Vec<_> = (0..8).map(|_| room.first(ALL / 8).expect("there is room")).collect();
        assert!(room.first(1).is_none(), "more than there is room for");
        assert!(!room.is_worthwhile(), "a page is read in vain");
        held.pop();
        assert!(room.is_worthwhile(), "room was not given back");
        assert!(room.first(ALL / 8 + 1).is_none());
    }

    #[test]
    fn further_pages_wait_in_their_order_and_leave_the_room_of_first_ones_alone() {
        let room = Room::default();
        let (one, other) = (room.further(ALL / 2).now_or_never(), room.further(ALL / 2).now_or_never());
        assert!(one.is_some() && other.is_some());
        let mut waiting = Box::pin(room.further(ALL / 2));
        assert!(waiting.as_mut().now_or_never().is_none(), "more than there is room for");
        assert!(room.first(ALL / 2).is_some() && room.is_worthwhile(), "a backlog keeps others' first pages away");
        drop(one);
        assert!(room.further(1).now_or_never().is_none(), "a small one overtakes, and the large one may starve");
        assert!(waiting.now_or_never().is_some(), "room was not given back");
    }

    #[test]
    fn a_page_that_turns_out_bigger_needs_more_room_and_one_that_is_huge_no_more_than_half() {
        let room = Room::default();
        let mut held = room.further(1).now_or_never().unwrap();
        assert!(held.grow_to(ALL / 4));
        let other = room.further(ALL / 2).now_or_never().zip(room.further(ALL / 4).now_or_never()).unwrap();
        assert!(!held.grow_to(ALL / 2), "more than there is room for");
        drop(other);
        assert!(held.grow_to(usize::MAX));
        assert!(room.further(usize::MAX).now_or_never().is_some(), "two of any size fit");
    }
}
