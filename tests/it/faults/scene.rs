//! What most scenarios share: a cloud with a fault, a quick daemon with a file sink, and the wait for everything to arrive.

use std::time::{Duration, Instant};

use super::score::Due;
use crate::support::daemon::{Daemon, Setup};
use crate::support::lab::Lab;
use crate::support::service::poll;
use alertferry::simulator::{Request, Settings, Spec};

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

/// Every alert that the cloud shows by now, once for its tenant. The history is due from the start of the lab on.
pub fn due(lab: &Lab) -> Vec<Due> {
    lab.tenants().iter().flat_map(|tenant| due_of(lab, &tenant.name)).collect()
}

/// As [`due`], of one tenant.
pub fn due_of(lab: &Lab, tenant: &str) -> Vec<Due> {
    let id = id_of(lab, tenant);
    let now = lab.now(tenant);
    let readable = lab.truth(tenant).into_iter().filter(|truth| truth.readable_at <= now);
    readable.map(|truth| Due { key: format!("{id}/{}", truth.id), since: truth.readable_at.max(lab.started) }).collect()
}

/// The ID of a tenant of the lab.
pub fn id_of(lab: &Lab, tenant: &str) -> String {
    lab.tenants().into_iter().find(|one| one.name == tenant).expect("a tenant of the lab").tenant_id
}

/// The requests for pages of a tenant's alerts, oldest first.
pub fn asked(lab: &Lab, tenant: &str) -> Vec<Request> {
    let id = id_of(lab, tenant);
    let ours = |request: &Request| request.path.ends_with("/alerts_v2") && request.tenant.as_ref() == Some(&id);
    lab.requests().recent.into_iter().filter(ours).collect()
}

/// Plays the same scenario with several faults, side by side: most of the time is waiting.
pub fn each<T: Sync, S: Send>(baits: &[T], play: impl Fn(&T) -> S + Sync) -> Vec<S> {
    std::thread::scope(|scope| {
        let running: Vec<_> = baits.iter().map(|bait| scope.spawn(|| play(bait))).collect();
        let ended: Vec<_> = running.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        ended.into_iter().map(|end| end.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
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
