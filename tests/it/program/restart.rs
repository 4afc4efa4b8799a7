//! Across restarts: nothing twice, changes once more where they are asked for, late arrivals once.

use alertferry::simulator::Settings;

use super::counts;
use crate::support::daemon::Setup;
use crate::support::lab::Lab;

#[test]
fn nothing_is_sent_twice_across_a_clean_restart() {
    let lab =
        Lab::start(Settings { tenants: 3, history: 20, history_span: std::time::Duration::from_mins(10), ..Settings::default() });
    let mut daemon = Setup::new(&lab).file_sink("out").start();
    daemon.wait_until("60 alerts", |daemon| daemon.lines("out").len() >= 60);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());

    let fresh = lab.generate("tenant-02", 5);
    daemon.restart();
    daemon.wait_until("the 5 new alerts", |daemon| daemon.lines("out").len() >= 65);
    // The overlap was read again, and dropped.
    daemon.wait_for_metrics("known alerts dropped", |metrics| {
        ["tenant-01", "tenant-03"].iter().all(|tenant| metrics.sum("alertferry_alerts_read_total", &[("tenant", tenant)]) >= 1.0)
            || metrics.sum("alertferry_alerts_total", &[("outcome", "duplicate")]) >= 5.0
    });
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    let counts = counts(&daemon.lines("out"));
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
    assert!(fresh.iter().all(|id| counts.contains_key(id)));
    assert_eq!(counts.len(), 65);
}
