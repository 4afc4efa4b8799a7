//! A command's end of the control socket.

use std::io;
use std::path::Path;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;

use super::fits;
use super::wire::{self, Ask, End, Tell};

/// A connection to the daemon.
#[derive(Debug)]
pub struct Client(UnixStream);

/// Why there is none.
#[derive(Debug)]
pub enum NoDaemon {
    /// Nobody listens there.
    Silent,
    /// Somebody may, but not for us.
    Refused(String),
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens, or the socket is not for us.
    pub async fn connect(path: &Path) -> Result<Self, NoDaemon> {
        fits(path).map_err(NoDaemon::Refused)?;
        match UnixStream::connect(path).await {
            Ok(stream) => Ok(Self(stream)),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
                Err(NoDaemon::Silent)
            }
            Err(error) => Err(NoDaemon::Refused(format!(
                "the daemon's control socket {} cannot be used: {error}; run the command as the daemon's user or as root",
                path.display()
            ))),
        }
    }

    /// Asks, and hears how it goes until the end. When `stop` resolves, the daemon is asked to stop, and has the last word.
    ///
    /// # Errors
    /// When the daemon ends without a last word, or is not understood.
    pub async fn ask(self, ask: &Ask, stop: impl Future<Output = ()>, mut hear: impl FnMut(Tell)) -> Result<End, String> {
        let (told, mut asked) = self.0.into_split();
        let gone = |error: io::Error| format!("the daemon ended before the errand did ({error}); {}", ask.again());
        let mut lines = BufReader::new(told);
        // One that does not want to talk to us says so before it is asked.
        let sent = asked.write_all(&wire::line(ask)).await;
        let mut stop = std::pin::pin!(stop);
        let mut asked = Some(asked);
        let mut line = Vec::new();
        loop {
            tokio::select! {
                // What was read of a line stays in `line` when the other branch is taken.
                read = lines.read_until(b'\n', &mut line) => {
                    if read.map_err(gone)? == 0 {
                        sent.map_err(gone)?;
                        return Err(gone(io::ErrorKind::UnexpectedEof.into()));
                    }
                    match wire::read_tell(&line)? {
                        Tell::End(end) => return Ok(end),
                        tell => hear(tell),
                    }
                    line.clear();
                }
                () = &mut stop, if asked.is_some() => drop(asked.take()),
            }
        }
    }
}
