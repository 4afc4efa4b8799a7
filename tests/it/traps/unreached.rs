//! Rows that no request reaches: nothing hides them.

use jiff::SignedDuration;
use serde_json::json;

use super::bench::{TENANT, Watch as _, cloud, history, setup};

#[test]
fn rows_that_no_request_reaches_are_told_with_their_time_and_count() {
    let lab = cloud(history(30), &["links=never", "skip=ignored"]);
    let at = lab.now(TENANT) - SignedDuration::from_secs(20);
    let mut expected = lab.readable(TENANT);
    // All alike, so that nothing tells them apart.
    for number in 0..60 {
        lab.add(
            TENANT,
            &json!({"id": format!("same{number}"), "lastUpdateDateTime": at.to_string(), "severity": "high",
            "serviceSource": "microsoftDefenderForEndpoint", "status": "new"}),
        );
    }
    let mut daemon = setup(&lab, 20).start();
    let (error, advice) = daemon.wait_for_state("stalled");
    assert!(error.contains(&at.to_string()) && error.contains("no more than 20 rows"), "{error}");
    assert!(advice.contains("page_size"), "{advice}");
    assert!(!daemon.told("cannot be read completely").is_empty());

    // What lies before and behind them is not held up, and the 20 of them that can be read arrive.
    expected.extend(lab.generate(TENANT, 5));
    daemon.wait_for(&expected);
    let arrived = daemon.arrived();
    assert_eq!(arrived.iter().filter(|id| id.starts_with("same")).count(), 20);
    assert_eq!(arrived.len(), expected.len() + 20);
    // With a page that holds them all the rest comes, and the state says so.
    daemon.stop();
    daemon.setup.set_default("page_size", "{ graph-alerts = 100 }");
    daemon.restart();
    daemon.settle(&lab);
    daemon.wait_for_state("ok");
    assert_eq!(lab.readable(TENANT).len(), 95);
}
