//! More alerts at one moment than a page holds.

use super::bench::{Watch as _, asked, cloud, each, history, setup, small_burst};

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

/// Fifteen small pages of rows and ten large ones, read in the same way.
fn bursts(faults: &[&str], used: &Used) {
    each(&[(1500, 100), (5000, 500)], |(alerts, page_size)| assert_eq!(&burst(*alerts, *page_size, faults), used));
}

#[test]
fn a_burst_is_read_by_its_next_links() {
    // The end of the links is not believed: one offset behind it looks for more.
    bursts(&[], &Used { links: true, skip: true, slices: false });
}

#[test]
fn a_burst_without_next_links_is_read_by_offset() {
    bursts(&["links=never"], &Used { links: false, skip: true, slices: false });
}

#[test]
fn a_burst_whose_offsets_are_ignored_is_read_in_slices() {
    bursts(&["links=never", "skip=ignored"], &Used { links: false, skip: true, slices: true });
}

#[test]
fn a_burst_whose_offsets_are_refused_above_a_ceiling_is_read_in_slices() {
    bursts(&["links=never", "skip=300"], &Used { links: false, skip: true, slices: true });
}

#[test]
fn a_burst_whose_pages_are_cut_without_notice_is_read_whole() {
    each(&["skip=1000", "skip=ignored"], |skip| {
        burst(300, 100, &["short-pages=40", skip]);
    });
}

#[test]
fn a_burst_whose_next_links_fail_half_way_is_read_whole() {
    each(&["links=400", "links=loop"], |links| {
        burst(1500, 100, &[links, "skip=300"]);
    });
}
