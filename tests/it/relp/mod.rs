//! Syslog over RELP: against rsyslog's own receiver, and against peers that misbehave.

mod loss;
mod nonsense;
mod opening;
mod peer;
mod refusals;
mod rsyslog;
mod sessions;

use std::sync::Arc;
use std::time::Duration;

use alertferry::format::Encoder;
use alertferry::sink::settings::{self, Tls, Transport};
use alertferry::sink::syslog::Syslog;
use alertferry::sink::{Batch, Delivery, Sink as _, Verdict};
use tokio::time::timeout;

use crate::support::pages::{self, assert_delivered};

/// Far more than any of these tests waits for when all is well.
const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(700);

fn settings(addresses: &[&str], tls: Option<Tls>, patience: Duration) -> settings::Syslog {
    let addresses = addresses.iter().map(ToString::to_string).collect();
    settings::Syslog {
        addresses,
        transport: Transport::Relp(tls),
        patience,
        max_bytes: 1_000_000,
        hostname: Some("sender".to_owned()),
        ..settings::Syslog::new("")
    }
}

fn sink(address: &str, patience: Duration) -> Arc<Syslog> {
    Arc::new(Syslog::new("soc".into(), &settings(&[address], None, patience)))
}

/// A page of messages whose payloads are all different, each of about `size` octets.
fn page(name: &str, count: usize, size: usize) -> Batch {
    numbered(name, 0..count, size)
}

fn numbered(name: &str, numbers: impl IntoIterator<Item = usize>, size: usize) -> Batch {
    pages::numbered(Encoder::Raw, name, numbers, size)
}

fn expected(batch: &Batch) -> Vec<Vec<u8>> {
    pages::expected("sender", batch)
}

/// A delivery and what its peer does meanwhile.
async fn both<T>(sink: &Syslog, page: &Batch, peer: impl Future<Output = T>) -> (Delivery, T) {
    timeout(LONG, async { tokio::join!(sink.deliver(page), peer) }).await.expect("an end to the delivery and to the peer")
}

/// The first so many were delivered and nothing is known of the rest. Returns what the failure says.
fn assert_delivered_only(delivery: &Delivery, count: usize, batch: &Batch) -> String {
    let (known, unknown) = delivery.verdicts.split_at(count);
    assert!(known.iter().all(|verdict| *verdict == Verdict::Delivered), "{delivery:?}");
    assert_eq!(unknown, vec![Verdict::Unknown; batch.len() - count]);
    let failure = delivery.failure.as_ref().expect("a failure");
    assert!(failure.advice.is_some(), "{failure:?}");
    failure.message.clone()
}
