//! `CloudEvents` in both modes, read back by the project's own Python SDK.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, OnceLock};

use alertferry::alert::{Kind, Severity};
use alertferry::format::{Activity, Encoder, Format};
use alertferry::sink::settings::Envelope;
use alertferry::sink::{About, Batch};
use alertferry::source::FeedKind;
use alertferry::tenant::Tenant;
use openssl::base64;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::message::{Headers as _, Message as _};
use rdkafka::{Offset, TopicPartitionList};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{GENEROUS, assert_complete, connect, deliver, settings};
use crate::support::kafka::{Broker, shared};

/// The `python` that has the SDK, fetched when it is not there yet.
fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/services/cloudevents.sh");
        let output = Command::new(&script).stdin(Stdio::null()).output().expect("a shell starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{} (it needs python3 with venv, and a network once): {errors}", script.display());
        PathBuf::from(String::from_utf8(output.stdout).expect("a UTF-8 path").trim_end())
    })
}

/// Events as the SDK understands them.
fn understood(records: &[Value]) -> Vec<Value> {
    let reader = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/services/read_cloudevents.py");
    let mut child =
        Command::new(python()).arg(reader).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python starts");
    let mut lines = child.stdin.take().expect("a pipe");
    let text = records.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let writing = std::thread::spawn(move || lines.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("python runs");
    writing.join().unwrap().expect("the reader reads everything");
    assert!(output.status.success(), "the SDK does not take a record");
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// The records of a topic of one partition, every byte as it stands there: kcat's text would run together with odd headers.
fn raw_records(broker: &Broker, topic: &str, count: usize) -> Vec<Value> {
    let consumer: BaseConsumer =
        ClientConfig::new().set("bootstrap.servers", broker.address()).set("group.id", "reader").create().expect("a consumer");
    let mut all = TopicPartitionList::new();
    all.add_partition_offset(topic, 0, Offset::Beginning).unwrap();
    consumer.assign(&all).unwrap();
    let record = || {
        let message = consumer.poll(GENEROUS).expect("a record in time").expect("a record");
        let headers: BTreeMap<String, String> = message
            .headers()
            .expect("headers")
            .iter()
            .map(|header| (header.key.to_owned(), base64::encode_block(header.value.expect("a value"))))
            .collect();
        json!({ "headers": headers, "value": base64::encode_block(message.payload().expect("a value")) })
    };
    std::iter::repeat_with(record).take(count).collect()
}

/// What a vendor or an attacker may put into an alert's ID, and an encoder into a message.
fn hostile() -> Vec<(String, Format, Vec<u8>, Value)> {
    let long = "x".repeat(20_000);
    vec![
        (
            "da1".into(),
            Format::Ocsf,
            br#"{"a":[1,"\u0000",{"b":null}],"c":"\ud83d\ude00"}"#.to_vec(),
            json!({"a": [1, "\0", {"b": null}], "c": "😀"}),
        ),
        ("ö, =\"\\'\u{202e}".into(), Format::Raw, b"{\"a\":\r\n\t1e300 }".to_vec(), json!({"a": 1e300})),
        (
            "\u{7f}\n\0".into(),
            Format::Ecs,
            br#"{"ce_id":"mine","specversion":"0.3","data":"x"}"#.to_vec(),
            json!({"ce_id": "mine", "specversion": "0.3", "data": "x"}),
        ),
        (
            "{}".into(),
            Format::Cef,
            "CEF:0|a\\|b|\"quoted\"|\u{2028}ü\u{1f600}|cs1=\\n=\\\\".into(),
            json!("CEF:0|a\\|b|\"quoted\"|\u{2028}ü\u{1f600}|cs1=\\n=\\\\"),
        ),
        (long.clone(), Format::Leef, b"LEEF:2.0|x\tdevTime=1\t</script>".to_vec(), json!("LEEF:2.0|x\tdevTime=1\t</script>")),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdk_of_cloudevents_understands_both_modes_whatever_an_alert_holds() {
    let broker = shared();
    let tenant =
        Tenant { name: "con,toso".into(), id: "id of/contöso".into(), customer: String::new(), labels: BTreeMap::new() };
    let tenant = Arc::new(tenant);
    for (envelope, topic) in [(Envelope::CloudEvents, "ce-binary"), (Envelope::CloudEventsStructured, "ce-structured")] {
        broker.create_topic(topic, 1, &[]).await;
        let sink = connect(&alertferry::sink::settings::Kafka { envelope, ..settings(&broker.address(), topic, &[]) }).unwrap();
        let at = "2026-03-02T07:44:02.1466667Z".parse().unwrap();
        for (number, (id, format, payload, _)) in hostile().into_iter().enumerate() {
            let mut page = Batch::new(Arc::clone(&tenant), FeedKind::GraphIncidents, Encoder::of(format));
            let event_uid = Uuid::new_v5(&Uuid::NAMESPACE_OID, &[u8::try_from(number).unwrap()]);
            let about = About::alert(&id, Severity::High, Some(at));
            let about = About { kind: Kind::Incident, activity: Activity::Update, event_uid, ..about };
            page.push(about, |out| -> Result<(), ()> {
                out.extend_from_slice(&payload);
                Ok(())
            })
            .unwrap();
            assert_complete(&deliver(&sink, &page).await);
        }
        let events = understood(&raw_records(broker, topic, hostile().len()));
        for (number, (event, (id, format, _, data))) in events.into_iter().zip(hostile()).enumerate() {
            let uid = Uuid::new_v5(&Uuid::NAMESPACE_OID, &[u8::try_from(number).unwrap()]);
            let content_type = if format.is_json() { "application/json" } else { "text/plain; charset=UTF-8" };
            let attributes = json!({
                "specversion": "1.0",
                "id": uid.to_string(),
                "source": "/tenants/id%20of%2Fcont%C3%B6so/graph-incidents",
                "type": "io.alertferry.incident.updated.v1",
                "subject": id.replace(|c: char| c.is_control(), "\u{fffd}"),
                "time": "2026-03-02T07:44:02.146666+00:00",
                "datacontenttype": content_type,
            });
            assert_eq!(event, json!({ "attributes": attributes, "data": data }), "{topic}, {number}");
        }
    }
}
