//! Pages of syslog messages that are all different, and what must arrive of them.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use alertferry::alert::Severity;
use alertferry::format::Encoder;
use alertferry::sink::{About, Batch, Delivery, Message, Verdict};
use alertferry::source::FeedKind;
use alertferry::tenant::Tenant;

/// Messages with these numbers, each of about `size` octets.
pub fn numbered(encoder: Encoder, name: &str, numbers: impl IntoIterator<Item = usize>, size: usize) -> Batch {
    let tenant = Tenant {
        name: "contoso".into(),
        id: "11111111-1111-1111-1111-111111111111".into(),
        customer: "Contoso Ltd".to_owned(),
        labels: BTreeMap::new(),
    };
    let mut batch = Batch::new(Arc::new(tenant), FeedKind::GraphAlerts, encoder);
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

/// What a receiver must get for each message of a raw page, written out by hand.
pub fn expected(hostname: &str, batch: &Batch) -> Vec<Vec<u8>> {
    let message = |message: Message<'_>| {
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

#[track_caller]
pub fn assert_delivered(delivery: &Delivery, batch: &Batch) {
    assert!(delivery.failure.is_none(), "{:?}", delivery.failure);
    assert_eq!(delivery.verdicts, vec![Verdict::Delivered; batch.len()]);
}
