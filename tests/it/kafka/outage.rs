//! Brokers that die, come back, or were never there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use alertferry::sink::{Sink as _, Verdict};
use tokio::time::Instant;

use super::{GENEROUS, assert_complete, batch, deliver, sink, tenant};
use crate::support::kafka::{Broker, shared};
use crate::support::service::free_port;

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_killed_in_the_middle_of_a_stream_loses_and_repeats_nothing() {
    const STREAMS: usize = 4;
    const BATCHES: usize = 40;
    const ALERTS: usize = 50;
    let mut broker = Broker::start(&[]);
    let sink = Arc::new(sink(&broker.address(), "stream"));
    let (done, mut finished) = tokio::sync::mpsc::unbounded_channel();
    let streams: Vec<_> = (0..STREAMS)
        .map(|stream| {
            let (sink, done) = (Arc::clone(&sink), done.clone());
            tokio::spawn(async move {
                let tenant = tenant(&format!("tenant{stream}"));
                for number in 0..BATCHES {
                    let page = batch(&tenant, (0..ALERTS).map(|alert| format!("{number}-{alert}")));
                    loop {
                        let delivery = deliver(&sink, &page).await;
                        if delivery.failure.is_none() {
                            assert_complete(&delivery);
                            break;
                        }
                        // Turned away while the broker is down: then nothing of it may have been sent.
                        assert!(delivery.verdicts.iter().all(|verdict| *verdict == Verdict::Unknown), "{delivery:?}");
                        tokio::time::sleep(Duration::from_millis(200)).await;
                    }
                    done.send(()).unwrap();
                }
            })
        })
        .collect();
    drop(done);
    for round in 1..=2 {
        for _ in 0..20 {
            finished.recv().await.unwrap();
        }
        broker.kill();
        broker.restart();
        assert!(finished.len() < STREAMS * BATCHES - 20 * round, "the streams ended before the broker was killed");
    }
    for stream in streams {
        stream.await.unwrap();
    }
    let records = broker.read("stream");
    let keys: BTreeSet<&str> = records.iter().map(|record| record.key.as_str()).collect();
    assert_eq!(keys.len(), STREAMS * BATCHES * ALERTS, "alerts were lost");
    assert_eq!(records.len(), keys.len(), "alerts were repeated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_waits_for_brokers_that_come_up_later() {
    let mut broker = Broker::start(&[]);
    broker.create_topic("later", 3, &[]).await;
    broker.kill();
    let sink = Arc::new(sink(&broker.address(), "later"));
    let page = batch(&tenant("contoso"), ["early".to_owned()]);
    let waiting = tokio::spawn({
        let sink = Arc::clone(&sink);
        async move { deliver(&sink, &page).await }
    });
    sink.probe().await.expect_err("no broker yet");
    assert!(!waiting.is_finished());
    broker.restart();
    assert_complete(&waiting.await.unwrap());
    sink.probe().await.expect("the broker is up");
    assert_eq!(broker.read("later").len(), 1);
    broker.stop();
    let trouble = sink.probe().await.expect_err("the broker was stopped");
    assert!(trouble.message.contains("kafka sink siem (127.0.0.1:"), "{}", trouble.message);
    assert!(trouble.advice.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn while_no_broker_answers_the_first_waits_and_the_others_are_turned_away() {
    let nowhere = format!("127.0.0.1:{}", free_port());
    let sink = Arc::new(sink(&nowhere, "nowhere"));
    let first = tokio::spawn({
        let sink = Arc::clone(&sink);
        async move { sink.deliver(&batch(&tenant("first"), ["1".to_owned()])).await }
    });
    let page = batch(&tenant("second"), ["2".to_owned()]);
    // Those that come before the silence is noticed wait too, like the first; a thousand later ones do not.
    let turned_away = async {
        loop {
            if let Ok(delivery) = tokio::time::timeout(Duration::from_millis(500), sink.deliver(&page)).await {
                break delivery;
            }
        }
    };
    let delivery = tokio::time::timeout(GENEROUS, turned_away).await.expect("the silence is noticed");
    assert_eq!(delivery.verdicts, [Verdict::Unknown]);
    let failure = delivery.failure.unwrap();
    assert!(failure.message.contains(&nowhere) && failure.message.contains("wait already"), "{}", failure.message);
    assert!(failure.advice.unwrap().contains("check that the brokers run"));

    let start = Instant::now();
    for _ in 0..1000 {
        assert!(deliver(&sink, &page).await.failure.is_some());
    }
    // Had each waited for the brokers, they would not have ended at all.
    assert!(start.elapsed() < GENEROUS, "a thousand took {:?}", start.elapsed());
    assert!(!first.is_finished(), "the first is still waiting for the brokers");

    let start = Instant::now();
    let given_up = sink.close(start + Duration::from_secs(1)).await.expect_err("something was on its way");
    assert!(given_up.message.contains("given up"), "{}", given_up.message);
    assert!(start.elapsed() < GENEROUS, "closing took {:?}", start.elapsed());
    let delivery = tokio::time::timeout(GENEROUS, first).await.expect("closing wakes who waits").unwrap();
    assert_eq!(delivery.verdicts, [Verdict::Unknown]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_nobody_waits_for_gives_its_room_back() {
    let broker = shared();
    let sink = sink(&broker.address(), "dropped");
    for number in 0..50 {
        let page = batch(&tenant("contoso"), (0..10).map(|alert| format!("{number}-{alert}")));
        // Polled once: handed over to librdkafka, but not answered.
        let _ = futures_util::future::select(std::pin::pin!(sink.deliver(&page)), std::future::ready(())).await;
    }
    sink.close(Instant::now() + GENEROUS).await.expect("everything on its way was answered");
    assert_eq!(broker.read("dropped").len(), 500);
}
