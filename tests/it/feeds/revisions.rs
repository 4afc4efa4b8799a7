//! What becomes of later revisions: of alerts as the sink asks, of incidents always.

use std::time::Duration;

use alertferry::simulator::Settings;

use super::{alerts, counts, incidents, reading, shown, wait_for};
use crate::support::lab::Lab;

fn lab() -> Lab {
    Lab::start(Settings { history: 20, history_span: Duration::from_mins(30), ..Settings::default() })
}

#[test]
fn an_incident_goes_out_at_each_revision_and_its_alert_once() {
    let lab = lab();
    let mut daemon = reading(&lab, &["graph-incidents"]).start();
    let all = shown(&lab, "tenant-01", "graph-incidents");
    wait_for(&mut daemon, &all);
    let before = counts(&incidents(&daemon.lines("out")));
    let changed = all.first().expect("an alert");
    assert!(lab.change("tenant-01", changed));
    daemon.wait_until("the incident's next revision", |daemon| counts(&incidents(&daemon.lines("out"))) != before);
    assert_eq!(daemon.stop(), Some(0));

    let events = daemon.lines("out");
    assert!(counts(&alerts(&events)).values().all(|count| *count == 1), "send = \"new\" repeats no alert");
    let after = counts(&incidents(&events));
    let again: Vec<_> = after.iter().filter(|(id, count)| before.get(*id) != Some(count)).collect();
    assert_eq!(again.len(), 1, "one incident changed: {again:?}");
    let activities: Vec<u64> = incidents(&events)
        .iter()
        .filter(|event| super::id(event) == *again[0].0)
        .filter_map(|event| event["activity_id"].as_u64())
        .collect();
    assert_eq!(activities[0], 1, "Create comes first");
    assert!(activities[1..].iter().all(|activity| [2, 3].contains(activity)), "then Update or Close: {activities:?}");
}

#[test]
fn a_filter_of_kinds_picks_alerts_or_incidents() {
    let lab = lab();
    for (kinds, wanted) in [("[\"alert\"]", "alerts"), ("[\"incident\"]", "incidents")] {
        let mut daemon = reading(&lab, &["xdr-incidents"]).default("filter", &format!("{{ kinds = {kinds} }}")).start();
        daemon.wait_until("anything at all", |daemon| !daemon.lines("out").is_empty());
        daemon.wait_until("the other kind among the filtered", |daemon| {
            daemon.get("/metrics").body.lines().any(|line| {
                line.starts_with("alertferry_alerts_total") && line.contains("outcome=\"filtered\"") && !line.ends_with(" 0")
            })
        });
        assert_eq!(daemon.stop(), Some(0));
        let events = daemon.lines("out");
        assert_eq!(alerts(&events).is_empty(), wanted == "incidents");
        assert_eq!(incidents(&events).is_empty(), wanted == "alerts");
    }
}

#[test]
fn a_merged_incident_is_closed_and_names_the_one_that_took_its_alerts() {
    let lab = lab();
    let truth = lab.incidents("tenant-01");
    let (from, into) = (truth[0].id.clone(), truth[1].id.clone());
    let mut daemon = reading(&lab, &["graph-incidents"]).start();
    wait_for(&mut daemon, &shown(&lab, "tenant-01", "graph-incidents"));
    lab.merge("tenant-01", &from, &into);
    daemon.wait_until("the merged incident closed", |daemon| {
        let events = daemon.lines("out");
        incidents(&events).iter().any(|event| super::id(event) == from && event["activity_id"] == 3)
    });
    assert_eq!(daemon.stop(), Some(0));
    let events = daemon.lines("out");
    let closed = incidents(&events).into_iter().rfind(|event| super::id(event) == from).expect("the incident");
    assert_eq!((closed["status"].as_str(), &closed["is_alert"]), (Some("Closed"), &serde_json::json!(false)));
    assert_eq!(closed["finding_info_list"][0]["related_events"][0]["uid"], into.as_str());
    assert!(counts(&alerts(&events)).values().all(|count| *count == 1), "its alerts have changed, and were known");
}
