//! Next links: there, missing, looping, failing, leading elsewhere.

use std::net::TcpListener;
use std::time::Duration;

use alertferry::simulator::{Fault, Links, Scope};

use super::bench::{TENANT, Watch as _, asked, cloud, each, history, same_stamp, setup};

/// 60 alerts in pages of 10 and a burst of 35 at one moment: both ways of going on, by time and among ties, are needed.
fn all_arrive(fault: &[&str]) -> crate::support::lab::Lab {
    let lab = cloud(history(60), fault);
    same_stamp(&lab, 35, Duration::from_mins(5));
    setup(&lab, 10).start().settle(&lab);
    lab
}

#[test]
fn next_links_that_work_are_followed_among_ties() {
    let lab = all_arrive(&[]);
    assert!(asked(&lab).iter().any(|request| request.query.as_deref().unwrap_or_default().contains("skiptoken")));
}

#[test]
fn full_pages_without_a_next_link_are_not_the_end() {
    let lab = all_arrive(&["links=never"]);
    assert!(!asked(&lab).iter().any(|request| request.query.as_deref().unwrap_or_default().contains("skiptoken")));
}

#[test]
fn next_links_without_end_are_left() {
    all_arrive(&["links=always"]);
}

#[test]
fn a_next_link_that_leads_to_its_own_page_is_left() {
    all_arrive(&["links=loop"]);
}

#[test]
fn a_next_link_that_is_refused_does_not_lose_the_window() {
    each(&[400, 404, 410], |status| {
        let lab = all_arrive(&[&format!("links={status}")]);
        assert!(lab.requests().with_status(*status) > 0, "no link was tried");
    });
}

#[test]
fn a_next_link_that_fails_does_not_lose_the_window() {
    each(&[500, 503], |status| {
        let lab = all_arrive(&[&format!("links={status}")]);
        assert!(lab.requests().with_status(*status) > 0, "no link was tried");
    });
}

#[test]
fn next_links_that_count_rows_lose_nothing_when_rows_move() {
    all_arrive(&["links=offset", "rows-move*12"]);
}

#[test]
fn an_empty_page_with_a_next_link_is_not_the_end() {
    all_arrive(&["empty-page"]);
}

#[test]
fn a_next_link_to_another_host_is_never_followed_and_the_operator_is_told() {
    let elsewhere = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let port = elsewhere.local_addr().unwrap().port();
    let lab = cloud(history(60), &[]);
    same_stamp(&lab, 35, Duration::from_mins(5));
    let own = lab.base_url().trim_start_matches("http://").to_owned();
    let mut daemon = setup(&lab, 10).start();
    for link in [
        format!("http://127.0.0.1:{port}/v1.0/security/alerts_v2?$skiptoken=x"),
        format!("http://{own}@127.0.0.1:{port}/v1.0/security/alerts_v2?$skiptoken=x"),
        format!("http://localhost:{port}/v1.0/security/alerts_v2?$skiptoken=x"),
    ] {
        lab.set_fault(&Scope::All, Fault::Links(Links::Foreign(link)));
        same_stamp(&lab, 25, Duration::from_secs(20));
        daemon.wait_for(&lab.readable(TENANT));
        // Even the empty page behind the last has such a link: nobody can know what it would lead to.
        daemon.wait_for_state("stalled");
    }
    lab.clear_faults();
    daemon.settle(&lab);
    daemon.wait_for_state("ok");
    // Whoever connects stands in the listener's queue, even if nobody has accepted yet.
    let contact = elsewhere.accept();
    assert!(contact.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock), "the other host was contacted");
    let told = daemon.told("A next link points at another host");
    assert_eq!(told.len(), 2, "each host is told once: {told:?}");
    assert_eq!((&told[0]["host"], &told[0]["level"]), (&"127.0.0.1".into(), &"WARN".into()));
}
