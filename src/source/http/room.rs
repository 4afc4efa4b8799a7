//! How much of large answers may be in memory at once, whoever sends them and however slowly.
//!
//! An ordinary page is well below a megabyte on the wire and never waits here. So servers that dribble large bodies can fill the
//! room, and keep each other's large bodies waiting, but nobody's ordinary pages.

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Duration, timeout};

/// Every body may be this large without asking.
const FREE: usize = 1024 * 1024;
/// What is taken at a time beyond that.
const STRIDE: usize = 1024 * 1024;
/// Whoever waits for longer gives up what it holds, or all could wait for each other.
const PATIENCE: Duration = Duration::from_secs(20);

/// Of all bodies that are being read: 128 MiB beyond their free part.
pub(super) static READING: Room = Room::new(128);
/// Bodies that are being inflated: each may become 64 MiB before it is known to be a bomb.
pub(super) static INFLATING: Semaphore = Semaphore::const_new(2);

/// Memory to be shared, in strides.
#[derive(Debug)]
pub(super) struct Room(Semaphore);

/// What one body has taken; it is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Held<'r> {
    room: &'r Room,
    taken: Option<SemaphorePermit<'r>>,
}

impl Room {
    const fn new(strides: usize) -> Self {
        Self(Semaphore::const_new(strides))
    }

    pub(super) fn nothing(&self) -> Held<'_> {
        Held { room: self, taken: None }
    }
}

impl Held<'_> {
    /// Takes what a body of this size needs. `false` when there is no room for it, even after some waiting.
    pub(super) async fn grow_to(&mut self, size: usize) -> bool {
        let needed = size.saturating_sub(FREE).div_ceil(STRIDE);
        let more = needed.saturating_sub(self.taken.as_ref().map_or(0, SemaphorePermit::num_permits));
        let Ok(more) = u32::try_from(more) else { return false };
        if more == 0 {
            return true;
        }
        let Ok(Ok(permit)) = timeout(PATIENCE, self.room.0.acquire_many(more)).await else { return false };
        match &mut self.taken {
            Some(taken) => taken.merge(permit),
            None => self.taken = Some(permit),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tokio::time::Instant;

    use super::{FREE, PATIENCE, Room, STRIDE};

    #[tokio::test(start_paused = true)]
    async fn ordinary_bodies_never_wait_and_large_ones_share_what_there_is() {
        let room = Room::new(3);
        let mut large = room.nothing();
        assert!(large.grow_to(FREE + 1).await && large.grow_to(FREE + 3 * STRIDE).await);
        let mut ordinary = room.nothing();
        assert_eq!(ordinary.grow_to(FREE).now_or_never(), Some(true), "an ordinary body waits for a large one");
        let (mut other, began) = (room.nothing(), Instant::now());
        assert!(!other.grow_to(FREE + 1).await, "more than there is was given away");
        assert_eq!(began.elapsed(), PATIENCE);
        drop(large);
        assert_eq!(other.grow_to(FREE + 3 * STRIDE).now_or_never(), Some(true), "what was held is given back");
    }
}
