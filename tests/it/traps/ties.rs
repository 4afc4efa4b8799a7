//! More alerts at one moment than a page holds.

use std::time::Duration;

use super::bench::{Watch as _, asked, cloud, history, same_stamp, setup};

/// A burst among others, and whether `$skip` and conditions on other fields were used to get it.
fn burst(alerts: usize, page_size: u32, faults: &[&str]) -> (bool, bool) {
    let lab = cloud(history(20), faults);
    same_stamp(&lab, alerts, Duration::from_mins(5));
    let mut daemon = setup(&lab, page_size).start();
    daemon.settle(&lab);
    daemon.wait_for_state("ok");
    let used = |words: &str| asked(&lab).iter().any(|request| request.query.as_deref().unwrap_or_default().contains(words));
    (used("$skip="), used("severity%20eq"))
}

#[test]
fn a_burst_is_read_by_its_next_links() {
    assert_eq!(burst(1500, 100, &[]), (false, false));
    burst(5000, 500, &[]);
}

#[test]
fn a_burst_without_next_links_is_read_by_offset() {
    assert_eq!(burst(1500, 100, &["links=never"]), (true, false));
    burst(5000, 500, &["links=never"]);
}

#[test]
fn a_burst_whose_offsets_are_ignored_is_read_in_slices() {
    assert_eq!(burst(1500, 100, &["links=never", "skip=ignored"]), (true, true));
    burst(5000, 500, &["links=never", "skip=ignored"]);
}

#[test]
fn a_burst_whose_offsets_are_refused_above_a_ceiling_is_read_in_slices() {
    assert_eq!(burst(1500, 100, &["links=never", "skip=300"]), (true, true));
    burst(5000, 500, &["links=never", "skip=500"]);
}

#[test]
fn a_burst_whose_pages_are_cut_without_notice_is_read_whole() {
    burst(300, 100, &["short-pages=40"]);
    burst(300, 100, &["short-pages=40", "skip=ignored"]);
}

#[test]
fn a_burst_whose_next_links_fail_half_way_is_read_whole() {
    burst(1500, 100, &["links=400"]);
    burst(1500, 100, &["links=loop", "skip=300"]);
}
