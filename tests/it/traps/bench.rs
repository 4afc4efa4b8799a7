//! One daemon in front of one cloud, and the questions that every trap asks of them.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use alertferry::simulator::{Request, Settings};
use jiff::Timestamp;
use serde_json::Value;

use crate::faults::scene;
pub use crate::faults::scene::{cloud, each, set};
use crate::support::daemon::{Daemon, Setup};
use crate::support::lab::Lab;
use crate::support::service::poll;

/// The tenant of most tests.
pub const TENANT: &str = "tenant-01";

/// How long a wait may take; far more than it does.
const GENEROUS: Duration = Duration::from_mins(1);

/// A cloud with so many alerts spread over the last half hour.
pub fn history(alerts: usize) -> Settings {
    Settings { history: alerts, history_span: Duration::from_mins(30), ..Settings::default() }
}

/// Adds so many alerts at one moment to the tenant of most tests.
pub fn same_stamp(lab: &Lab, alerts: usize, ago: Duration) {
    lab.generate_at(TENANT, alerts, lab.now(TENANT) - ago);
}

/// A daemon that writes what the vendor sent to the file sink `out`, asks for so many rows at once and recovers quickly.
pub fn setup(lab: &Lab, page_size: u32) -> Setup {
    scene::setup(lab).default("page_size", &format!("{{ graph-alerts = {page_size} }}"))
}

/// Questions about a running daemon.
pub trait Watch {
    /// Waits until everything that the cloud shows has arrived and a look begun after that has ended well; then nothing may
    /// have come twice, and nothing that the cloud does not have.
    fn settle(&mut self, lab: &Lab);
    /// As [`Watch::settle`], with the IDs that must arrive.
    fn settle_with(&mut self, lab: &Lab, expected: &BTreeSet<String>);
    /// Waits until the file sink holds all these IDs.
    fn wait_for(&mut self, expected: &BTreeSet<String>);
    /// Waits until a look that begins now has ended well.
    fn wait_for_a_pass(&mut self);
    /// The IDs in the file sink, in the order of their arrival.
    fn arrived(&self) -> Vec<String>;
    /// How the feed of a tenant is doing, as the admin endpoint tells.
    fn feed(&self, tenant: &str) -> Value;
    /// Waits for a state of the tenant of most tests and gives its last error and its advice.
    fn wait_for_state(&mut self, state: &str) -> (String, String);
    /// What was kept aside.
    fn dead_letters(&self) -> Vec<Value>;
    /// The lines of the log whose message holds these words.
    fn told(&self, words: &str) -> Vec<Value>;
}

impl Watch for Daemon {
    fn settle(&mut self, lab: &Lab) {
        let expected = lab.tenants().iter().flat_map(|tenant| lab.readable(&tenant.name)).collect();
        self.settle_with(lab, &expected);
    }

    fn settle_with(&mut self, _lab: &Lab, expected: &BTreeSet<String>) {
        self.wait_for(expected);
        self.wait_for_a_pass();
        let arrived = self.arrived();
        let distinct: BTreeSet<String> = arrived.iter().cloned().collect();
        assert_eq!(&distinct, expected, "something came that should not");
        assert_eq!(arrived.len(), distinct.len(), "something came twice");
    }

    fn wait_for(&mut self, expected: &BTreeSet<String>) {
        let missing = |daemon: &Self| {
            let arrived: BTreeSet<String> = daemon.arrived().into_iter().collect();
            expected.iter().filter(|id| !arrived.contains(*id)).count()
        };
        let came = poll(GENEROUS, || missing(self) == 0);
        assert!(came, "{} of {} are lost; {}", missing(self), expected.len(), self.feed(TENANT));
    }

    fn wait_for_a_pass(&mut self) {
        let started = Instant::now();
        let last = |daemon: &Self| daemon.feed(TENANT)["last_success"].as_str().map(str::to_owned);
        // The first one to end may have begun before.
        for _ in 0..2 {
            let before = last(self);
            let ended = poll(GENEROUS, || last(self) != before);
            assert!(ended, "no look ended well for {:?}: {}", started.elapsed(), self.feed(TENANT));
        }
    }

    fn arrived(&self) -> Vec<String> {
        #[derive(serde::Deserialize)]
        struct Line {
            id: String,
        }
        let text = std::fs::read_to_string(self.folder().join("out.jsonl")).unwrap_or_default();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        // Not as a whole: what nests without end passes through as it came.
        let id = |line| serde_json::from_str::<Line>(line).expect("an alert with its ID").id;
        whole.lines().map(id).collect()
    }

    fn feed(&self, tenant: &str) -> Value {
        self.json(&format!("/api/v1/tenants/{tenant}"))["feeds"][0].clone()
    }

    fn wait_for_state(&mut self, state: &str) -> (String, String) {
        let mut feed = Value::Null;
        let came = poll(GENEROUS, || {
            feed = self.feed(TENANT);
            feed["state"] == state && (state != "ok" || feed["last_success"].is_string())
        });
        assert!(came, "never {state}: {feed}");
        let text = |key: &str| feed[key].as_str().unwrap_or_default().to_owned();
        (text("last_error"), text("advice"))
    }

    fn dead_letters(&self) -> Vec<Value> {
        self.json("/api/v1/dead-letters").as_array().expect("a list").clone()
    }

    fn told(&self, words: &str) -> Vec<Value> {
        let log = self.log();
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.filter(|line| line["message"].as_str().is_some_and(|message| message.contains(words))).collect()
    }
}

/// The requests for pages of alerts, oldest first.
pub fn asked(lab: &Lab) -> Vec<Request> {
    lab.requests().recent.into_iter().filter(|request| request.path.ends_with("/alerts_v2")).collect()
}

/// How often tokens were asked for.
pub fn sign_ins(lab: &Lab) -> u64 {
    lab.requests().to("/token")
}

/// Seconds from one moment to a later one.
pub fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}
