//! Alerts that become readable long after their last-update time: the sweep finds them.

use std::time::Duration;

use super::scene::{cloud, due, history, setup};
use super::score::Score;
use super::size;
use super::tail::Tail;

const LIMIT: Duration = Duration::from_mins(2);
/// How often the sweep looks here; an hour by default.
const SWEEP: Duration = Duration::from_secs(3);

/// Alerts become readable so long after their time: while the daemon runs, and while it is stopped.
fn late(score: Score, ago: Duration) {
    let lab = cloud(history(2, 20), &[]);
    let mut daemon = setup(&lab)
        .default("overlap", "\"10m\"")
        .default("lookback", "\"2d\"")
        .default("sweep", "{ every = \"3s\", reach = \"24h\" }")
        .start();
    let mut out = Tail::of(&daemon, "out");
    out.settle(&daemon, &due(&lab), LIMIT);
    for stopped in [false, true] {
        if stopped {
            assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
        }
        for tenant in lab.tenants() {
            lab.generate_at(&tenant.name, size(5, 100), lab.now(&tenant.name) - ago);
        }
        if stopped {
            daemon.restart();
        }
        out.wait_for(&due(&lab), LIMIT);
    }
    let due = due(&lab);
    let arrivals = out.settle(&daemon, &due, LIMIT);
    score.pace(Duration::from_secs(1) + SWEEP).add(&due, arrivals).nothing_to_tell().keep();
}

#[test]
fn an_alert_readable_twenty_minutes_after_its_time_is_found() {
    late(Score::of("readable-20-minutes-late"), Duration::from_mins(20));
}

#[test]
fn an_alert_readable_six_hours_after_its_time_is_found() {
    late(Score::of("readable-6-hours-late"), Duration::from_hours(6));
}
