//! The built program as an operator runs it: a child process, a simulated cloud, real sinks.

mod admin;
mod demo;
mod foreign;
mod ledger;
mod mistakes;
#[cfg(feature = "kafka")]
mod outage;
mod restart;
#[cfg(feature = "kafka")]
mod secrets;
mod stop;
#[cfg(feature = "kafka")]
mod topics;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The alert ID of an event.
fn id(event: &Value) -> &str {
    event["finding_info"]["uid"].as_str().unwrap_or_else(|| panic!("an event without an alert ID: {event}"))
}

/// How often each alert ID stands in these events.
fn counts<'a>(events: impl IntoIterator<Item = &'a Value>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for event in events {
        *counts.entry(id(event).to_owned()).or_default() += 1;
    }
    counts
}

/// The alert IDs of these events; fails when one stands there twice.
fn once<'a>(events: impl IntoIterator<Item = &'a Value>) -> BTreeSet<String> {
    let counts = counts(events);
    let twice: Vec<_> = counts.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "more than once: {twice:?}");
    counts.into_keys().collect()
}

/// Events that are JSON documents.
#[cfg(feature = "kafka")]
fn parsed<'a>(documents: impl IntoIterator<Item = &'a [u8]>) -> Vec<Value> {
    let parse = |document| serde_json::from_slice(document).unwrap_or_else(|error| panic!("no JSON: {error}"));
    documents.into_iter().map(parse).collect()
}
