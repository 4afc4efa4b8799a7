//! What arrives: each alert once, with the right key, headers, bytes, time and partition.

use std::collections::BTreeSet;

use alertferry::alert::Severity;
use alertferry::sink::{About, Sink as _};
use jiff::Timestamp;

use super::{add, assert_complete, batch, deliver, empty, sink, tenant};
use crate::support::kafka::shared;

/// The hash that Java's producers choose a partition by, written down here a second time from its definition.
fn murmur2(data: &[u8]) -> u32 {
    const M: u32 = 0x5bd1_e995;
    let mut hash = 0x9747_b28c ^ u32::try_from(data.len()).expect("a short key");
    let mut chunks = data.chunks_exact(4);
    for chunk in &mut chunks {
        let mut word = u32::from_le_bytes(chunk.try_into().expect("four bytes")).wrapping_mul(M);
        word ^= word >> 24;
        hash = hash.wrapping_mul(M) ^ word.wrapping_mul(M);
    }
    let tail = chunks.remainder();
    if !tail.is_empty() {
        for (place, byte) in tail.iter().enumerate() {
            hash ^= u32::from(*byte) << (8 * place);
        }
        hash = hash.wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    hash ^ (hash >> 15)
}

#[test]
fn our_murmur2_is_the_one_of_java() {
    // From Kafka's own UtilsTest.
    for (text, hash) in [
        ("21", -973_932_308),
        ("foobar", -790_332_482),
        ("a-little-bit-long-string", -985_981_536),
        ("a-little-bit-longer-string", -1_486_304_829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
        ("abc", 479_470_107),
    ] {
        assert_eq!(murmur2(text.as_bytes()).cast_signed(), hash, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_arrives_with_key_headers_bytes_time_and_javas_partition() {
    let broker = shared();
    let sink = sink(&broker.address(), "exact.{tenant}.{severity}");
    let contoso = tenant("contoso");
    let at: Timestamp = "2026-03-02T07:44:02.1466667Z".parse().unwrap();
    let mut page = empty(&contoso);
    let odd: &[u8] = b"{\"a\":\n\"\xff\x00 \r\n\"}";
    for number in 0..30 {
        let id = format!("da{number}_-{}", "x".repeat(number));
        page.push(About::alert(&id, Severity::Medium, Some(at)), |out| -> Result<(), ()> {
            out.extend_from_slice(odd);
            Ok(())
        })
        .unwrap();
    }
    assert_complete(&deliver(&sink, &page).await);

    let records = broker.read("exact.contoso.medium");
    assert_eq!(records.len(), 30);
    let mut ids = BTreeSet::new();
    for record in &records {
        let id = record.key.strip_prefix("id-of-contoso:").unwrap_or_else(|| panic!("key {}", record.key));
        let headers: Vec<(&str, &str)> = record.headers.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(
            headers,
            [
                ("tenant", "contoso"),
                ("tenant_id", "id-of-contoso"),
                ("feed", "graph-alerts"),
                ("severity", "medium"),
                ("format", "ocsf/1.8.0"),
                ("alert_id", id),
                ("kind", "alert"),
            ]
        );
        assert_eq!(record.value, odd);
        assert_eq!(record.timestamp, 1_772_437_442_146);
        assert_eq!(u32::try_from(record.partition).unwrap(), (murmur2(record.key.as_bytes()) & 0x7fff_ffff) % 3, "{id}");
        ids.insert(id.to_owned());
    }
    assert_eq!(ids.len(), 30);
    assert!(records.iter().any(|record| record.partition != records[0].partition), "all in one partition show nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_thousand_arrives_once() {
    let broker = shared();
    let sink = sink(&broker.address(), "thousand");
    let ids: Vec<String> = (0..1000).map(|number| format!("alert-{number}")).collect();
    assert_complete(&deliver(&sink, &batch(&tenant("contoso"), ids.clone())).await);
    let mut read: Vec<String> = broker.read("thousand").into_iter().map(|record| record.key).collect();
    read.sort();
    let mut sent: Vec<String> = ids.iter().map(|id| format!("id-of-contoso:{id}")).collect();
    sent.sort();
    assert_eq!(read, sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_of_many_tenants_at_once_reach_their_own_topics_only() {
    let broker = shared();
    let sink = sink(&broker.address(), "many.{tenant}");
    let tenants: Vec<_> = (0..20).map(|number| tenant(&format!("tenant{number}"))).collect();
    let batches: Vec<_> = tenants
        .iter()
        .flat_map(|tenant| (0..5).map(|page| batch(tenant, (0..40).map(move |number| format!("{page}-{number}")))))
        .collect();
    let deliveries = futures_util::future::join_all(batches.iter().map(|batch| deliver(&sink, batch))).await;
    deliveries.iter().for_each(assert_complete);
    for tenant in &tenants {
        let records = broker.read(&format!("many.{}", tenant.name));
        let keys: BTreeSet<&str> = records.iter().map(|record| record.key.as_str()).collect();
        assert_eq!((records.len(), keys.len()), (200, 200), "{}", tenant.name);
        let own = format!("{}:", tenant.id);
        assert!(keys.iter().all(|key| key.starts_with(&own)), "{keys:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_brokers_refuse_does_not_keep_an_alert_back() {
    let broker = shared();
    broker.create_topic("times", 1, &[("message.timestamp.before.max.ms", "3600000")]).await;
    let sink = sink(&broker.address(), "times");
    let now = jiff_now();
    let mut page = empty(&tenant("contoso"));
    for (id, at) in [("future", now + jiff::Span::new().hours(48)), ("past", now - jiff::Span::new().hours(48)), ("now", now)] {
        page.push(About::alert(id, Severity::Low, Some(at)), |_| Ok::<(), ()>(())).unwrap();
    }
    assert_complete(&deliver(&sink, &page).await);
    let records = broker.read("times");
    let mut keys: Vec<&str> = records.iter().map(|record| record.key.trim_start_matches("id-of-contoso:")).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["future", "now", "past"]);
    assert!(records.iter().all(|record| (record.timestamp - now.as_millisecond()).abs() < 3_600_000), "{records:?}");
}

fn jiff_now() -> Timestamp {
    alertferry::clock::now()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_sink_takes_nothing_more_and_says_so() {
    let broker = shared();
    let sink = sink(&broker.address(), "closed");
    let mut page = empty(&tenant("contoso"));
    add(&mut page, "last", b"{}");
    assert_complete(&deliver(&sink, &page).await);
    sink.close(tokio::time::Instant::now() + super::GENEROUS).await.unwrap();
    let refused = deliver(&sink, &page).await.failure.expect("closed");
    assert!(refused.message.contains("it is being closed"), "{}", refused.message);
    assert!(sink.probe().await.is_err(), "a closed sink makes no new producer");
    assert_eq!(broker.read("closed").len(), 1);
}
