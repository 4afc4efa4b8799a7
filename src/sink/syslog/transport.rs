//! One connection: what goes over it counts only once the peer's kernel has acknowledged it and the peer is still there.

use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::SockRef;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use super::{connect, outq};

/// On a local network an acknowledgement comes within a few of these; tokio's shortest sleep would be a millisecond.
const LOOKS_BEFORE_SLEEPING: u32 = 50;
/// Bounds how late we notice the acknowledgement of a slow peer.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);
/// Syslog peers have nothing to say; one that talks all the same must not keep us from our work.
const READS_PER_LOOK: u32 = 16;

/// Why a connection cannot be used any more. What was not known to be acknowledged must be sent again.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    #[error("closed the connection")]
    Closed,
    #[error("broke the connection: {0}")]
    Io(#[from] io::Error),
    #[error("has acknowledged nothing for {} s, with {outstanding} octets outstanding", patience.as_secs_f32())]
    Stuck { patience: Duration, outstanding: u64 },
}

/// An open connection to a receiver.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    patience: Duration,
    /// Octets handed to the kernel since the connection was made.
    written: u64,
    /// How many of them the peer had acknowledged when we last looked, and since when it has not been more.
    acknowledged: u64,
    still_since: Instant,
    /// Between pages: whole frames were sent, and all of them are acknowledged.
    settled: bool,
}

impl Connection {
    pub async fn open(address: &str, patience: Duration) -> Result<Self, String> {
        let (stream, peer) = connect::connect(address, connect::WITHIN, patience).await?;
        Ok(Self { stream, peer, patience, written: 0, acknowledged: 0, still_since: Instant::now(), settled: true })
    }

    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Gets ready for a page: finds out whether the peer went away meanwhile, and starts its time anew.
    pub fn begin(&mut self) -> Result<(), Broken> {
        self.still_since = Instant::now();
        self.check_open()
    }

    /// Hands all of `octets` to the kernel.
    pub async fn write(&mut self, mut octets: &[u8]) -> Result<(), Broken> {
        self.settled = false;
        let began = Instant::now();
        while !octets.is_empty() {
            self.check_open()?;
            match self.stream.try_write(octets) {
                Ok(taken) => {
                    self.written += taken as u64;
                    octets = &octets[taken..];
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.outstanding()?;
                    // At the latest after the pause: a queue can shrink for long before the kernel calls it writable.
                    if let Ok(ready) = timeout(pause_after(began.elapsed()), self.stream.writable()).await {
                        ready?;
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Answers once the peer has acknowledged everything and is still there.
    ///
    /// Nothing wakes us when the send queue becomes empty, so this looks again and again: a few times at once, then with pauses
    /// of an eighth of the time waited, so that a distant peer costs little and is noticed little late.
    pub async fn acknowledged(&mut self) -> Result<(), Broken> {
        let began = Instant::now();
        let mut looks = 0;
        loop {
            let outstanding = self.outstanding()?;
            // In this order: a connection that breaks in between counts as broken.
            self.check_open()?;
            if outstanding == 0 {
                self.settled = true;
                return Ok(());
            }
            looks += 1;
            if looks < LOOKS_BEFORE_SLEEPING {
                tokio::task::yield_now().await;
            } else {
                sleep(pause_after(began.elapsed())).await;
            }
        }
    }

    /// Says goodbye: everything has been acknowledged, and the peer reads the end of the stream.
    pub async fn close(mut self) -> io::Result<()> {
        self.stream.shutdown().await
    }

    /// Octets that the peer has not acknowledged; an error once that has not changed for too long.
    fn outstanding(&mut self) -> Result<u64, Broken> {
        let outstanding = outq::unacknowledged(&self.stream)?;
        let acknowledged = self.written.saturating_sub(outstanding);
        if acknowledged > self.acknowledged {
            self.acknowledged = acknowledged;
            self.still_since = Instant::now();
        } else if outstanding > 0 && self.still_since.elapsed() >= self.patience {
            return Err(Broken::Stuck { patience: self.patience, outstanding });
        }
        Ok(outstanding)
    }

    /// Reads and drops what the peer said, to learn whether it closed (a read of nothing) or broke (the socket's error).
    ///
    /// Asks the kernel itself: tokio's `try_read` answers from what its last poll saw, and would miss a close since then.
    fn check_open(&self) -> Result<(), Broken> {
        let socket = SockRef::from(&self.stream);
        let mut dropped = [MaybeUninit::uninit(); 4096];
        for _ in 0..READS_PER_LOOK {
            match socket.recv(&mut dropped) {
                Ok(0) => return Err(Broken::Closed),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

impl Drop for Connection {
    /// A connection dropped in mid-page is reset: what waits in our kernel would only arrive twice, and half a frame must not
    /// look like the end of an orderly stream.
    fn drop(&mut self) {
        if !self.settled {
            // Without it the kernel goes on trying for a while; that costs memory, nothing else.
            let _ = self.stream.set_zero_linger();
        }
    }
}

fn pause_after(waited: Duration) -> Duration {
    (waited / 8).clamp(Duration::from_millis(1), LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::net::TcpListener;
    use tokio::time::Instant;

    use super::{Connection, LONGEST_PAUSE, pause_after};

    #[tokio::test]
    async fn the_time_between_pages_is_not_held_against_the_peer() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mut connection = Connection::open(&address, Duration::from_secs(30)).await.unwrap();
        let page_begins = Instant::now();
        connection.begin().unwrap();
        assert!(connection.still_since >= page_begins);
    }

    #[test]
    fn pauses_grow_with_the_time_waited_and_stay_short() {
        for (waited, pause) in [(0, 1), (8, 1), (80, 10), (400, 50), (30_000, 50)] {
            assert_eq!(pause_after(Duration::from_millis(waited)), Duration::from_millis(pause));
        }
        assert_eq!(pause_after(Duration::MAX), LONGEST_PAUSE);
    }
}
