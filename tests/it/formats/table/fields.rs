//! A message of any format taken apart into its fields, each with its values.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use alertferry::format::Format;
use serde_json::Value;

/// Every field of a message with its values; the places in arrays do not count.
pub fn fields(format: Format, message: &[u8]) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    match format {
        Format::Ocsf | Format::Ecs | Format::Raw => {
            flatten("", &serde_json::from_slice(message).expect("JSON"), &mut found);
        }
        Format::Cef => cef(std::str::from_utf8(message).expect("UTF-8"), &mut found),
        Format::Leef => leef(std::str::from_utf8(message).expect("UTF-8"), &mut found),
    }
    for values in found.values_mut() {
        values.sort_unstable();
    }
    found
}

/// What is free in form is one field, and so is what an object of the vendor's holds.
const FREE: [&str; 2] = ["evidences[].data", "unmapped"];

fn flatten(path: &str, value: &Value, found: &mut BTreeMap<String, Vec<String>>) {
    if FREE.contains(&path) {
        found.entry(path.to_owned()).or_default().push(value.to_string());
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(&path, value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| flatten(&format!("{path}[]"), value, found)),
        value => found.entry(path.trim_end_matches("[]").to_owned()).or_default().push(value.to_string()),
    }
}

/// The header up to the pipes that are no text, then pairs whose keys follow a space.
fn cef(line: &str, found: &mut BTreeMap<String, Vec<String>>) {
    let mut parts = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            _ if parts.len() == 8 => parts[7].push(letter),
            '\\' => parts.last_mut().expect("a part").extend(letters.next()),
            '|' => parts.push(String::new()),
            _ => parts.last_mut().expect("a part").push(letter),
        }
    }
    let names = ["Version", "Vendor", "Device Product", "Device Version", "Device Event Class ID", "Name", "Severity"];
    for (name, part) in names.iter().zip(&parts) {
        found.insert(format!("header: {name}"), vec![part.clone()]);
    }
    let mut pairs: Vec<(String, String)> = Vec::new();
    for word in parts[7].split(' ') {
        let key = word.split_once('=').filter(|(key, _)| key.chars().all(char::is_alphanumeric) && !key.is_empty());
        match (key, pairs.last_mut()) {
            (Some((key, value)), _) => pairs.push((key.to_owned(), value.to_owned())),
            (None, Some((_, value))) => write!(value, " {word}").expect("writing to a string"),
            (None, None) => {}
        }
    }
    let labels: BTreeMap<String, String> = pairs.iter().cloned().collect();
    for (key, value) in pairs.into_iter().filter(|(key, _)| !key.ends_with("Label")) {
        let name = match labels.get(&format!("{key}Label")) {
            Some(label) => format!("{key} {label}"),
            None => key,
        };
        found.entry(name).or_default().push(value);
    }
}

fn leef(line: &str, found: &mut BTreeMap<String, Vec<String>>) {
    let parts: Vec<&str> = line.splitn(7, '|').collect();
    for (name, part) in ["Version", "Vendor", "Product", "Product Version", "EventID"].iter().zip(&parts) {
        found.insert(format!("header: {name}"), vec![(*part).to_owned()]);
    }
    for (key, value) in parts[6].split('^').filter_map(|pair| pair.split_once('=')) {
        found.entry(key.to_owned()).or_default().push(value.to_owned());
    }
}
