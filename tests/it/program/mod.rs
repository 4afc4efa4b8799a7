//! The built program as an operator runs it: a child process, a simulated cloud, real sinks.

mod restart;

use std::collections::BTreeMap;

use serde_json::Value;

/// How often each alert ID stands in these events.
fn counts<'a>(events: impl IntoIterator<Item = &'a Value>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for event in events {
        let id = event["finding_info"]["uid"].as_str().unwrap_or_else(|| panic!("an event without an ID: {event}"));
        *counts.entry(id.to_owned()).or_default() += 1;
    }
    counts
}
