//! Where the demo's alerts go, and the configuration that says so.

use std::path::Path;

use super::Args;
use crate::simulator::Simulator;

/// The name of the demo's only sink.
pub(super) const SINK: &str = "demo";

/// A real sink, given as an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Kafka { broker: String, topic: String },
    Syslog { address: String },
}

impl Target {
    /// Reads `kafka://HOST:PORT/TOPIC` or `syslog://HOST:PORT`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let expected = || format!("{text:?} is neither kafka://HOST:PORT/TOPIC nor syslog://HOST:PORT");
        match text.split_once("://") {
            Some(("kafka", rest)) => {
                let (broker, topic) = rest.split_once('/').filter(|(_, topic)| !topic.is_empty()).ok_or_else(expected)?;
                Ok(Target::Kafka { broker: broker.to_owned(), topic: topic.to_owned() })
            }
            Some(("syslog", address)) if address.contains(':') => Ok(Target::Syslog { address: address.to_owned() }),
            _ => Err(expected()),
        }
    }
}

/// A configuration like any other, so that the demo runs what an operator runs.
pub(super) fn configuration(args: &Args, cloud: &Simulator, folder: &Path) -> String {
    let format = args.format.as_deref().unwrap_or(if args.sink.is_some() { "ocsf" } else { "raw" });
    let sink = match &args.sink {
        None => "kind = \"file\"\npath = \"-\"".to_owned(),
        Some(Target::Kafka { broker, topic }) => format!("kind = \"kafka\"\nbrokers = [{broker:?}]\ntopic = {topic:?}"),
        Some(Target::Syslog { address }) => format!("kind = \"syslog\"\naddress = {address:?}"),
    };
    let ledger = folder.display().to_string();
    format!(
        "[defaults]
interval = \"1s\"
delay = \"0s\"
overlap = \"1m\"
lookback = \"1h\"
feeds = [\"graph-alerts\"]
sinks = [\"{SINK}\"]
budget = {{ graph-alerts = \"600/min\" }}

[ledger]
path = {ledger:?}

[admin]
listen = \"127.0.0.1:0\"

[sinks.{SINK}]
{sink}
format = {format:?}

{}",
        cloud.configuration()
    )
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn addresses_are_read_and_others_are_refused_with_what_is_meant() {
        let kafka = Target::Kafka { broker: "h:9092".into(), topic: "alerts.{tenant}".into() };
        assert_eq!(Target::parse("kafka://h:9092/alerts.{tenant}"), Ok(kafka));
        assert_eq!(Target::parse("syslog://h:514"), Ok(Target::Syslog { address: "h:514".into() }));
        for wrong in ["kafka://h:9092", "kafka://h:9092/", "syslog://h", "http://h:80/x", "h:514", ""] {
            assert!(Target::parse(wrong).unwrap_err().contains("kafka://HOST:PORT/TOPIC"), "{wrong}");
        }
    }
}
