//! A real Apache Kafka, one node of `KRaft`, and an independent reader of what stands in its topics.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use tempfile::TempDir;

use super::service::{Service, free_port};

const GENEROUS: Duration = Duration::from_mins(1);

/// The user that the SASL listener knows.
pub const USER: (&str, &str) = ("ferry", "correct horse");

/// A broker with data and ports of its own; gone when dropped.
pub struct Broker {
    folder: TempDir,
    ports: BTreeMap<&'static str, u16>,
    /// Options of Java's machine.
    java: Vec<String>,
    service: Option<Service>,
}

/// Where a broker listens beside the usual place, and how.
pub struct Listener {
    /// Small letters.
    pub name: &'static str,
    /// Kafka's word, such as `SASL_SSL`.
    pub protocol: &'static str,
}

/// What a broker is made of.
#[derive(Default)]
pub struct Plan<'a> {
    pub listeners: &'a [Listener],
    /// Lines of `server.properties`, which override the usual ones.
    pub properties: String,
    /// Users of SCRAM, as Kafka's storage tool takes them.
    pub users: Vec<String>,
    pub java: Vec<String>,
}

/// One record as a consumer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub partition: i32,
    pub timestamp: i64,
    pub key: String,
    pub headers: Vec<(String, String)>,
    pub value: Vec<u8>,
}

/// The broker that tests share which do not stop it: three partitions a topic, topics created when written to.
pub fn shared() -> &'static Broker {
    static SHARED: OnceLock<Broker> = OnceLock::new();
    SHARED.get_or_init(|| Broker::start(&[]))
}

impl Broker {
    /// Starts a broker of its own, with properties that override the usual ones, and waits until it takes connections.
    pub fn start(properties: &[(&str, &str)]) -> Self {
        let mut text = sasl_plain();
        for (name, value) in properties {
            writeln!(text, "{name}={value}").expect("writing to a string");
        }
        let listeners = [Listener { name: "sasl", protocol: "SASL_PLAINTEXT" }];
        Self::planned(Plan { listeners: &listeners, properties: text, ..Plan::default() })
    }

    pub fn planned(plan: Plan<'_>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let controller = free_port();
        let mut ports = BTreeMap::from([("client", free_port())]);
        let mut map = "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT".to_owned();
        for listener in plan.listeners {
            ports.insert(listener.name, free_port());
            write!(map, ",{}:{}", listener.name.to_uppercase(), listener.protocol).expect("writing to a string");
        }
        let open: Vec<String> = ports.iter().map(|(name, port)| format!("{}://127.0.0.1:{port}", name.to_uppercase())).collect();
        let open = open.join(",");
        // What a broker alone has acknowledged must survive its being killed, or a test could not tell its loss from ours: no
        // second replica has it, so it goes to the disk at once.
        let text = format!(
            "process.roles=broker,controller\n\
             node.id=1\n\
             listeners={open},CONTROLLER://127.0.0.1:{controller}\n\
             advertised.listeners={open}\n\
             listener.security.protocol.map={map}\n\
             inter.broker.listener.name=CLIENT\n\
             controller.listener.names=CONTROLLER\n\
             controller.quorum.bootstrap.servers=127.0.0.1:{controller}\n\
             log.dirs={}\n\
             num.partitions=3\n\
             log.flush.interval.messages=1\n\
             offsets.topic.replication.factor=1\n\
             transaction.state.log.replication.factor=1\n\
             transaction.state.log.min.isr=1\n\
             {}\n",
            folder.path().join("data").display(),
            plan.properties
        );
        std::fs::write(folder.path().join("server.properties"), text).expect("a file in our folder");
        let mut format = java(&[], "kafka.tools.StorageTool");
        format
            .args(["format", "--standalone", "-t", "4L6g3nShT-eMCtK--X86sw", "-c"])
            .arg(folder.path().join("server.properties"));
        for user in &plan.users {
            format.args(["--add-scram", user]);
        }
        let format = format.output().expect("java starts");
        assert!(format.status.success(), "Kafka's storage could not be made: {}", String::from_utf8_lossy(&format.stderr));
        let mut broker = Self { folder, ports, java: plan.java, service: None };
        broker.restart();
        broker
    }

    /// `host:port` for clients without a password.
    pub fn address(&self) -> String {
        self.address_of("client")
    }

    /// `host:port` for clients with [`USER`] by SASL PLAIN.
    pub fn sasl_address(&self) -> String {
        self.address_of("sasl")
    }

    /// `host:port` of a listener.
    pub fn address_of(&self, listener: &str) -> String {
        format!("127.0.0.1:{}", self.ports[listener])
    }

    /// Asks the broker to end in good order, and waits until it has.
    pub fn stop(&mut self) {
        let mut service = self.service.take().expect("a running broker");
        service.signal("TERM");
        service.wait(GENEROUS);
    }

    /// Kills the broker as a power cut would.
    pub fn kill(&mut self) {
        self.service.take().expect("a running broker").kill();
    }

    /// Starts the broker on the same ports and data, and waits until it takes connections.
    pub fn restart(&mut self) {
        let mut command = java(&self.java, "kafka.Kafka");
        command.arg(self.folder.path().join("server.properties"));
        let mut service = Service::start(&command, self.folder.path());
        for port in self.ports.values() {
            service.wait_for_port(*port, GENEROUS);
        }
        self.service = Some(service);
    }

    /// Creates a topic with settings of its own.
    pub async fn create_topic(&self, topic: &str, partitions: i32, settings: &[(&str, &str)]) {
        let admin: AdminClient<DefaultClientContext> =
            ClientConfig::new().set("bootstrap.servers", self.address()).create().expect("an admin client");
        let new = NewTopic::new(topic, partitions, TopicReplication::Fixed(1));
        let new = settings.iter().fold(new, |new, (name, value)| new.set(name, value));
        let options = AdminOptions::new().operation_timeout(Some(GENEROUS));
        let created = admin.create_topics([&new], &options).await.expect("an answer of the broker");
        assert_eq!(created, [Ok(topic.to_owned())]);
    }

    pub async fn delete_topic(&self, topic: &str) {
        let admin: AdminClient<DefaultClientContext> =
            ClientConfig::new().set("bootstrap.servers", self.address()).create().expect("an admin client");
        let options = AdminOptions::new().operation_timeout(Some(GENEROUS));
        let deleted = admin.delete_topics(&[topic], &options).await.expect("an answer of the broker");
        assert_eq!(deleted, [Ok(topic.to_owned())]);
    }

    /// How many partitions and replicas a topic has; asking creates none.
    pub async fn describe(&self, topic: &str) -> (usize, usize) {
        let admin: AdminClient<DefaultClientContext> = ClientConfig::new()
            .set("bootstrap.servers", self.address())
            .set("allow.auto.create.topics", "false")
            .create()
            .expect("an admin client");
        let metadata = tokio::task::spawn_blocking({
            let topic = topic.to_owned();
            move || admin.inner().fetch_metadata(Some(&topic), GENEROUS).expect("an answer of the broker")
        });
        let metadata = metadata.await.expect("an answer");
        let partitions = metadata.topics()[0].partitions();
        (partitions.len(), partitions.first().map_or(0, |one| one.replicas().len()))
    }

    /// Every record of a topic that a consumer of committed records gets, by partition, in order.
    pub fn read(&self, topic: &str) -> Vec<Record> {
        let output = Command::new("kcat")
            .args(["-C", "-e", "-q", "-o", "beginning", "-b", &self.address(), "-t", topic])
            .args(["-X", "isolation.level=read_committed", "-X", "check.crcs=true"])
            .args(["-f", "%p %T %K %S %h\\n%k%s\\n"])
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("kcat (package `kcat`): {error}"));
        assert!(output.status.success(), "kcat {topic}: {}", String::from_utf8_lossy(&output.stderr));
        let mut rest = &output.stdout[..];
        let mut records = Vec::new();
        while !rest.is_empty() {
            records.push(take_record(&mut rest));
        }
        records.sort_by_key(|record| record.partition);
        records
    }
}

/// Reads one record off the front: a line of numbers and headers, then key and value by their lengths, then a line break.
fn take_record(rest: &mut &[u8]) -> Record {
    let end = rest.iter().position(|b| *b == b'\n').expect("a line from kcat");
    let line = std::str::from_utf8(&rest[..end]).expect("UTF-8 headers");
    let mut words = line.splitn(5, ' ');
    let mut number = || words.next().and_then(|word| word.parse::<i64>().ok()).unwrap_or_else(|| panic!("kcat wrote {line:?}"));
    let (partition, timestamp, key_len, value_len) = (number(), number(), number(), number());
    let len = |len: i64| usize::try_from(len).expect("a key and a value");
    let (key_end, value_end) = (end + 1 + len(key_len), end + 1 + len(key_len) + len(value_len));
    let headers = words.next().unwrap_or_default();
    let record = Record {
        partition: i32::try_from(partition).expect("a partition"),
        timestamp,
        key: String::from_utf8(rest[end + 1..key_end].to_vec()).expect("a UTF-8 key"),
        headers: headers.split(',').filter_map(|header| header.split_once('=')).map(|(k, v)| (k.into(), v.into())).collect(),
        value: rest[key_end..value_end].to_vec(),
    };
    *rest = &rest[value_end + 1..];
    record
}

/// [`USER`] by SASL PLAIN.
fn sasl_plain() -> String {
    let (user, password) = USER;
    let login = format!("org.apache.kafka.common.security.plain.PlainLoginModule required user_{user}=\"{password}\";");
    format!("listener.name.sasl.sasl.enabled.mechanisms=PLAIN\nlistener.name.sasl.plain.sasl.jaas.config={login}\n")
}

/// A small Java machine with Kafka's jars.
fn java(options: &[String], class: &str) -> Command {
    let mut command = Command::new("java");
    command
        .args(["-Xms128m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"])
        // Its warnings are about things that a test does on purpose; errors still show.
        .arg("-Dorg.apache.logging.log4j.level=ERROR")
        .args(options)
        .arg("-cp")
        .arg(jars().join("*"))
        .arg(class);
    command
}

/// The folder of Kafka's jars, fetched when it is not there yet.
fn jars() -> &'static Path {
    static JARS: OnceLock<PathBuf> = OnceLock::new();
    JARS.get_or_init(|| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/services/kafka.sh");
        let output = Command::new(&script).stdin(Stdio::null()).output().expect("a shell starts");
        assert!(
            output.status.success(),
            "{} could not fetch Kafka (it needs the packages maven, default-jre-headless, and a network once):\n{}{}",
            script.display(),
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        PathBuf::from(String::from_utf8(output.stdout).expect("a UTF-8 path").trim_end())
    })
}
