//! What arrived at a sink: a file that is read as it grows, or messages that somebody else has read.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use super::scene::look_again;
use super::score::{Arrival, Due};
use crate::support::daemon::Daemon;
use crate::support::service::poll;

/// A file sink, read as it grows, so that each arrival has its time. Its format is `raw` with the feeds of Graph, or `ocsf`.
pub struct Tail {
    path: PathBuf,
    read: u64,
    /// The beginning of a line that is not whole yet.
    rest: Vec<u8>,
    revisions: bool,
    arrivals: Vec<Arrival>,
}

impl Tail {
    /// Of the sink `NAME`, which writes to `NAME.jsonl` in the daemon's folder.
    pub fn of(daemon: &Daemon, name: &str) -> Self {
        let path = daemon.folder().join(format!("{name}.jsonl"));
        Self { path, read: 0, rest: Vec::new(), revisions: false, arrivals: Vec::new() }
    }

    /// Tells revisions apart, see [`key`].
    pub fn with_revisions(self) -> Self {
        Self { revisions: true, ..self }
    }

    /// Reads what has come since the last look, and gives all that has come so far.
    pub fn look(&mut self) -> &[Arrival] {
        let Ok(mut file) = File::open(&self.path) else { return &self.arrivals };
        file.seek(SeekFrom::Start(self.read)).expect("a place in the file");
        let read = file.read_to_end(&mut self.rest).expect("a file that can be read");
        self.read += read as u64;
        let at = Some(alertferry::clock::now());
        let whole = self.rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let lines = self.rest[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        self.arrivals.extend(lines.map(|line| Arrival { key: key(line, self.revisions), at }));
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

    /// Waits as [`Tail::wait_for`], then until every feed has been looked at twice more, so that repeats would show.
    pub fn settle(&mut self, daemon: &Daemon, due: &[Due], limit: Duration) -> &[Arrival] {
        self.wait_for(due, limit);
        look_again(daemon, limit);
        self.look()
    }
}

/// What stands by now in the file of the sink `NAME`. When it came is not asked.
pub fn in_file(daemon: &Daemon, name: &str) -> Vec<Arrival> {
    let mut tail = Tail::of(daemon, name);
    tail.look();
    tail.arrivals.into_iter().map(|arrival| Arrival { at: None, ..arrival }).collect()
}

/// What of these belongs to a tenant, by its ID.
pub fn of_tenant(arrivals: &[Arrival], tenant_id: &str) -> Vec<Arrival> {
    arrivals.iter().filter(|arrival| arrival.key.starts_with(tenant_id)).cloned().collect()
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    id: String,
    tenant_id: String,
    last_update_date_time: Timestamp,
    service_source: Option<serde::de::IgnoredAny>,
}

#[derive(serde::Deserialize)]
struct Event {
    metadata: Metadata,
    finding_info: Option<Finding>,
}

#[derive(serde::Deserialize)]
struct Metadata {
    tenant_uid: String,
    /// The incident's number.
    correlation_uid: Option<String>,
}

#[derive(serde::Deserialize)]
struct Finding {
    uid: String,
}

/// `TENANT-ID/ALERT-ID`, or `TENANT-ID/incident:NUMBER`; with revisions (format `raw` only), `@` and the last-update time follow.
pub fn key(message: &[u8], revisions: bool) -> String {
    if let Ok(Raw { id, tenant_id, last_update_date_time: at, service_source }) = serde_json::from_slice(message) {
        let kind = if service_source.is_some() { "" } else { "incident:" };
        let revision = if revisions { format!("@{at}") } else { String::new() };
        return format!("{tenant_id}/{kind}{id}{revision}");
    }
    let event: Event = serde_json::from_slice(message).expect("a record of Graph, or an event of OCSF");
    let id = match (event.finding_info, event.metadata.correlation_uid) {
        (Some(finding), _) => finding.uid,
        (None, Some(incident)) => format!("incident:{incident}"),
        (None, None) => panic!("an event without an ID: {}", String::from_utf8_lossy(message)),
    };
    format!("{}/{id}", event.metadata.tenant_uid)
}
