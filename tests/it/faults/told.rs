//! What the operator saw of a fault: the state of a feed, a line of the log, a metric. Each is an excerpt for the table.

use serde_json::Value;

use crate::support::daemon::{Daemon, GENEROUS};
use crate::support::service::poll;

/// The first line of the log of this level whose message holds these words, with its advice.
pub fn log(daemon: &Daemon, level: &str, words: &str) -> Option<String> {
    let log = daemon.log();
    let mut lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let line = lines.find(|line| line["level"] == level && line["message"].as_str().is_some_and(|said| said.contains(words)))?;
    Some(format!("log {level}: {}{}", text(&line["message"]), advice(&line["advice"])))
}

/// As [`log`], once there is such a line.
pub fn log_in_time(daemon: &Daemon, level: &str, words: &str) -> Option<String> {
    let mut said = None;
    poll(GENEROUS, || {
        said = log(daemon, level, words);
        said.is_some()
    });
    said
}

/// Waits until a tenant's feed is in this state, and gives its last error and advice.
pub fn state(daemon: &Daemon, tenant: &str, feed: &str, state: &str) -> Option<String> {
    let mut seen = Value::Null;
    let came = poll(GENEROUS, || {
        seen = self::feed(daemon, tenant, feed);
        seen["state"] == state
    });
    came.then(|| format!("state {state}: {}{}", text(&seen["last_error"]), advice(&seen["advice"])))
}

/// How a tenant's feed is doing, as the admin endpoint tells; null while there is none of that name.
pub fn feed(daemon: &Daemon, tenant: &str, feed: &str) -> Value {
    let tenant = daemon.json(&format!("/api/v1/tenants/{tenant}"));
    let feeds = tenant["feeds"].as_array().cloned().unwrap_or_default();
    feeds.into_iter().find(|one| one["feed"] == feed).unwrap_or_default()
}

/// The metric of this name and labels, once it is at least 1.
pub fn metric(daemon: &Daemon, name: &str, labels: &[(&str, &str)]) -> Option<String> {
    let mut sum = 0;
    let came = poll(GENEROUS, || {
        sum = daemon.metrics().sum(name, labels);
        sum > 0
    });
    came.then(|| format!("{name} = {sum}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn advice(value: &Value) -> String {
    value.as_str().map_or_else(String::new, |advice| format!(" → {advice}"))
}
