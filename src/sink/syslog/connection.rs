//! One connection: what goes over it counts only once the peer's kernel has acknowledged it and the peer is still there.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::broken::Broken;
use super::framing::frame;
use super::outq;
use super::stream::{Peer, Stream};
use super::taken::Taken;
use crate::sink::settings::{Framing, Syslog};

/// A page is sent in pieces of about this many octets, so that memory does not grow with the page.
const PIECE: usize = 256 * 1024;
/// On a local network an acknowledgement comes within a few of these; tokio's shortest sleep would be a millisecond.
const LOOKS_BEFORE_SLEEPING: u32 = 50;
/// Bounds how late we notice the acknowledgement of a slow peer.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// An open connection to a receiver.
#[derive(Debug)]
pub struct Connection {
    stream: Stream,
    peer: SocketAddr,
    framing: Framing,
    patience: Duration,
    /// Frames that the kernel has not been given yet.
    frames: Vec<u8>,
    /// Octets that the peer had not acknowledged when we last looked, those of TLS itself included.
    outstanding: u64,
    /// Since when it has neither acknowledged anything nor had room for more.
    still_since: Instant,
    /// Between pages: whole frames were sent, and all of them are acknowledged.
    settled: bool,
    taken: Taken,
}

impl Connection {
    pub fn new(stream: Stream, peer: SocketAddr, settings: &Syslog, taken: Taken) -> Self {
        let (framing, patience, still_since) = (settings.framing, settings.patience, Instant::now());
        Self { stream, peer, framing, patience, frames: Vec::new(), outstanding: 0, still_since, settled: true, taken }
    }

    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Gets ready for a page: finds out whether the peer went away meanwhile, and starts its time anew.
    pub fn begin(&mut self) -> Result<(), Broken> {
        self.still_since = Instant::now();
        self.check_open()
    }

    /// Adds a message to the page. It may wait here for others that travel with it.
    pub async fn send(&mut self, message: &[u8]) -> Result<(), Broken> {
        frame(self.framing, message, &mut self.frames);
        if self.frames.len() >= PIECE { self.write().await } else { Ok(()) }
    }

    /// Hands all frames to the kernel, but for what TLS keeps in its own small buffer.
    async fn write(&mut self) -> Result<(), Broken> {
        self.settled = false;
        let began = Instant::now();
        let mut written = 0;
        while written < self.frames.len() {
            self.check_open()?;
            match self.stream.write(&self.frames[written..]) {
                Ok(octets) => {
                    written += octets;
                    self.moved();
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.outstanding()?;
                    // At the latest after the pause: a queue can shrink for long before the kernel calls it writable.
                    if let Ok(ready) = timeout(pause_after(began.elapsed()), self.stream.socket().writable()).await {
                        ready?;
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        self.frames.clear();
        Ok(())
    }

    /// Ends the page: answers once the peer has acknowledged everything and is still there.
    ///
    /// Nothing wakes us when the send queue becomes empty, so this looks again and again: a few times at once, then with pauses
    /// of an eighth of the time waited, so that a distant peer costs little and is noticed little late.
    pub async fn settle(&mut self) -> Result<(), Broken> {
        self.write().await?;
        let began = Instant::now();
        let mut looks = 0;
        loop {
            let flushed = self.stream.flush()?;
            let outstanding = self.outstanding()?;
            // In this order: a connection that breaks in between counts as broken.
            self.check_open()?;
            if flushed && outstanding == 0 {
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

    /// Says goodbye: everything has been acknowledged.
    pub async fn close(mut self) -> io::Result<()> {
        self.stream.close().await
    }

    /// Octets that the peer has not acknowledged; an error once that has not changed for too long.
    fn outstanding(&mut self) -> Result<u64, Broken> {
        let outstanding = outq::unacknowledged(self.stream.socket())?;
        if outstanding < self.outstanding {
            self.moved();
        } else if outstanding > 0 && self.still_since.elapsed() >= self.patience {
            return Err(Broken::Stuck { patience: self.patience, outstanding });
        }
        self.outstanding = outstanding;
        Ok(outstanding)
    }

    /// It made room or acknowledged something.
    fn moved(&mut self) {
        self.still_since = Instant::now();
        self.taken.more();
    }

    fn check_open(&mut self) -> Result<(), Broken> {
        match self.stream.look()? {
            Peer::Open => Ok(()),
            Peer::Closed => Err(Broken::Closed),
        }
    }
}

impl Drop for Connection {
    /// A connection dropped in mid-page is reset: what waits in our kernel would only arrive twice, and half a frame must not
    /// look like the end of an orderly stream.
    fn drop(&mut self) {
        if !self.settled {
            // Without it the kernel goes on trying for a while; that costs memory, nothing else.
            let _ = self.stream.socket().set_zero_linger();
        }
    }
}

fn pause_after(waited: Duration) -> Duration {
    (waited / 8).clamp(Duration::from_millis(1), LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::net::{TcpListener, TcpStream};
    use tokio::time::Instant;

    use super::{Connection, LONGEST_PAUSE, pause_after};
    use crate::sink::settings::Syslog;
    use crate::sink::syslog::stream::Stream;
    use crate::sink::syslog::taken::Taken;

    #[tokio::test]
    async fn the_time_between_pages_is_not_held_against_the_peer() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = listener.local_addr().unwrap();
        let stream = Stream::Plain(TcpStream::connect(peer).await.unwrap());
        let mut connection = Connection::new(stream, peer, &Syslog::new(peer.to_string()), Taken::default());
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
