//! The ledger beside a running daemon: who has it, how large it is, what is said when it is new or gone, and when letters go.

use std::fs;
use std::time::Duration;

use alertferry::simulator::Settings;

use crate::support::daemon::{Setup, alertferry};
use crate::support::lab::Lab;

#[test]
fn a_ledger_that_had_to_be_made_says_what_that_costs_and_names_its_user() {
    let lab = Lab::start(Settings { tenants: 1, history: 20, history_span: Duration::from_mins(10), ..Settings::default() });
    let mut daemon = Setup::new(&lab).file_sink("out").start();
    daemon.wait_until("20 alerts", |daemon| daemon.lines("out").len() >= 20);
    assert!(daemon.log().contains("There was no ledger; an empty one was made"), "{}", daemon.log());
    daemon.wait_for_metrics("sizes of the ledger", |metrics| {
        metrics.sum("alertferry_ledger_bytes", &[]) > 0
            && metrics.sum("alertferry_ledger_disk_free_bytes", &[]) > 0
            && metrics.sum("alertferry_ledger_commit_seconds_count", &[]) > 0
    });
    let config = daemon.config();
    let compact = alertferry(&["ledger", "compact", "--config", &config]);
    let said = String::from_utf8_lossy(&compact.stderr);
    assert_eq!(compact.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("in use by process {}", daemon.service.pid())) && said.contains(": alertferry "), "{said}");
    let show = alertferry(&["ledger", "show", "--config", &config]);
    let shown = String::from_utf8_lossy(&show.stdout);
    assert!(shown.contains("tenant-01  graph-alerts  out"), "{shown}");
    assert_eq!(daemon.stop(), Some(0));

    fs::remove_file(daemon.folder().join("ledger/ledger.sqlite3")).unwrap();
    daemon.restart();
    assert!(daemon.log().contains("The ledger was gone and had to be made anew"), "{}", daemon.log());
    daemon.wait_until("one look-back of repeats", |daemon| daemon.lines("out").len() >= 40);
}
