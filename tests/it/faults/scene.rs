//! What most scenarios share: a cloud with a fault, a quick daemon with a file sink, and the wait for everything to arrive.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use alertferry::simulator::{Settings, Spec};
use jiff::Timestamp;

use super::score::{Arrival, Due};
use crate::support::daemon::{Daemon, Setup};
use crate::support::lab::Lab;
use crate::support::service::poll;

/// The tenant of most scenarios.
pub const TENANT: &str = "tenant-01";

/// A cloud with these faults on, each in the words of the command line: `KIND[=ARGUMENT][*TIMES][@TENANT][ feed=FEED]`.
pub fn cloud(settings: Settings, faults: &[&str]) -> Lab {
    let lab = Lab::start(settings);
    for fault in faults {
        set(&lab, fault);
    }
    lab
}

/// Switches a fault on.
pub fn set(lab: &Lab, fault: &str) {
    lab.set(fault.parse::<Spec>().unwrap_or_else(|error| panic!("{error}")));
}

/// A cloud with so many tenants, each with so many alerts spread over the last half hour.
pub fn history(tenants: usize, alerts: usize) -> Settings {
    Settings { tenants, history: alerts, history_span: Duration::from_mins(30), ..Settings::default() }
}

/// A daemon that looks every second, recovers quickly, has budget enough and writes what the vendor sent to the file sink `out`.
pub fn setup(lab: &Lab) -> Setup {
    Setup::new(lab)
        .default("budget", "{ graph-alerts = \"10000/s\" }")
        .default("feed_retry", "{ first = \"100ms\", most = \"500ms\" }")
        .default("sweep", "{ every = \"0s\" }")
        .default("recheck", "\"1s\"")
        .sink("out", "kind = \"file\"\nformat = \"raw\"\npath = \"{folder}/out.jsonl\"")
}

/// Every alert that the cloud shows by now, once for its tenant.
pub fn due(lab: &Lab) -> Vec<Due> {
    lab.tenants().iter().flat_map(|tenant| due_of(lab, &tenant.name)).collect()
}

/// As [`due`], of one tenant.
pub fn due_of(lab: &Lab, tenant: &str) -> Vec<Due> {
    let id = lab.tenants().into_iter().find(|one| one.name == tenant).expect("a tenant of the lab").tenant_id;
    let now = lab.now(tenant);
    let readable = lab.truth(tenant).into_iter().filter(|truth| truth.readable_at <= now);
    readable.map(|truth| Due { key: format!("{id}/{}", truth.id), since: truth.readable_at }).collect()
}

/// A file sink that writes the vendor's records (format `raw`), read as it grows, so that each arrival has its time.
pub struct Tail {
    path: PathBuf,
    read: u64,
    /// The beginning of a line that is not whole yet.
    rest: Vec<u8>,
    /// Whether each revision counts by itself.
    revisions: bool,
    arrivals: Vec<Arrival>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    id: String,
    tenant_id: String,
    last_update_date_time: Timestamp,
}

impl Tail {
    /// Of the sink `NAME`, which writes to `NAME.jsonl` in the daemon's folder.
    pub fn of(daemon: &Daemon, name: &str) -> Self {
        let path = daemon.folder().join(format!("{name}.jsonl"));
        Self { path, read: 0, rest: Vec::new(), revisions: false, arrivals: Vec::new() }
    }

    /// Tells revisions apart: their keys end in `@` and the last-update time.
    pub fn with_revisions(self) -> Self {
        Self { revisions: true, ..self }
    }

    /// Reads what has come since the last look, and gives all that has come so far.
    pub fn look(&mut self) -> &[Arrival] {
        let Ok(mut file) = File::open(&self.path) else { return &self.arrivals };
        file.seek(SeekFrom::Start(self.read)).expect("a place in the file");
        let read = file.read_to_end(&mut self.rest).expect("a file that can be read");
        self.read += read as u64;
        let at = alertferry::clock::now();
        let whole = self.rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        for line in self.rest[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let line: Line = serde_json::from_slice(line).expect("a record with tenant, ID and time");
            let revision = if self.revisions { format!("@{}", line.last_update_date_time) } else { String::new() };
            self.arrivals.push(Arrival { key: format!("{}/{}{revision}", line.tenant_id, line.id), at: Some(at) });
        }
        self.rest.drain(..whole);
        &self.arrivals
    }

    /// Waits until all of these have arrived, for so long at most; what is missing then is for the score to tell.
    pub fn wait_for(&mut self, due: &[Due], limit: Duration) {
        let mut missing: BTreeSet<&str> = due.iter().map(|one| one.key.as_str()).collect();
        let mut seen = 0;
        poll(limit, || {
            for arrival in &self.look()[seen..] {
                missing.remove(arrival.key.as_str());
            }
            seen = self.arrivals.len();
            missing.is_empty()
        });
    }

    /// Waits as [`Tail::wait_for`], then until every tenant has been looked at twice more, so that repeats would show.
    pub fn settle(&mut self, daemon: &mut Daemon, due: &[Due], limit: Duration) -> &[Arrival] {
        self.wait_for(due, limit);
        look_again(daemon, limit);
        self.look()
    }
}

/// Waits until a look that begins now has ended well for every feed.
pub fn look_again(daemon: &Daemon, limit: Duration) {
    let ends = || -> Vec<String> {
        let tenants = daemon.json("/api/v1/tenants");
        let feeds = tenants.as_array().into_iter().flatten().flat_map(|tenant| tenant["feeds"].as_array().into_iter().flatten());
        feeds.map(|feed| feed["last_success"].to_string()).collect()
    };
    let started = Instant::now();
    // The first one to end may have begun before.
    for _ in 0..2 {
        let before = ends();
        let ended = poll(limit, || ends().iter().zip(&before).all(|(now, before)| now != before));
        assert!(ended, "no look at every feed ended well for {:?}: {}", started.elapsed(), daemon.json("/api/v1/tenants"));
    }
}
