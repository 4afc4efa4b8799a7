//! Pages that end too early or fail half-way, times as fine as the vendor's, a long backlog: nothing is passed over.

use std::time::Duration;

use alertferry::simulator::Settings;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::scene::{TENANT, asked, cloud, due, each, history, set, setup};
use super::score::Score;
use super::tail::Tail;
use super::{size, told};
use crate::support::service::poll;

/// Far more than it takes, on a machine that does nothing else.
const LIMIT: Duration = Duration::from_mins(20);

#[test]
fn full_pages_without_a_next_link_are_not_the_end() {
    let lab = cloud(history(1, size(300, 5_000)), &["links=never"]);
    let daemon = setup(&lab).default("page_size", "{ graph-alerts = 50 }").start();
    let due = due(&lab);
    let mut out = Tail::of(&daemon, "out");
    let arrivals = out.settle(&daemon, &due, LIMIT);
    Score::of("full-page-without-link").add(&due, arrivals).nothing_to_tell().keep();
}

#[test]
fn a_second_page_that_fails_is_asked_for_again() {
    let faults: &[&str] =
        size(&["status=503*4", "cut*4"], &["status=503*9", "cut*9", "hang-up*9", "html=403*9", "broken-json*9"]);
    let played = each(faults, |fault| {
        // Slow, so that there is time to strike between the first page and the last.
        let lab = cloud(history(1, 100), &["slow=250ms"]);
        let daemon = setup(&lab).default("page_size", "{ graph-alerts = 5 }").start();
        assert!(poll(LIMIT, || asked(&lab, TENANT).iter().any(|request| request.status == 200)), "no first page");
        set(&lab, fault);
        let struck = told::log_in_time(&daemon, "WARN", "The feed could not be read; it is tried again");
        let mut out = Tail::of(&daemon, "out");
        assert!(!out.look().is_empty(), "{fault} struck before anything was delivered");
        let due = due(&lab);
        assert!(out.look().len() < due.len(), "{fault} struck after everything was delivered");
        (due.clone(), out.settle(&daemon, &due, LIMIT).to_vec(), struck)
    });
    let mut score = Score::of("second-page-fails");
    for (due, arrivals, struck) in &played {
        score = score.add(due, arrivals).told(struck.clone());
    }
    score.keep();
}

#[test]
fn times_that_differ_in_the_seventh_digit_are_told_apart_and_gone_on_from() {
    let rows = size(120, 3_000);
    let lab = cloud(Settings::default(), &["links=never", "skip=ignored", "slow=50ms"]);
    let second = Timestamp::from_second(lab.now(TENANT).as_second() - 60).unwrap();
    for tick in 0..rows {
        let at = second + SignedDuration::from_nanos(123_456_700 + tick * 100);
        let alert = json!({"id": format!("da{tick}"), "lastUpdateDateTime": at.to_string(), "severity": "high",
            "serviceSource": "microsoftDefenderForEndpoint", "status": "new"});
        lab.add(TENANT, &alert);
    }
    let due = due(&lab);
    let mut daemon = setup(&lab).default("page_size", "{ graph-alerts = 4 }").start();
    let mut out = Tail::of(&daemon, "out");
    assert!(poll(LIMIT, || out.look().len() >= 20), "nothing arrives");
    // In the middle of that second, a cursor that forgets digits would go back or too far.
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    assert!(out.look().len() < due.len(), "it was to be stopped half-way");
    daemon.restart();
    let arrivals = out.settle(&daemon, &due, LIMIT);
    Score::of("seventh-digit").add(&due, arrivals).nothing_to_tell().keep();
}

#[test]
fn a_long_backlog_comes_in_whole_over_a_restart() {
    let alerts = size(3_000, 45_000);
    let lab = cloud(Settings { history: alerts, history_span: Duration::from_hours(20), ..Settings::default() }, &[]);
    let due = due(&lab);
    // As many requests as Microsoft allows.
    let setup = setup(&lab).default("budget", "{ graph-alerts = \"150/min\" }").default("lookback", "\"2d\"");
    let page = size("{ graph-alerts = 100 }", "{ graph-alerts = 500 }");
    let mut daemon = setup.default("page_size", page).start();
    let mut out = Tail::of(&daemon, "out");
    assert!(poll(LIMIT, || out.look().len() >= alerts / 4), "no quarter of it");
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    assert!(out.look().len() < alerts, "it was to be stopped half-way");
    daemon.restart();
    let arrivals = out.settle(&daemon, &due, LIMIT);
    Score::of("45000-waiting").add(&due, arrivals).nothing_to_tell().keep();
}
