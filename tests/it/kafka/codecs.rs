//! Every compression that this build can do is one that brokers and other readers can undo.

use super::{assert_complete, batch, connect, deliver, settings, tenant};
use crate::support::kafka::shared;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_compressed_is_read_back_by_another_consumer_and_checked_by_the_broker() {
    let broker = shared();
    for codec in ["none", "gzip", "snappy", "lz4", "zstd"] {
        // A topic that wants the codec lets the broker undo what it gets, and so find out whether it can.
        for (wanted, topic) in [("producer", format!("as-sent-{codec}")), ("uncompressed", format!("undone-{codec}"))] {
            broker.create_topic(&topic, 1, &[("compression.type", wanted)]).await;
            let sink = connect(&settings(&broker.address(), &topic, &[("compression.type", codec)])).unwrap();
            let contoso = tenant("contoso");
            assert_complete(&deliver(&sink, &batch(&contoso, (0..200).map(|number| format!("{number}")))).await);
            let records = broker.read(&topic);
            assert_eq!(records.len(), 200, "{topic}");
            for (number, record) in records.iter().enumerate() {
                let payload = format!("{{\"tenant\":\"contoso\",\"id\":\"{number}\"}}");
                assert_eq!(String::from_utf8_lossy(&record.value), payload, "{topic}");
            }
        }
    }
}
