//! The control socket: how a command asks the running daemon to do something, and hears how it goes.
//!
//! A Unix socket beside the ledger, for the daemon's own user and root. One line of JSON goes in, lines of progress come out, and
//! an end. Who hangs up, or closes its half, has the errand stop after the page in flight.

pub mod client;
pub mod server;
pub mod wire;

use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use wire::{Ask, End, Tell};

/// The socket's name in the ledger's folder.
pub const NAME: &str = "control.sock";

/// `sun_path` of `unix(7)` has 108 octets, the last of which is a NUL.
pub const LONGEST_PATH: usize = 107;

/// Who carries errands out.
pub trait Errands: Send + Sync {
    /// Carries one out, telling how it goes; whoever listens may miss progress, never the end.
    fn run(&self, ask: Ask, tell: mpsc::Sender<Tell>, stop: CancellationToken) -> BoxFuture<'_, End>;
}

/// Where the socket is: where somebody says, else in the ledger's folder. A ledger in memory has none.
#[must_use]
pub fn place(said: Option<&Path>, ledger: Option<&Path>) -> Option<PathBuf> {
    said.map(Path::to_owned).or_else(|| ledger.map(|folder| folder.join(NAME)))
}

/// Whether the operating system takes a socket's path.
///
/// # Errors
/// A sentence that says what to do.
pub fn fits(path: &Path) -> Result<(), String> {
    let octets = path.as_os_str().as_bytes().len();
    if octets <= LONGEST_PATH {
        return Ok(());
    }
    Err(format!(
        "the control socket {} would have a path of {octets} octets, and the operating system takes {LONGEST_PATH}: set a shorter one, \
         [admin] socket = \"/run/alertferry/{NAME}\"",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{LONGEST_PATH, fits, place};

    #[test]
    fn the_socket_is_where_somebody_says_else_beside_the_ledger() {
        let (said, ledger) = (Path::new("/run/a.sock"), Path::new("/var/lib/alertferry"));
        assert_eq!(place(Some(said), Some(ledger)), Some(said.to_owned()));
        assert_eq!(place(None, Some(ledger)), Some(PathBuf::from("/var/lib/alertferry/control.sock")));
        assert_eq!(place(None, None), None);
    }

    #[test]
    fn a_path_that_is_too_long_is_told_with_what_to_do() {
        let path = |octets: usize| PathBuf::from(format!("/{}", "x".repeat(octets - 1)));
        assert_eq!(fits(&path(LONGEST_PATH)), Ok(()));
        let refusal = fits(&path(LONGEST_PATH + 1)).unwrap_err();
        assert!(refusal.contains("108 octets") && refusal.contains("[admin] socket"), "{refusal}");
    }
}
