//! What we take of librdkafka's statistics.

use rdkafka::statistics::{Broker, Statistics, Window};

use crate::telemetry::kafka::{BrokerReading, Reading};

/// librdkafka measures in microseconds.
const SECOND: f64 = 1_000_000.0;

pub(super) fn read(statistics: &Statistics) -> Reading {
    let sum = |of: fn(&Broker) -> u64| statistics.brokers.values().map(of).sum();
    // Those that brokers told of have an ID; the others are the addresses to start from, and stand there twice.
    let members = statistics.brokers.values().filter(|broker| broker.nodeid >= 0 && broker.connects.unwrap_or_default() > 0);
    Reading {
        queue: (statistics.msg_cnt, statistics.msg_size),
        sent: (total(statistics.txmsgs), total(statistics.txmsg_bytes)),
        errors: sum(|broker| broker.txerrs + broker.req_timeouts),
        retries: sum(|broker| broker.txretries),
        disconnects: sum(|broker| total(broker.disconnects.unwrap_or_default())),
        brokers: members.map(|broker| (broker.nodename.clone(), member(broker))).collect(),
    }
}

fn member(broker: &Broker) -> BrokerReading {
    BrokerReading { connected: broker.state == "UP", round_trip: broker.rtt.as_ref().and_then(quantiles) }
}

/// librdkafka sorts only answers of up to half a second; of slower ones it knows the average and the longest.
fn quantiles(window: &Window) -> Option<(f64, f64)> {
    #[expect(clippy::cast_precision_loss, reason = "a time on the network is far below the years that do not fit")]
    let seconds = |micros: i64| micros as f64 / SECOND;
    let median = if window.outofrange * 2 >= window.cnt { window.avg } else { window.p50 };
    let most = if window.outofrange * 100 >= window.cnt { window.max } else { window.p99 };
    (window.cnt > 0).then(|| (seconds(median), seconds(most)))
}

fn total(count: i64) -> u64 {
    count.try_into().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rdkafka::statistics::Statistics;
    use serde_json::json;

    use super::read;

    /// As librdkafka 2.12 writes them, without what is not read.
    fn broker(id: i64, connects: u64, state: &str, (answered, slow): (u64, u64)) -> serde_json::Value {
        let window = json!({ "min": 1, "max": 900_000, "avg": 600_000, "sum": 9, "cnt": answered, "stddev": 1, "hdrsize": 1,
            "p50": 2500, "p75": 1, "p90": 1, "p95": 1, "p99": 40000, "p99_99": 1, "outofrange": slow });
        json!({ "name": "b", "nodeid": id, "nodename": format!("b{id}:9092"), "source": "learned", "state": state, "stateage": 1,
            "outbuf_cnt": 0, "outbuf_msg_cnt": 0, "waitresp_cnt": 0, "waitresp_msg_cnt": 0, "tx": 10, "txbytes": 1, "txerrs": 1,
            "txretries": 3, "txidle": 1, "req_timeouts": 1, "rx": 1, "rxbytes": 1, "rxerrs": 0, "rxcorriderrs": 0, "rxpartial": 0,
            "rxidle": 1, "req": {}, "zbuf_grow": 0, "buf_grow": 0, "connects": connects, "disconnects": 1, "rtt": window,
            "toppars": {} })
    }

    #[test]
    fn brokers_of_the_cluster_are_told_and_totals_are_of_all_connections() {
        let text = json!({ "name": "c", "client_id": "c", "type": "producer", "ts": 1, "time": 1, "age": 1, "replyq": 0,
            "msg_cnt": 4, "msg_size": 400, "msg_max": 1, "msg_size_max": 1, "tx": 1, "tx_bytes": 1, "rx": 1, "rx_bytes": 1,
            "txmsgs": 7, "txmsg_bytes": 700, "rxmsgs": 0, "rxmsg_bytes": 0, "simple_cnt": 0, "metadata_cache_cnt": 0,
            "brokers": { "a": broker(-1, 1, "UP", (1, 0)), "b": broker(1, 2, "UP", (200, 1)),
                         "c": broker(2, 1, "DOWN", (0, 0)), "d": broker(3, 0, "INIT", (0, 0)),
                         "e": broker(4, 1, "UP", (2, 1)) }, "topics": {} });
        let reading = read(&serde_json::from_value::<Statistics>(text).unwrap());
        assert_eq!((reading.queue, reading.sent), ((4, 400), (7, 700)));
        assert_eq!((reading.errors, reading.retries, reading.disconnects), (10, 15, 5));
        let brokers: Vec<_> =
            reading.brokers.iter().map(|(name, broker)| (name.as_str(), broker.connected, broker.round_trip)).collect();
        assert_eq!(
            brokers,
            [("b1:9092", true, Some((0.0025, 0.04))), ("b2:9092", false, None), ("b4:9092", true, Some((0.6, 0.9)))]
        );
    }
}
