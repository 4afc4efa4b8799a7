//! `replay` and `dead-letters retry | discard`: the whole program, with the daemon running and not.

mod interrupted;
mod letters;
mod missing;
mod sockets;
mod spans;

use std::collections::BTreeMap;
use std::process::{Child, Command, Output, Stdio};

use alertferry::simulator::{Fault, Scope};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::support::daemon::{BINARY, Daemon, Setup, to_its_end};
use crate::support::lab::Lab;

/// Rows in a page.
const PAGE: usize = 5;

/// A lab with one tenant, and its name.
fn lab() -> (Lab, String) {
    let lab = Lab::quiet(1);
    let tenant = lab.tenants().remove(0).name;
    (lab, tenant)
}

/// Reads small pages into the file `out.jsonl`, without sweeps.
fn setup(lab: &Lab) -> Setup {
    Setup::new(lab)
        .default("page_size", &format!("{{ graph-alerts = {PAGE} }}"))
        .default("budget", "{ graph-alerts = \"60000/min\" }")
        .default("sweep", "{ every = \"0s\" }")
        .file_sink("out")
}

/// So many alerts, one a second from this long ago on.
fn some(lab: &Lab, tenant: &str, count: usize, hours_ago: i64) -> Vec<String> {
    let from = lab.now(tenant) - SignedDuration::from_hours(hours_ago);
    let second = |place: usize| SignedDuration::from_secs(i64::try_from(place).expect("a few"));
    (0..count).flat_map(|place| lab.generate_at(tenant, 1, from + second(place))).collect()
}

/// The arguments of a replay of the last six hours to the sink `out`.
fn last_hours(lab: &Lab, tenant: &str) -> Vec<String> {
    let now = lab.now(tenant);
    span(tenant, now - SignedDuration::from_hours(6), now)
}

fn span(tenant: &str, from: Timestamp, to: Timestamp) -> Vec<String> {
    let words = ["replay", "--tenant", tenant, "--sink", "out", "--from", &from.to_string(), "--to", &to.to_string()];
    words.map(str::to_owned).to_vec()
}

/// Runs a command of the program to its end.
fn ferry(config: &str, arguments: &[String]) -> Output {
    to_its_end().arg("--config").arg(config).args(arguments).output().expect("the program starts")
}

/// Starts a command of the program that somebody is going to interrupt.
fn begun(config: &str, arguments: &[String]) -> Child {
    let mut command = Command::new(BINARY);
    command.arg("--config").arg(config).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the program starts")
}

fn words(of: &[&str]) -> Vec<String> {
    of.iter().map(|word| (*word).to_owned()).collect()
}

/// What a command said, all of it.
fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn code(output: &Output, expected: i32) -> String {
    assert_eq!(output.status.code(), Some(expected), "{}", said(output));
    said(output)
}

/// How often each alert stands in the file, and how often with the mark.
fn counts(daemon: &Daemon) -> BTreeMap<String, (usize, usize)> {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for event in daemon.lines("out") {
        let count = counts.entry(event["finding_info"]["uid"].as_str().expect("an ID").to_owned()).or_default();
        count.0 += 1;
        count.1 += usize::from(is_marked(&event));
    }
    counts
}

fn is_marked(event: &Value) -> bool {
    event["metadata"]["labels"].as_array().is_some_and(|labels| labels.contains(&Value::from("replayed")))
}

/// Every answer takes so long.
fn slow(lab: &Lab, millis: u64) {
    lab.set_fault(&Scope::All, Fault::Slow(std::time::Duration::from_millis(millis)));
}

/// Waits until all these have gone out.
fn wait_for(daemon: &mut Daemon, ids: &[String]) {
    daemon.wait_until("alerts in the file", |daemon| {
        let counts = counts(daemon);
        ids.iter().all(|id| counts.contains_key(id))
    });
}
