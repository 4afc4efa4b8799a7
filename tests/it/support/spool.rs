//! What a receiver wrote down: each message as it arrived, and what the receiver made of its header.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::authority::{Authority, Pair};
use super::service::{Service, poll};

/// Ends each entry: it occurs in no message of ours.
pub const END: &str = "<END>\n";
const LIMIT: Duration = Duration::from_mins(1);

/// What a receiver listens for.
pub enum Listen {
    Udp,
    Tcp,
    Tls(Papers),
    /// Over TLS with the library of this name, or over TCP alone. rsyslog only.
    Relp(Option<(Papers, &'static str)>),
}

/// What a receiver shows, and whose client certificates it asks for.
pub struct Papers {
    pub ca: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
    pub of_clients: bool,
}

impl Papers {
    /// Written to `folder`.
    pub fn new(folder: &Path, authority: &Authority, receiver: &Pair, of_clients: bool) -> Self {
        let (certificate, key) = receiver.write(folder, "receiver");
        Self { ca: authority.write(folder, "ca.pem"), certificate, key, of_clients }
    }
}

/// The entries of a file, as far as they are whole.
pub fn entries(file: &Path) -> Vec<Vec<u8>> {
    let written = fs::read(file).unwrap_or_default();
    let mut rest = written.as_slice();
    let mut entries = Vec::new();
    while let Some(end) = rest.windows(END.len()).position(|window| window == END.as_bytes()) {
        entries.push(rest[..end].to_vec());
        rest = &rest[end + END.len()..];
    }
    entries
}

/// How long a file is; one that is not there has no length.
pub fn length(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |metadata| metadata.len())
}

/// Waits until as much has been written to a file as these entries take.
pub fn wait_for(entries: &[Vec<u8>], file: &Path, service: &Service) {
    let expected = entries.iter().map(|entry| entry.len() + END.len()).sum::<usize>();
    let arrived = poll(LIMIT, || length(file) >= expected as u64);
    assert!(arrived, "{} has {} octets, not {expected}: {}", file.display(), length(file), service.log());
}
