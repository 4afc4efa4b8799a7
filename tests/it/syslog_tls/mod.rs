//! Syslog over TLS: what it is refused for, in which words, and that nothing is ever sent in the clear.

mod certificates;
mod clients;
mod files;
mod handshakes;
mod peer;

use std::path::PathBuf;

use alertferry::secret::Secret;
use alertferry::sink::settings::{Identity, Tls, TlsVersion};
use alertferry::sink::syslog::tls;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::authority::{Authority, Pair};
use peer::{Brought, LONG, Peer};

const ALERT: &str = "<131>1 an alert that nobody else may read";

/// An authority that the sender trusts, and a folder for files.
struct Desk {
    folder: TempDir,
    authority: Authority,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), authority: Authority::new("Contoso Root") }
    }

    fn trusting(&self) -> Tls {
        Tls { ca: Some(self.ca()), server_name: None, identity: None, min_version: TlsVersion::V1_2 }
    }

    fn ca(&self) -> PathBuf {
        self.authority.write(self.folder.path(), "ca.pem")
    }

    fn identity(&self, pair: &Pair) -> Identity {
        let (certificate, key) = pair.write(self.folder.path(), "sender");
        Identity { certificate, key: Secret::File(key) }
    }
}

/// Connects and, once that worked, sends an alert and says goodbye.
async fn send(settings: &Tls, address: &str) -> Result<(), String> {
    let (host, _) = address.rsplit_once(':').unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    let mut stream = tls::connect(settings, host, stream).await?;
    stream.write_all(ALERT.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    Ok(())
}

async fn both(settings: &Tls, peer: &Peer) -> (Result<(), String>, Brought) {
    timeout(LONG, async { tokio::join!(send(settings, &peer.address), peer.serve()) }).await.expect("an end")
}

/// The receiver gets the alert, and nobody on the way could read it.
async fn assert_sent(settings: &Tls, peer: &Peer) {
    let (sent, brought) = both(settings, peer).await;
    assert_eq!(sent, Ok(()));
    assert_eq!(String::from_utf8_lossy(&brought.plain), ALERT);
    brought.assert_nothing_in_the_clear("an alert");
}

/// The sender gives up with a reason that begins like this, and has sent nothing but its part of the handshake.
async fn assert_refused(settings: &Tls, peer: &Peer, reason: &str) -> String {
    let (sent, brought) = both(settings, peer).await;
    let found = sent.expect_err("a refusal");
    assert!(found.starts_with(reason), "{found}");
    assert!(brought.plain.is_empty(), "an alert was sent all the same");
    brought.assert_nothing_in_the_clear("an alert");
    found
}
