//! How many large answers may be in memory at once, whoever sends them and however slowly.
//!
//! An ordinary page is well below a megabyte on the wire and never waits here. So servers that dribble large bodies can take every
//! place, and keep each other's large bodies waiting, but nobody's ordinary pages.

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Duration, timeout};

/// Every body may be this large without a place.
const FREE: usize = 1024 * 1024;
/// Whoever waits for longer fails and comes back later.
const PATIENCE: Duration = Duration::from_secs(20);

/// Bodies that are being read: at 32 MiB each, 128 MiB beyond their free part.
pub(super) static READING: Room = Room::new(4);
/// Bodies that are being inflated: each may become 64 MiB before it is known to be a bomb.
pub(super) static INFLATING: Semaphore = Semaphore::const_new(2);

/// So many places.
#[derive(Debug)]
pub(super) struct Room(Semaphore);

/// The place of one body, once it needs one; it is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Held<'r> {
    room: &'r Room,
    place: Option<SemaphorePermit<'r>>,
}

impl Room {
    const fn new(places: usize) -> Self {
        Self(Semaphore::const_new(places))
    }

    pub(super) fn nothing(&self) -> Held<'_> {
        Held { room: self, place: None }
    }
}

impl Held<'_> {
    /// Takes a place for a body that grows to this size. `false` when there is none, even after some waiting.
    pub(super) async fn grow_to(&mut self, size: usize) -> bool {
        if size > FREE && self.place.is_none() {
            self.place = timeout(PATIENCE, self.room.0.acquire()).await.ok().and_then(Result::ok);
            return self.place.is_some();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tokio::time::Instant;

    use super::{FREE, PATIENCE, Room};

    #[tokio::test(start_paused = true)]
    async fn ordinary_bodies_never_wait_and_large_ones_share_the_places() {
        let room = Room::new(1);
        let mut large = room.nothing();
        assert!(large.grow_to(FREE + 1).await && large.grow_to(32 * FREE).await, "one place is enough for one body");
        let mut ordinary = room.nothing();
        assert_eq!(ordinary.grow_to(FREE).now_or_never(), Some(true), "an ordinary body waits for a large one");
        let (mut other, began) = (room.nothing(), Instant::now());
        assert!(!other.grow_to(FREE + 1).await, "a place was given away twice");
        assert_eq!(began.elapsed(), PATIENCE);
        drop(large);
        assert_eq!(other.grow_to(FREE + 1).now_or_never(), Some(true), "a place is given back");
    }
}
