//! Clocks that disagree, and answers that do not tell the time.

use super::bench::{TENANT, Watch as _, cloud, history, setup};

/// What comes after the first look must arrive as well: a window that ended in the server's future would have passed it over.
fn all_arrive(fault: &str) {
    let lab = cloud(history(0), &[fault]);
    lab.generate(TENANT, 20);
    let mut daemon = setup(&lab, 10).default("overlap", "\"5s\"").default("lookback", "\"2h\"").start();
    for _ in 0..2 {
        daemon.settle(&lab);
        lab.generate(TENANT, 10);
    }
    daemon.settle(&lab);
    daemon.wait_for_state("ok");
}

#[test]
fn a_server_an_hour_behind_loses_nothing() {
    all_arrive("skew=-1h");
}

#[test]
fn a_server_an_hour_ahead_loses_nothing() {
    all_arrive("skew=1h");
}

#[test]
fn answers_without_a_date_lose_nothing() {
    all_arrive("no-date");
}
