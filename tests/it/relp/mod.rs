//! Syslog over RELP: against rsyslog's own receiver, and against peers that misbehave.

mod loss;
mod nonsense;
mod opening;
mod peer;
mod refusals;
mod rsyslog;
mod sessions;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use alertferry::alert::Severity;
use alertferry::format::Encoder;
use alertferry::sink::settings::{self, Tls, Transport};
use alertferry::sink::syslog::Syslog;
use alertferry::sink::{About, Batch, Delivery, Sink as _, Verdict};
use alertferry::source::FeedKind;
use alertferry::tenant::Tenant;
use tokio::time::timeout;

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
    let tenant = Tenant {
        name: "contoso".into(),
        id: "11111111-1111-1111-1111-111111111111".into(),
        customer: "Contoso Ltd".to_owned(),
        labels: BTreeMap::new(),
    };
    let mut batch = Batch::new(Arc::new(tenant), FeedKind::GraphAlerts, Encoder::Raw);
    for number in numbers {
        let at = "2026-11-23T09:14:05.1234567Z".parse().expect("a time");
        let Ok(()) = batch.push(About::alert(&format!("{name}-{number}"), Severity::High, Some(at)), |out| {
            let filler = "x".repeat(size);
            out.extend_from_slice(format!("{{\"id\":\"{name}-{number}\",\n \"title\":\"ü ]\\\" {filler}\"}}").as_bytes());
            Ok::<(), Infallible>(())
        });
    }
    batch
}

/// What a receiver must get for each message, written out by hand.
fn expected(batch: &Batch) -> Vec<Vec<u8>> {
    let message = |message: alertferry::sink::Message<'_>| {
        let mut text = format!(
            "<131>1 2026-11-23T09:14:05.123456Z sender alertferry - graph-alerts [alertferry@32473 tenant=\"contoso\" \
             tenant_id=\"11111111-1111-1111-1111-111111111111\" alert_id=\"{}\" feed=\"graph-alerts\" severity=\"high\" \
             format=\"raw\"] ",
            message.about.alert_id
        )
        .into_bytes();
        text.extend_from_slice(message.payload);
        text
    };
    batch.messages().map(message).collect()
}

/// A delivery and what its peer does meanwhile.
async fn both<T>(sink: &Syslog, page: &Batch, peer: impl Future<Output = T>) -> (Delivery, T) {
    timeout(LONG, async { tokio::join!(sink.deliver(page), peer) }).await.expect("an end to the delivery and to the peer")
}

fn assert_delivered(delivery: &Delivery, batch: &Batch) {
    assert!(delivery.failure.is_none(), "{:?}", delivery.failure);
    assert_eq!(delivery.verdicts, vec![Verdict::Delivered; batch.len()]);
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
