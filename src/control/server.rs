//! The daemon's end of the control socket.

use std::io;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Duration, timeout};
use tokio_util::sync::CancellationToken;

use super::wire::{self, End, LONGEST_ASK, Tell};
use super::{Errands, fits};
use crate::telemetry::events;

/// So many may be asking at the same time; who comes then is told so, and does not wait without a word.
const MOST: usize = 16;

/// So many more are told that there are too many.
const MORE: usize = 64;

/// Who connects has a question.
const QUESTION: Duration = Duration::from_secs(5);

/// Who does not read its answers for so long is gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// Progress that nobody has read yet; more is left out.
const UNREAD: usize = 64;

/// What the last words get when the program stops.
const FAREWELL: Duration = Duration::from_millis(500);

const ROOT: u32 = 0;

/// A socket that listens. Its file goes with it.
#[derive(Debug)]
pub struct Server {
    listener: UnixListener,
    path: PathBuf,
    /// Whose questions are answered.
    users: Vec<u32>,
}

impl Server {
    /// Listens at `path`, for this process's own user and root. A socket that nobody answers at is left over from a process that
    /// was killed, and is replaced.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub async fn bind(path: PathBuf) -> Result<Self, String> {
        let users = vec![own_user().map_err(|error| format!("cannot find out who this process belongs to: {error}"))?, ROOT];
        Self::bind_for(path, users).await
    }

    /// Like [`Server::bind`], for these users.
    ///
    /// # Errors
    /// As [`Server::bind`].
    pub async fn bind_for(path: PathBuf, users: Vec<u32>) -> Result<Self, String> {
        fits(&path)?;
        clear(&path).await?;
        let failed = |what: &str, error: &io::Error| {
            format!(
                "the control socket {} cannot be {what}: {error}; set another place, [admin] socket = \"PATH\"",
                path.display()
            )
        };
        let listener = UnixListener::bind(&path).map_err(|error| failed("made", &error))?;
        // Until then the folder keeps others out, and whoever comes is asked who they are.
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&path, private).map_err(|error| failed("kept from others", &error))?;
        Ok(Self { listener, path, users })
    }

    /// Answers until it is told to end.
    pub async fn serve(self, errands: Arc<dyn Errands>, until: CancellationToken) {
        let mut busy = JoinSet::new();
        loop {
            tokio::select! {
                () = until.cancelled() => break,
                Some(_) = busy.join_next() => {}
                accepted = self.listener.accept(), if busy.len() < MOST + MORE => {
                    // Accepting fails when the process is out of file descriptors; the next one may do better.
                    let Ok((stream, _)) = accepted else {
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        continue;
                    };
                    let allowed = stream.peer_cred().is_ok_and(|peer| self.users.contains(&peer.uid()));
                    if !allowed {
                        events::control_refused(stream.peer_cred().ok().map(|peer| peer.uid()));
                    }
                    let refusal = if !allowed {
                        Some(End::refused("this socket answers to the daemon's own user and to root; run the command as one of them"))
                    } else if busy.len() >= MOST {
                        let message = format!("{MOST} commands are being answered at the control socket already");
                        Some(End::failed(message, Some("wait until one of them has ended, or end one with Ctrl-C".to_owned())))
                    } else {
                        None
                    };
                    match refusal {
                        Some(refusal) => busy.spawn(refuse(stream, refusal)),
                        None => busy.spawn(answer(stream, Arc::clone(&errands))),
                    };
                }
            }
        }
        let _ = timeout(FAREWELL, async { while busy.join_next().await.is_some() {} }).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A file that stays is replaced by the next start.
        let _ = std::fs::remove_file(&self.path);
    }
}

async fn refuse(stream: UnixStream, refusal: End) {
    let (_asked, mut told) = stream.into_split();
    let _ = tell(&mut told, &Tell::End(refusal)).await;
}

async fn answer(stream: UnixStream, errands: Arc<dyn Errands>) {
    let (mut asked, mut told) = stream.into_split();
    let ask = match timeout(QUESTION, question(&mut asked)).await {
        Ok(Ok(line)) => wire::read_ask(&line),
        Ok(Err(error)) => Err(format!("the question could not be read: {error}")),
        Err(_) => return, // nobody waits for an answer
    };
    let end = match ask {
        Err(refusal) => End::refused(refusal),
        Ok(ask) => {
            let (said, mut heard) = mpsc::channel(UNREAD);
            let stop = CancellationToken::new();
            let mut errand = std::pin::pin!(errands.run(ask, said, stop.clone()));
            let mut hung_up = std::pin::pin!(hung_up(asked));
            let end = loop {
                tokio::select! {
                    biased;
                    Some(progress) = heard.recv() => {
                        if tell(&mut told, &progress).await.is_err() {
                            // Nothing more is said, or each word would be waited for while the errand stands still.
                            stop.cancel();
                            drop(heard);
                            let _ = errand.await;
                            return;
                        }
                    }
                    () = &mut hung_up, if !stop.is_cancelled() => stop.cancel(),
                    end = &mut errand => break end,
                }
            };
            // What it said with its last breath.
            while let Ok(progress) = heard.try_recv() {
                if tell(&mut told, &progress).await.is_err() {
                    return;
                }
            }
            end
        }
    };
    // Whoever hung up has no use for it.
    let _ = tell(&mut told, &Tell::End(end)).await;
}

/// The first line that somebody says, however it ends.
async fn question(asked: &mut OwnedReadHalf) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    BufReader::new(asked.take(LONGEST_ASK as u64)).read_until(b'\n', &mut line).await?;
    Ok(line)
}

/// Resolves when the other side has closed, at least its half. More questions on the same connection are not listened to.
async fn hung_up(mut asked: OwnedReadHalf) {
    let mut ignored = [0; 256];
    while asked.read(&mut ignored).await.is_ok_and(|read| read > 0) {}
}

async fn tell(told: &mut OwnedWriteHalf, said: &Tell) -> io::Result<()> {
    timeout(PATIENCE, told.write_all(&wire::line(said))).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// Removes a socket that is left over.
async fn clear(path: &Path) -> Result<(), String> {
    let Ok(metadata) = std::fs::symlink_metadata(path) else { return Ok(()) };
    if !metadata.file_type().is_socket() {
        return Err(format!("{} is to be the control socket, but something else is there; move it away", path.display()));
    }
    if UnixStream::connect(path).await.is_ok() {
        return Err(format!("another process answers at the control socket {}; give each its own", path.display()));
    }
    std::fs::remove_file(path).map_err(|error| format!("the old control socket {} cannot be removed: {error}", path.display()))
}

/// The user that this process acts as.
fn own_user() -> io::Result<u32> {
    Ok(UnixStream::pair()?.0.peer_cred()?.uid())
}

#[cfg(test)]
mod tests;
