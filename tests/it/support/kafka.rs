//! A real Apache Kafka, one node of `KRaft`, and an independent reader of what stands in its topics.

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
    port: u16,
    sasl_port: u16,
    service: Option<Service>,
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
        let mut broker = Self::prepare(properties);
        broker.restart();
        broker
    }

    fn prepare(properties: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (port, sasl_port, controller) = (free_port(), free_port(), free_port());
        let data = folder.path().join("data");
        let (user, password) = USER;
        let login = format!("org.apache.kafka.common.security.plain.PlainLoginModule required user_{user}=\"{password}\";");
        // What a broker alone has acknowledged must survive its being killed, or a test could not tell its loss from ours: no
        // second replica has it, so it goes to the disk at once.
        let mut text = format!(
            "process.roles=broker,controller\n\
             node.id=1\n\
             listeners=CLIENT://127.0.0.1:{port},SASL://127.0.0.1:{sasl_port},CONTROLLER://127.0.0.1:{controller}\n\
             advertised.listeners=CLIENT://127.0.0.1:{port},SASL://127.0.0.1:{sasl_port}\n\
             listener.security.protocol.map=CLIENT:PLAINTEXT,SASL:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT\n\
             sasl.enabled.mechanisms=PLAIN\n\
             listener.name.sasl.plain.sasl.jaas.config={login}\n\
             inter.broker.listener.name=CLIENT\n\
             controller.listener.names=CONTROLLER\n\
             controller.quorum.bootstrap.servers=127.0.0.1:{controller}\n\
             log.dirs={}\n\
             num.partitions=3\n\
             log.flush.interval.messages=1\n\
             offsets.topic.replication.factor=1\n\
             transaction.state.log.replication.factor=1\n\
             transaction.state.log.min.isr=1\n",
            data.display()
        );
        for (name, value) in properties {
            writeln!(text, "{name}={value}").expect("writing to a string");
        }
        std::fs::write(folder.path().join("server.properties"), text).expect("a file in our folder");
        let format = java("kafka.tools.StorageTool")
            .args(["format", "--standalone", "-t", "4L6g3nShT-eMCtK--X86sw", "-c"])
            .arg(folder.path().join("server.properties"))
            .output()
            .expect("java starts");
        assert!(format.status.success(), "Kafka's storage could not be made: {}", String::from_utf8_lossy(&format.stderr));
        Self { folder, port, sasl_port, service: None }
    }

    /// `host:port` for clients without a password.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// `host:port` for clients with [`USER`] by SASL PLAIN.
    pub fn sasl_address(&self) -> String {
        format!("127.0.0.1:{}", self.sasl_port)
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
        let mut command = java("kafka.Kafka");
        command.arg(self.folder.path().join("server.properties"));
        let mut service = Service::start(&command, self.folder.path());
        service.wait_for_port(self.port, GENEROUS);
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

/// A small Java machine with Kafka's jars.
fn java(class: &str) -> Command {
    let mut command = Command::new("java");
    command
        .args(["-Xms128m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"])
        // Its warnings are about things that a test does on purpose; errors still show.
        .args(["-Dorg.apache.logging.log4j.level=ERROR", "-cp"])
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
