//! Syslog over TLS: what it is refused for, in which words, and that nothing is ever sent in the clear.

mod certificates;
mod clients;
mod files;
mod handshakes;
mod peer;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;

use alertferry::alert::Severity;
use alertferry::format::Encoder;
use alertferry::secret::Secret;
use alertferry::sink::settings::{Identity, Syslog, Tls, TlsVersion, Transport};
use alertferry::sink::{About, Batch, Sink as _, Verdict, syslog};
use alertferry::source::FeedKind;
use alertferry::tenant::Tenant;
use tempfile::TempDir;
use tokio::time::{Instant, timeout};

use crate::support::authority::{Authority, Pair};
use peer::{Brought, LONG, Peer};

const ALERT: &str = "an alert that nobody else may read";

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

/// Delivers one alert and says goodbye.
async fn send(tls: &Tls, address: &str) -> Result<(), String> {
    let settings = Syslog { transport: Transport::Tls(tls.clone()), ..Syslog::new(address) };
    let sink = syslog::Syslog::new("soc".into(), &settings);
    let tenant = Tenant { name: "contoso".into(), id: "1".into(), customer: "Contoso".to_owned(), labels: BTreeMap::new() };
    let mut batch = Batch::new(Arc::new(tenant), FeedKind::GraphAlerts, Encoder::Raw);
    let Ok(()) = batch.push(About::alert("a-1", Severity::High, None), |out| {
        out.extend_from_slice(ALERT.as_bytes());
        Ok::<(), Infallible>(())
    });
    let delivery = sink.deliver(&batch).await;
    sink.close(Instant::now() + LONG).await.unwrap();
    match delivery.failure {
        None => assert_eq!(delivery.verdicts, [Verdict::Delivered]),
        Some(failure) => {
            assert_eq!(delivery.verdicts, [Verdict::Unknown]);
            let before = format!("syslog sink soc: cannot connect to {address}: ");
            return Err(failure.message.strip_prefix(&before).unwrap_or_else(|| panic!("{failure}")).to_owned());
        }
    }
    Ok(())
}

async fn both(settings: &Tls, peer: &Peer) -> (Result<(), String>, Brought) {
    timeout(LONG, async { tokio::join!(send(settings, &peer.address), peer.serve()) }).await.expect("an end")
}

/// The receiver gets the alert, and nobody on the way could read it.
async fn assert_sent(settings: &Tls, peer: &Peer) {
    let (sent, brought) = both(settings, peer).await;
    assert_eq!(sent, Ok(()));
    assert!(brought.plain.ends_with(ALERT.as_bytes()), "{:?}", String::from_utf8_lossy(&brought.plain));
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
