//! Being told to stop: exit codes, deadlines, and outcomes that add up.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use alertferry::simulator::{Fault, Scope, Settings};

use crate::support::daemon::{Daemon, Setup};
use crate::support::lab::Lab;
use crate::support::scrape::Metrics;
use crate::support::service::free_port;

const READ: &str = "alertferry_alerts_read_total";
const OUTCOMES: &str = "alertferry_alerts_total";

fn history(history: usize) -> Lab {
    Lab::start(Settings { tenants: 2, history, history_span: Duration::from_mins(20), ..Settings::default() })
}

fn add_up(metrics: &Metrics) -> bool {
    ["tenant-01", "tenant-02"].iter().all(|tenant| {
        let (read, outcomes) = (metrics.sum(READ, &[("tenant", tenant)]), metrics.sum(OUTCOMES, &[("tenant", tenant)]));
        read == outcomes
    })
}

fn ends_cleanly_on(signal: &str) {
    let lab = history(30);
    lab.set_fault(&Scope::Tenant("tenant-02".to_owned()), Fault::ForeignRecord);
    let mut daemon = Setup::new(&lab).tenant("tenant-01", "filter = { min_severity = \"high\" }").file_sink("out").start();
    // Between two passes they are equal to the last alert; during one, what was read has not yet come to its end.
    daemon.wait_for_metrics("every outcome, and outcomes that add up to what was read", |metrics| {
        let came = |tenant, outcome| metrics.outcome(tenant, outcome) >= 1;
        let all = came("tenant-01", "filtered") && came("tenant-01", "forwarded") && came("tenant-02", "forwarded");
        all && came("tenant-02", "dead_lettered") && came("tenant-02", "duplicate") && add_up(metrics)
    });
    let metrics = daemon.metrics();
    assert_eq!(metrics.outcome("tenant-02", "forwarded"), 30, "{}", metrics.text);
    daemon.service.signal(signal);
    assert_eq!(daemon.service.wait(Duration::from_secs(20)).code(), Some(0), "{}", daemon.log());
    assert!(daemon.log().contains("Stopped; everything in flight was finished"), "{}", daemon.log());
    let forwarded = metrics.outcome("tenant-01", "forwarded") + 30;
    assert_eq!(daemon.lines("out").len() as u64, forwarded, "what counts as forwarded stands in the file");
}

#[test]
fn sigterm_ends_it_cleanly_with_outcomes_that_add_up() {
    ends_cleanly_on("TERM");
}

#[test]
fn sigint_ends_it_cleanly_with_outcomes_that_add_up() {
    ends_cleanly_on("INT");
}

/// Whoever does not heed the deadline or the signal takes a minute or for ever; the rest is for a busy machine.
const ENDED: Duration = Duration::from_secs(30);

#[cfg(feature = "kafka")]
#[test]
fn a_dead_kafka_does_not_spoil_the_end() {
    let lab = history(30);
    let keys = format!("kind = \"kafka\"\nbrokers = [\"127.0.0.1:{}\"]\ntopic = \"t\"", free_port());
    let mut daemon = Setup::new(&lab).top("shutdown_deadline = \"8s\"").sink("siem", &keys).start();
    daemon.wait_for_metrics("alerts read", |metrics| metrics.sum(READ, &[]) >= 1);
    let asked = Instant::now();
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    assert!(asked.elapsed() < ENDED, "{:?}", asked.elapsed());
}

/// A daemon in the middle of a page of several megabytes to a peer that takes connections and reads nothing.
fn stuck(deadline: &str) -> (Lab, Daemon, TcpListener) {
    let lab = history(500);
    let peer = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = peer.local_addr().unwrap();
    let keys = format!("kind = \"syslog\"\naddress = \"{address}\"\ntransport = \"tcp\"");
    let mut daemon = Setup::new(&lab).top(&format!("shutdown_deadline = {deadline:?}")).sink("soc", &keys).start();
    daemon.wait_for_metrics("a page on its way", |metrics| metrics.sum(READ, &[]) >= 500);
    (lab, daemon, peer)
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let (_lab, mut daemon, _peer) = stuck("60s");
    daemon.service.signal("TERM");
    daemon.wait_until("stopping", |daemon| daemon.log().contains("Stopping"));
    let asked = Instant::now();
    assert_eq!(daemon.stop(), Some(2), "{}", daemon.log());
    assert!(asked.elapsed() < ENDED, "{:?}", asked.elapsed());
}

#[test]
fn work_that_the_deadline_cuts_off_is_told_by_the_exit_code() {
    let (_lab, mut daemon, _peer) = stuck("3s");
    let asked = Instant::now();
    assert_eq!(daemon.stop(), Some(2), "{}", daemon.log());
    assert!(asked.elapsed() < ENDED, "{:?}", asked.elapsed());
    assert!(daemon.log().contains("work was cut off"), "{}", daemon.log());
}
