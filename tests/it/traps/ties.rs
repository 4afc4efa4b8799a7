//! More alerts at one moment than a page holds.

use super::bench::{Watch as _, asked, cloud, history, setup, small_burst};

/// By what a burst was read: next links, `$skip`, conditions on other fields.
#[derive(Debug, PartialEq, Eq)]
struct Used {
    links: bool,
    skip: bool,
    slices: bool,
}

/// A burst among others, read whole.
fn burst(alerts: usize, page_size: u32, faults: &[&str]) -> Used {
    let lab = cloud(history(20), faults);
    small_burst(&lab, alerts);
    let mut daemon = setup(&lab, page_size).start();
    daemon.settle(&lab);
    daemon.wait_for_state("ok");
    let used = |words: &str| asked(&lab).iter().any(|request| request.query.as_deref().unwrap_or_default().contains(words));
    Used { links: used("skiptoken="), skip: used("$skip="), slices: used("severity%20eq") }
}

#[test]
fn a_burst_is_read_by_its_next_links() {
    // The end of the links is not believed: one offset behind it looks for more.
    assert_eq!(burst(1500, 100, &[]), Used { links: true, skip: true, slices: false });
    burst(5000, 500, &[]);
}

#[test]
fn a_burst_without_next_links_is_read_by_offset() {
    assert_eq!(burst(1500, 100, &["links=never"]), Used { links: false, skip: true, slices: false });
    burst(5000, 500, &["links=never"]);
}

#[test]
fn a_burst_whose_offsets_are_ignored_is_read_in_slices() {
    assert_eq!(burst(1500, 100, &["links=never", "skip=ignored"]), Used { links: false, skip: true, slices: true });
    burst(5000, 500, &["links=never", "skip=ignored"]);
}

#[test]
fn a_burst_whose_offsets_are_refused_above_a_ceiling_is_read_in_slices() {
    assert_eq!(burst(1500, 100, &["links=never", "skip=300"]), Used { links: false, skip: true, slices: true });
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
