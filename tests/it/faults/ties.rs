//! More alerts at one moment than a page holds, in each of the ways in which the API may or may not help.

use std::time::Duration;

use serde_json::json;

use super::scene::{TENANT, asked, cloud, due, each, history, setup};
use super::score::{Arrival, Due, Score};
use super::tail::Tail;
use super::{long, told};
use crate::support::lab::Lab;

const LIMIT: Duration = Duration::from_mins(5);

/// By what a burst was read: next links, `$skip`, conditions on other fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Used {
    links: bool,
    skip: bool,
    slices: bool,
}

/// How the API helps, and by what a burst is read then.
const WAYS: [(&[&str], Used); 4] = [
    // The end of the links is not believed: one offset behind it looks for more.
    (&[], Used { links: true, skip: true, slices: false }),
    (&["links=never"], Used { links: false, skip: true, slices: false }),
    (&["links=never", "skip=ignored"], Used { links: false, skip: true, slices: true }),
    (&["links=never", "skip=300"], Used { links: false, skip: true, slices: true }),
];

/// So many small alerts at one moment, as different as slices need them: a burst of thousands is about their number.
fn small_burst(lab: &Lab, alerts: usize) {
    let at = lab.now(TENANT) - Duration::from_mins(5);
    let tenant = lab.tenants()[0].tenant_id.clone();
    let services = ["microsoftDefenderForEndpoint", "microsoftSentinel", "dataLossPrevention", "aServiceOfTomorrow"];
    let (severities, statuses) = (["informational", "low", "medium", "high"], ["new", "inProgress", "resolved"]);
    for number in 0..alerts {
        let alert = json!({
            "id": format!("burst{number}"),
            "tenantId": tenant,
            "createdDateTime": at.to_string(),
            "lastUpdateDateTime": at.to_string(),
            "severity": severities[number % 4],
            "serviceSource": services[number / 4 % 4],
            "status": statuses[number / 16 % 3],
        });
        lab.add_text(TENANT, &alert.to_string());
    }
}

/// A burst among others, read whole, with what was due, what came and by what it was read.
fn burst(alerts: usize, page_size: usize, faults: &[&str]) -> (Vec<Due>, Vec<Arrival>, Used) {
    let lab = cloud(history(1, 20), faults);
    small_burst(&lab, alerts);
    let due = due(&lab);
    let daemon = setup(&lab).default("page_size", &format!("{{ graph-alerts = {page_size} }}")).start();
    let arrivals = Tail::of(&daemon, "out").settle(&daemon, &due, LIMIT).to_vec();
    assert!(told::state(&daemon, TENANT, "graph-alerts", "ok").is_some(), "{faults:?}: {}", daemon.log());
    let used =
        |words: &str| asked(&lab, TENANT).iter().any(|request| request.query.as_deref().unwrap_or_default().contains(words));
    (due, arrivals, Used { links: used("skiptoken="), skip: used("$skip="), slices: used("severity%20eq") })
}

fn bursts(mut score: Score, alerts: usize, page_size: usize, ways: &[(&[&str], Used)]) {
    let played = each(ways, |(faults, _)| burst(alerts, page_size, faults));
    for ((faults, expected), (due, arrivals, used)) in ways.iter().zip(&played) {
        assert_eq!(used, expected, "{faults:?}");
        score = score.add(due, arrivals);
    }
    score.nothing_to_tell().keep();
}

#[test]
fn fifteen_pages_of_alerts_at_one_moment_are_read_in_each_way() {
    bursts(Score::of("1500-at-one-time"), 1_500, 100, &WAYS);
}

#[test]
fn ten_large_pages_of_alerts_at_one_moment_are_read_whole() {
    bursts(Score::of("5000-at-one-time"), 5_000, 500, if long() { &WAYS } else { &WAYS[3..] });
}

#[test]
fn a_burst_whose_pages_are_cut_or_whose_links_fail_is_read_whole() {
    let ways = [
        (300, ["short-pages=40", "skip=1000"]),
        (300, ["short-pages=40", "skip=ignored"]),
        (1_000, ["links=400", "skip=300"]),
        (1_000, ["links=loop", "skip=300"]),
    ];
    let played = each(&ways, |(alerts, faults)| burst(*alerts, 100, faults));
    let score = Score::of("one-time-and-broken-paging");
    played.iter().fold(score, |score, (due, arrivals, _)| score.add(due, arrivals)).nothing_to_tell().keep();
}

#[test]
fn rows_that_no_request_reaches_are_told_with_their_time_and_count_and_come_once_a_page_holds_them() {
    let lab = cloud(history(1, 30), &["links=never", "skip=ignored"]);
    let at = lab.now(TENANT) - Duration::from_secs(20);
    let before = due(&lab);
    // All alike, so that nothing tells them apart.
    for number in 0..60 {
        let alert = json!({"id": format!("same{number}"), "lastUpdateDateTime": at.to_string(), "severity": "high",
            "serviceSource": "microsoftDefenderForEndpoint", "status": "new"});
        lab.add(TENANT, &alert);
    }
    let mut daemon = setup(&lab).default("page_size", "{ graph-alerts = 20 }").start();
    let mut out = Tail::of(&daemon, "out");
    let stalled = told::state(&daemon, TENANT, "graph-alerts", "stalled");
    for words in [at.to_string().as_str(), "no more than 20 rows", "page_size"] {
        assert!(stalled.as_deref().is_some_and(|told| told.contains(words)), "{words}: {stalled:?}");
    }
    let loud = told::log(&daemon, "ERROR", "cannot be read completely");

    // What lies before and behind them is not held up, and the 20 of them that can be read arrive.
    let behind = lab.generate(TENANT, 5);
    let reached = |due: &Due| before.contains(due) || behind.iter().any(|id| due.key.ends_with(id));
    let reachable: Vec<_> = due(&lab).into_iter().filter(reached).collect();
    out.wait_for(&reachable, LIMIT);
    assert_eq!(out.look().len(), reachable.len() + 20, "{reachable:?}");
    // As the advice says: with a page that holds them all, the rest comes.
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    daemon.setup.set_default("page_size", "{ graph-alerts = 100 }");
    daemon.restart();
    let due = due(&lab);
    let arrivals = out.settle(&daemon, &due, LIMIT);
    assert!(told::state(&daemon, TENANT, "graph-alerts", "ok").is_some(), "{}", daemon.log());
    Score::of("beyond-reach-at-one-time").add(&due, arrivals).told(stalled).told(loud).keep();
}
