//! The metrics of a Kafka sink, from the statistics of a real client of a real broker.

use std::sync::Arc;

use alertferry::sink::kafka::Kafka;
use alertferry::telemetry::Metrics;

use super::{GENEROUS, assert_complete, batch, deliver, settings, tenant};
use crate::support::kafka::Broker;
use crate::support::service::poll;

fn value(metrics: &Metrics, series: &str) -> Option<f64> {
    metrics.render().lines().find_map(|line| line.strip_prefix(series)?.trim().parse().ok())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_sends_and_how_its_broker_answers_can_be_watched() {
    let mut broker = Broker::start(&[]);
    let metrics = Arc::new(Metrics::default());
    let often = settings(&broker.address(), "watched", &[("statistics.interval.ms", "100")]);
    let sink = Kafka::connect("siem".into(), &often, None, &metrics).unwrap();
    let sent = r#"alertferry_kafka_transmitted_messages_total{sink="siem"}"#;
    assert_eq!(value(&metrics, sent), Some(0.0), "a counter that starts at 0 can be watched");

    let contoso = tenant("contoso");
    assert_complete(&deliver(&sink, &batch(&contoso, (0..500).map(|number| number.to_string()))).await);
    assert!(poll(GENEROUS, || value(&metrics, sent).is_some_and(|count| count >= 500.0)), "{}", metrics.render());
    let of_sink = |name: &str| value(&metrics, &format!("alertferry_kafka_{name}{{sink=\"siem\"}}"));
    assert!(of_sink("transmitted_bytes_total").is_some_and(|bytes| bytes > 500.0 * 30.0), "{}", metrics.render());
    let nothing_waits = || of_sink("queue_messages") == Some(0.0) && of_sink("queue_bytes") == Some(0.0);
    assert!(poll(GENEROUS, nothing_waits), "{}", metrics.render());
    let connected = format!("alertferry_kafka_broker_connected{{sink=\"siem\",broker=\"{}\"}}", broker.address());
    assert!(poll(GENEROUS, || value(&metrics, &connected) == Some(1.0)), "{}", metrics.render());
    for quantile in ["0.5", "0.99"] {
        let labels = format!("sink=\"siem\",broker=\"{}\",quantile=\"{quantile}\"", broker.address());
        let seconds = value(&metrics, &format!("alertferry_kafka_broker_rtt_seconds{{{labels}}}"));
        assert!(seconds.is_some_and(|seconds| seconds > 0.0 && seconds < 60.0), "{}", metrics.render());
    }

    let disconnects = of_sink("disconnects_total").unwrap();
    broker.kill();
    let waiting = sink_in_the_dark(&sink, &contoso);
    tokio::pin!(waiting);
    let seen = tokio::task::spawn_blocking({
        let (metrics, connected) = (Arc::clone(&metrics), connected.clone());
        move || {
            poll(GENEROUS, || {
                value(&metrics, r#"alertferry_kafka_queue_messages{sink="siem"}"#) == Some(7.0)
                    && value(&metrics, &connected) == Some(0.0)
            })
        }
    });
    tokio::select! {
        () = &mut waiting => panic!("nobody took them"),
        seen = seen => assert!(seen.unwrap(), "{}", metrics.render()),
    }
    assert!(of_sink("disconnects_total").unwrap() > disconnects, "{}", metrics.render());
}

async fn sink_in_the_dark(sink: &Kafka, tenant: &Arc<alertferry::tenant::Tenant>) {
    let page = batch(tenant, (0..7).map(|number| format!("dark-{number}")));
    assert_complete(&alertferry::sink::Sink::deliver(sink, &page).await);
}
