//! The syslog sink against real rsyslog and syslog-ng, and against peers that misbehave.

mod failover;
mod matrix;
mod peers;
mod rsyslog;
mod secure;
mod udp;
mod vanished;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use alertferry::alert::Severity;
use alertferry::format::Encoder;
use alertferry::sink::syslog::Syslog;
use alertferry::sink::{About, Batch, Delivery, Verdict, settings};
use alertferry::source::FeedKind;
use alertferry::tenant::Tenant;

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
    let tenant = Tenant {
        name: "contoso".into(),
        id: "11111111-1111-1111-1111-111111111111".into(),
        customer: "Contoso Ltd".to_owned(),
        labels: BTreeMap::new(),
    };
    let mut batch = Batch::new(Arc::new(tenant), FeedKind::GraphAlerts, encoder);
    for number in 0..count {
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
    let hostname = hostname::get().expect("a host name").into_string().expect("in UTF-8");
    let message = |message: alertferry::sink::Message<'_>| {
        let mut text = format!(
            "<131>1 2026-11-23T09:14:05.123456Z {hostname} alertferry - graph-alerts [alertferry@32473 tenant=\"contoso\" \
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

/// The same on the wire.
fn frames(batch: &Batch) -> Vec<u8> {
    let framed = |message: Vec<u8>| [format!("{} ", message.len()).as_bytes(), &message].concat();
    expected(batch).into_iter().flat_map(framed).collect()
}

fn assert_delivered(delivery: &Delivery, batch: &Batch) {
    assert!(delivery.failure.is_none(), "{:?}", delivery.failure);
    assert_eq!(delivery.verdicts, vec![Verdict::Delivered; batch.len()]);
}

/// Nothing of the page is known to have arrived. Returns what the failure says.
fn assert_unknown(delivery: &Delivery, batch: &Batch) -> String {
    assert_eq!(delivery.verdicts, vec![Verdict::Unknown; batch.len()]);
    let failure = delivery.failure.as_ref().expect("a failure");
    assert!(failure.advice.is_some(), "{failure:?}");
    failure.message.clone()
}
