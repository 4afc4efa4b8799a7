//! Is this a valid document of ECS 9.4? Asks what Howler and stix-shifter know of its fields, and checks what Elasticsearch refuses.

use std::fs;
use std::io::Write as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::{Map, Value};

/// Fields of which the two do not know the type, or which are younger than what they know: ECS 9.4's reference has them so.
const TYPES: [(&str, &str); 30] = [
    ("@timestamp", "date"),
    ("message", "keyword"),
    ("tags", "keyword"),
    ("ecs.version", "keyword"),
    ("source.geo.location", "geo_point"),
    ("destination.geo.location", "geo_point"),
    ("host.os.name", "keyword"),
    ("host.os.version", "keyword"),
    ("host.os.type", "keyword"),
    ("host.risk.static_level", "keyword"),
    ("device.id", "keyword"),
    ("device.manufacturer", "keyword"),
    ("device.model.name", "keyword"),
    ("device.serial_number", "keyword"),
    ("cloud.target.provider", "keyword"),
    ("cloud.target.region", "keyword"),
    ("cloud.target.account.id", "keyword"),
    ("cloud.target.project.id", "keyword"),
    ("cloud.target.instance.id", "keyword"),
    ("cloud.target.instance.name", "keyword"),
    ("cloud.target.service.name", "keyword"),
    ("orchestrator.type", "keyword"),
    ("orchestrator.namespace", "keyword"),
    ("orchestrator.cluster.name", "keyword"),
    ("orchestrator.resource.type", "keyword"),
    ("orchestrator.resource.name", "keyword"),
    ("threat.technique.subtechnique.id", "keyword"),
    ("threat.technique.subtechnique.name", "keyword"),
    ("threat.technique.subtechnique.reference", "keyword"),
    ("dns.resolved_ip", "ip"),
];

/// Fields that ECS wants as arrays.
const LISTS: [&str; 24] = [
    "container.image.hash.all",
    "container.image.tag",
    "dns.resolved_ip",
    "email.from.address",
    "email.to.address",
    "event.category",
    "event.type",
    "host.ip",
    "host.mac",
    "registry.data.strings",
    "related.hash",
    "related.hosts",
    "related.ip",
    "related.user",
    "tags",
    "threat.software.alias",
    "threat.tactic.id",
    "threat.tactic.name",
    "threat.tactic.reference",
    "threat.technique.id",
    "threat.technique.name",
    "threat.technique.reference",
    "threat.technique.subtechnique.id",
    "threat.technique.subtechnique.name",
];

/// The types that ECS expects of a category.
const EXPECTED: [(&str, &[&str]); 10] = [
    ("authentication", &["start", "end", "info"]),
    ("email", &["info"]),
    ("file", &["access", "change", "creation", "deletion", "info"]),
    ("host", &["access", "change", "end", "info", "start"]),
    ("iam", &["admin", "change", "creation", "deletion", "group", "info", "user"]),
    ("intrusion_detection", &["allowed", "denied", "info"]),
    ("malware", &["info"]),
    ("network", &["access", "allowed", "connection", "denied", "end", "info", "protocol", "start"]),
    ("process", &["access", "change", "end", "info", "start"]),
    ("registry", &["access", "change", "creation", "deletion"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// What was fetched, once, by `tests/ecs/fetch.sh`, if it was not there.
fn services() -> PathBuf {
    static FETCHED: LazyLock<()> = LazyLock::new(|| {
        let script = root().join("tests/ecs/fetch.sh");
        let output = Command::new(&script).output().unwrap_or_else(|error| panic!("{} cannot be run: {error}", script.display()));
        assert!(
            output.status.success(),
            "the readers of ECS are not there and {} could not fetch them; it needs python3 with venv, and a Python package index:\n{}",
            script.display(),
            String::from_utf8_lossy(&output.stderr)
        );
    });
    LazyLock::force(&FETCHED);
    root().join(".services/ecs")
}

/// Everything that is wrong with a document.
pub fn faults(document: &[u8]) -> Vec<String> {
    static KNOWN: LazyLock<Value> = LazyLock::new(|| {
        let json = fs::read(services().join("fields.json")).expect("what the readers know");
        serde_json::from_slice(&json).expect("JSON")
    });
    let document_value: Value = match serde_json::from_slice(document) {
        Ok(value) => value,
        Err(error) => return vec![format!("it is not JSON: {error}")],
    };
    let mut faults = Vec::new();
    if document.contains(&b'\n') {
        faults.push("it stands on several lines".to_owned());
    }
    let Some(members) = document_value.as_object() else { return vec!["it is no object".to_owned()] };
    for (name, value) in members {
        match name.as_str() {
            "labels" => labels(value, &mut faults),
            "alertferry" => ours(value, &mut faults),
            _ => walk(name, value, &KNOWN["howler"], &mut faults),
        }
    }
    for required in ["/@timestamp", "/ecs/version", "/event/kind", "/event/id", "/alertferry/event_uid"] {
        if document_value.pointer(required).and_then(Value::as_str).is_none() {
            faults.push(format!("{required} is not there"));
        }
    }
    categories(&document_value["event"], &mut faults);
    faults
}

fn walk(path: &str, value: &Value, howler: &Value, faults: &mut Vec<String>) {
    let told = &howler[path];
    let kind = TYPES.iter().find(|(field, _)| *field == path).map(|(_, kind)| *kind).or_else(|| told["type"].as_str());
    let (Some(kind), members) = (kind, value.as_object()) else {
        match value.as_object().filter(|members| !members.is_empty()) {
            Some(members) => members.iter().for_each(|(name, value)| walk(&format!("{path}.{name}"), value, howler, faults)),
            None => faults.push(format!("{path} is no field of ECS, or an empty group: {value}")),
        }
        return;
    };
    let wants_list = LISTS.contains(&path) || path == "threat.technique.subtechnique.reference" || told["many"] == true;
    if wants_list != value.is_array() {
        faults.push(format!("{path}: {} expected", if wants_list { "an array" } else { "one value" }));
    }
    let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    if values.is_empty() || (members.is_some() && kind != "geo_point") {
        faults.push(format!("{path}: a value expected, not {value}"));
    }
    for value in values {
        let allowed = told["values"].as_array().is_none_or(|allowed| allowed.contains(value));
        if !fits(kind, value) || !allowed {
            faults.push(format!("{path}: {value} is no {kind}, or not one that is allowed"));
        }
    }
}

/// Whether Elasticsearch indexes the value under a mapping of that type.
fn fits(kind: &str, value: &Value) -> bool {
    match kind {
        "date" => value.as_str().is_some_and(is_date),
        "ip" => value.as_str().is_some_and(|text| text.parse::<IpAddr>().is_ok()),
        "long" | "integer" => value.as_i64().is_some(),
        "float" => value.as_f64().is_some_and(|number| number.abs() <= f64::from(f32::MAX)),
        "boolean" => value.is_boolean(),
        "geo_point" => {
            let within = |name: &str, most: f64| value[name].as_f64().is_some_and(|degrees| degrees.abs() <= most);
            within("lat", 90.0) && within("lon", 180.0)
        }
        _ => value.as_str().is_some_and(|text| !text.is_empty()),
    }
}

/// `strict_date_optional_time`: four digits of a year, and in UTC as we write it.
fn is_date(text: &str) -> bool {
    text.as_bytes().get(4) == Some(&b'-') && text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok()
}

fn labels(labels: &Value, faults: &mut Vec<String>) {
    for (name, value) in labels.as_object().unwrap_or(&Map::new()) {
        if name.is_empty() || name.contains(|c: char| c == '.' || c.is_whitespace() || c.is_control()) || !value.is_string() {
            faults.push(format!("labels: {name:?} is {value}, no flat keyword"));
        }
    }
}

/// Our own namespace: a few fields of one type each, whatever the vendor sends.
fn ours(ours: &Value, faults: &mut Vec<String>) {
    let is_json =
        |value: &Value| value.as_str().is_some_and(|text| serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok());
    let each = |value: &Value, check: &dyn Fn(&Value) -> bool| value.as_array().is_some_and(|values| values.iter().all(check));
    for (name, value) in ours.as_object().unwrap_or(&Map::new()) {
        let sound = match name.as_str() {
            "event_uid" => value.as_str().is_some_and(|text| text.parse::<uuid::Uuid>().is_ok()),
            "collected" => fits("date", value),
            "evidence" => each(value, &is_json),
            "alert_ids" => each(value, &Value::is_string),
            "unmapped" => value.as_str().is_some_and(|text| serde_json::from_str::<Map<String, Value>>(text).is_ok()),
            _ => false,
        };
        if !sound {
            faults.push(format!("alertferry.{name}: {value}"));
        }
    }
}

fn categories(event: &Value, faults: &mut Vec<String>) {
    let texts = |name: &str| event[name].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>();
    let (categories, types) = (texts("category"), texts("type"));
    for category in &categories {
        let expected = EXPECTED.iter().find(|(name, _)| name == category).map_or(&[][..], |(_, types)| types);
        if !types.iter().any(|kind| expected.contains(kind)) {
            faults.push(format!("event.type: none of {types:?} is expected of {category}"));
        }
    }
    if categories.is_empty() || !categories.is_sorted() {
        faults.push(format!("event.category: {categories:?} is empty or not sorted"));
    }
}

/// What stix-shifter makes of each document: its STIX objects.
pub fn read_by_stix_shifter(documents: &[Vec<u8>]) -> Vec<Vec<Value>> {
    let mut reader = Command::new(services().join("venv/bin/python"))
        .arg(root().join("tests/ecs/read.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python");
    let mut input = reader.stdin.take().expect("a pipe");
    let lines = documents.join(&b'\n');
    let writer = std::thread::spawn(move || input.write_all(&lines));
    let output = reader.wait_with_output().expect("an end");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    writer.join().expect("a writer").expect("everything written");
    String::from_utf8(output.stdout).expect("UTF-8").lines().map(|line| serde_json::from_str(line).expect("STIX")).collect()
}
