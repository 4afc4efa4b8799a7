//! Real receivers, each at the end of a road on which things happen.

use tempfile::TempDir;

use super::road::Road;
use crate::support::authority::Authority;
#[cfg(feature = "kafka")]
use crate::support::kafka::{Broker, Plan};
use crate::support::rsyslog::Rsyslog;
use crate::support::spool::{Listen, Papers};

/// A receiver and the road to it.
pub struct Receiver {
    pub road: Road,
    /// The keys of the sink that leads to it. Format `raw`, so that tenant and ID stand in every document.
    pub keys: String,
    kind: Kind,
    _papers: Option<TempDir>,
}

enum Kind {
    Rsyslog(Box<Rsyslog>),
    #[cfg(feature = "kafka")]
    Kafka(Box<Broker>),
}

#[cfg(feature = "kafka")]
const TOPIC: &str = "faults";

impl Receiver {
    /// An Apache Kafka that tells its clients to come by the road.
    #[cfg(feature = "kafka")]
    pub fn kafka() -> Self {
        let road = Road::new();
        let properties = format!("advertised.listeners=CLIENT://{}\n", road.address());
        let broker = Broker::planned(Plan { properties, ..Plan::default() });
        let road = road.to(&broker.address());
        // Patience as short as the others' here; without it librdkafka gives a silent broker a minute.
        let options = "{ \"socket.timeout.ms\" = \"3000\", \"request.timeout.ms\" = \"2500\" }";
        let keys = format!(
            "kind = \"kafka\"\nbrokers = [{:?}]\ntopic = {TOPIC:?}\nformat = \"raw\"\noptions = {options}",
            road.address()
        );
        Self { road, keys, kind: Kind::Kafka(Box::new(broker)), _papers: None }
    }

    /// rsyslog over TCP.
    pub fn tcp() -> Self {
        Self::rsyslog(Listen::Tcp, "transport = \"tcp\"", None)
    }

    /// rsyslog over TLS.
    pub fn tls() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let authority = Authority::new("Contoso Root");
        let papers = Papers::new(folder.path(), &authority, &authority.issue(&["127.0.0.1"]), false);
        let keys = format!("transport = \"tls\"\ntls = {{ ca = {:?} }}", papers.ca.display().to_string());
        Self::rsyslog(Listen::Tls(papers), &keys, Some(folder))
    }

    /// rsyslog over RELP.
    pub fn relp() -> Self {
        Self::rsyslog(Listen::Relp(None), "transport = \"relp\"", None)
    }

    fn rsyslog(listen: Listen, transport: &str, papers: Option<TempDir>) -> Self {
        let rsyslog = Rsyslog::listening(listen);
        let road = Road::new().to(&rsyslog.address());
        let keys = format!("kind = \"syslog\"\naddress = {:?}\nformat = \"raw\"\npatience = \"3s\"\n{transport}", road.address());
        Self { road, keys, kind: Kind::Rsyslog(Box::new(rsyslog)), _papers: papers }
    }

    /// The documents that have arrived whole.
    pub fn documents(&self) -> Vec<Vec<u8>> {
        match &self.kind {
            Kind::Rsyslog(rsyslog) => rsyslog.messages().iter().filter_map(|message| document(message)).collect(),
            #[cfg(feature = "kafka")]
            Kind::Kafka(broker) => broker.read(TOPIC).into_iter().map(|record| record.value).collect(),
        }
    }
}

/// What stands behind the header of a syslog message. A message that was cut off with its connection is none.
pub fn document(message: &[u8]) -> Option<Vec<u8>> {
    let start = message.windows(3).position(|three| three == b"] {")? + 2;
    serde_json::from_slice::<&serde_json::value::RawValue>(&message[start..]).ok()?;
    Some(message[start..].to_vec())
}
