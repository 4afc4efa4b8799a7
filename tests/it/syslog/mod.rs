//! The syslog sink against real rsyslog and syslog-ng, and against peers that misbehave.

mod failover;
mod matrix;
mod peers;
mod rsyslog;
mod secure;
mod udp;
mod vanished;

use std::sync::Arc;
use std::time::Duration;

use alertferry::format::Encoder;
use alertferry::sink::syslog::Syslog;
use alertferry::sink::{Batch, Delivery, Verdict, settings};

use crate::support::pages::{self, assert_delivered};

fn sink(address: &str, patience: Duration) -> Arc<Syslog> {
    sink_with(&settings::Syslog { patience, ..settings::Syslog::new(address) })
}

fn sink_with(settings: &settings::Syslog) -> Arc<Syslog> {
    Arc::new(Syslog::new("soc".into(), settings))
}

/// A page of messages whose payloads are all different, each of about `size` octets.
fn page(name: &str, count: usize, size: usize) -> Batch {
    page_of(Encoder::Raw, name, count, size)
}

fn page_of(encoder: Encoder, name: &str, count: usize, size: usize) -> Batch {
    pages::numbered(encoder, name, 0..count, size)
}

fn expected(batch: &Batch) -> Vec<Vec<u8>> {
    let hostname = hostname::get().expect("a host name").into_string().expect("in UTF-8");
    pages::expected(&hostname, batch)
}

/// The same on the wire.
fn frames(batch: &Batch) -> Vec<u8> {
    let framed = |message: Vec<u8>| [format!("{} ", message.len()).as_bytes(), &message].concat();
    expected(batch).into_iter().flat_map(framed).collect()
}

/// Nothing of the page is known to have arrived. Returns what the failure says.
fn assert_unknown(delivery: &Delivery, batch: &Batch) -> String {
    assert_eq!(delivery.verdicts, vec![Verdict::Unknown; batch.len()]);
    let failure = delivery.failure.as_ref().expect("a failure");
    assert!(failure.advice.is_some(), "{failure:?}");
    failure.message.clone()
}
