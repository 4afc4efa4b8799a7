//! Sinks on the network that get what the vendor sent, and what arrived there, for the score.

use super::score::Arrival;
use super::tail::key;
use crate::support::kafka::Broker;
use crate::support::rsyslog::Rsyslog;

/// The keys of a sink that sends to a topic, which is made now: what is not there cannot be read.
pub fn kafka_sink(broker: &Broker, topic: &str) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(broker.create_topic(topic, 3, &[]));
    format!("kind = \"kafka\"\nbrokers = [\"{}\"]\ntopic = {topic:?}\nformat = \"raw\"", broker.address())
}

/// The keys of a sink that sends over RELP.
pub fn relp_sink(rsyslog: &Rsyslog) -> String {
    format!("kind = \"syslog\"\naddress = \"{}\"\ntransport = \"relp\"\nformat = \"raw\"", rsyslog.address())
}

/// What stands in a topic. When it came is not asked.
pub fn in_topic(broker: &Broker, topic: &str) -> Vec<Arrival> {
    let records = broker.read(topic);
    records.iter().map(|record| arrival(&record.value)).collect()
}

/// What rsyslog wrote down.
pub fn in_rsyslog(rsyslog: &Rsyslog) -> Vec<Arrival> {
    let body = |message: &[u8]| {
        let start = message.windows(3).position(|octets| octets == b"] {").expect("a JSON document behind structured data");
        arrival(&message[start + 2..])
    };
    rsyslog.messages().iter().map(|message| body(message)).collect()
}

fn arrival(record: &[u8]) -> Arrival {
    Arrival { key: key(record, false), at: None }
}
