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
        let filtered = "alertferry_alerts_total{feed=\"xdr-incidents\",outcome=\"filtered\"";
        daemon.wait_until("the other kind among the filtered", |daemon| {
            daemon.get("/metrics").body.lines().any(|line| {
                line.starts_with("alertferry_alerts_total") && line.contains("outcome=\"filtered\"") && !line.ends_with(" 0")
            })
        });
        assert_eq!(daemon.stop(), Some(0), "{filtered}");
        let events = daemon.lines("out");
        assert_eq!(alerts(&events).is_empty(), wanted == "incidents");
        assert_eq!(incidents(&events).is_empty(), wanted == "alerts");
    }
}
