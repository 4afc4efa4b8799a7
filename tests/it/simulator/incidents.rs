//! Incidents: they follow their alerts, through whichever API they are read, and can be merged.

use alertferry::simulator::Settings;
use serde_json::{Value, json};

use super::client::{Bench, bench};

const INCIDENTS: &str = "/v1.0/security/incidents";

async fn two_incidents() -> Bench {
    let bench = bench(Settings::default()).await;
    for (id, incident, stamp, severity) in [
        ("da1", "7", "2026-03-02T07:00:00Z", "low"),
        ("ra2", "7", "2026-03-02T07:05:00.1234567Z", "high"),
        ("fa3", "8", "2026-03-02T07:03:00Z", "medium"),
    ] {
        let alert = json!({"id": id, "incidentId": incident, "lastUpdateDateTime": stamp, "severity": severity, "status": "new"});
        bench.cloud.add(&bench.tenant, &alert);
    }
    bench
}

fn rows(page: &Value) -> Vec<Value> {
    page["value"].as_array().expect("rows").clone()
}

#[tokio::test]
async fn an_incident_is_made_of_its_alerts_and_moves_when_one_of_them_changes() {
    let bench = two_incidents().await;
    let page = bench.feed(INCIDENTS, &[("$orderby", "lastUpdateDateTime asc")]).await;
    let short =
        |row: &Value| (row["id"].clone(), row["lastUpdateDateTime"].clone(), row["severity"].clone(), row["status"].clone());
    assert_eq!(
        rows(&page).iter().map(short).collect::<Vec<_>>(),
        [
            (json!("8"), json!("2026-03-02T07:03:00Z"), json!("medium"), json!("active")),
            (json!("7"), json!("2026-03-02T07:05:00.1234567Z"), json!("high"), json!("active")),
        ]
    );
    assert!(rows(&page).iter().all(|row| row.get("alerts").is_none() && row["tenantId"] == *bench.tenant));
    let before = bench.cloud.incidents(&bench.tenant);
    assert!(bench.cloud.change(&bench.tenant, "fa3"));
    let after = bench.cloud.incidents(&bench.tenant);
    assert_eq!(before[0], after[0], "the other incident stays as it is");
    assert!(after[1].updated > before[1].updated);
    let changed = bench.feed(&format!("{INCIDENTS}/8"), &[("$expand", "alerts")]).await;
    assert_eq!((&changed["status"], &changed["alerts"][0]["id"]), (&json!("inProgress"), &json!("fa3")));
    assert_eq!(changed["lastUpdateDateTime"], changed["alerts"][0]["lastUpdateDateTime"]);
    let alerts = bench.feed(&format!("{INCIDENTS}/7/alerts"), &[]).await;
    assert_eq!(rows(&alerts).iter().map(|row| row["id"].clone()).collect::<Vec<_>>(), [json!("da1"), json!("ra2")]);
}

#[tokio::test]
async fn a_merged_incident_stays_behind_and_its_alerts_come_again_under_the_other() {
    let bench = two_incidents().await;
    let before = bench.cloud.truth(&bench.tenant);
    bench.cloud.merge(&bench.tenant, "7", "8");
    let left = bench.feed(&format!("{INCIDENTS}/7"), &[("$expand", "alerts")]).await;
    assert_eq!((&left["status"], &left["redirectIncidentId"], &left["alerts"]), (&json!("redirected"), &json!("8"), &json!([])));
    let joined = bench.feed(&format!("{INCIDENTS}/8"), &[("$expand", "alerts")]).await;
    let alerts = joined["alerts"].as_array().expect("alerts");
    assert_eq!(alerts.iter().map(|alert| alert["id"].clone()).collect::<Vec<_>>(), [json!("da1"), json!("ra2"), json!("fa3")]);
    assert!(alerts.iter().all(|alert| alert["incidentId"] == "8"));
    let after = bench.cloud.truth(&bench.tenant);
    assert!(after[0].updated > before[0].updated && after[1].updated > before[1].updated && after[2] == before[2]);
    let xdr = bench.xdr("/api/incidents/7", &[]).await;
    assert_eq!((&xdr["status"], &xdr["redirectIncidentId"]), (&json!("Redirected"), &json!(8)));
    let truth = bench.cloud.incidents(&bench.tenant);
    assert_eq!((truth[0].redirect.as_deref(), truth[1].alerts.len()), (Some("8"), 3));
}

#[tokio::test]
async fn the_side_door_merges_too_and_refuses_what_cannot_be_merged() {
    let bench = two_incidents().await;
    let door = format!("{}/simulator/incidents", bench.cloud.base_url());
    let merge = async |from: &str, into: &str| {
        let request = bench.http.post(format!("{door}/merge?tenant=tenant-01")).json(&json!({"from": from, "into": into}));
        request.send().await.expect("an answer").status()
    };
    for (from, into) in [("7", "7"), ("7", "99"), ("x", "8")] {
        assert_eq!(merge(from, into).await, 400, "{from} into {into}");
    }
    assert_eq!(merge("7", "8").await, 200);
    assert_eq!(merge("7", "8").await, 400, "it was merged already");
    let truth: Vec<Value> =
        bench.http.get(format!("{door}?tenant=tenant-01")).send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(
        (&truth[0]["status"], &truth[0]["redirect"], &truth[1]["alerts"][0]),
        (&json!("redirected"), &json!("8"), &json!("da1"))
    );
}

#[tokio::test]
async fn life_gives_every_alert_an_incident_and_a_late_alert_a_late_one() {
    let bench = bench(Settings { history: 200, change_share: 0.5, ..Settings::default() }).await;
    let incidents = bench.cloud.incidents(&bench.tenant);
    let mut inside: Vec<String> = incidents.iter().flat_map(|incident| incident.alerts.clone()).collect();
    let truth = bench.cloud.truth(&bench.tenant);
    let mut all: Vec<String> = truth.iter().map(|truth| truth.id.clone()).collect();
    inside.sort();
    all.sort();
    assert_eq!(inside, all);
    for incident in &incidents {
        let newest = truth.iter().filter(|truth| incident.alerts.contains(&truth.id)).map(|truth| truth.updated).max();
        assert!(Some(incident.updated) >= newest, "{incident:?}");
    }
    let ahead = bench.cloud.now(&bench.tenant) + jiff::SignedDuration::from_hours(1);
    bench.cloud.generate_at(&bench.tenant, 1, ahead);
    let members: usize = bench.cloud.incidents(&bench.tenant).iter().map(|incident| incident.alerts.len()).sum();
    assert_eq!(members, 200, "an alert that cannot be read yet has not reached its incident");
}
