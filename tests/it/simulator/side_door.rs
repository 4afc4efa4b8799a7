//! The side door through which faults are switched, alerts added and the truth is told; and the manual.

use alertferry::simulator::{ALL_FAULTS, Settings};
use reqwest::Url;
use serde_json::{Value, json};

use super::client::bench;

#[tokio::test]
async fn the_side_door_sets_shows_and_clears_faults_and_refuses_nonsense() {
    let bench = bench(Settings { tenants: 2, history: 1, ..Settings::default() }).await;
    let door = |path: &str| Url::parse(&format!("{}/simulator/{path}", bench.cloud.base_url())).expect("an address");
    let put = async |body: Value| bench.http.put(door("faults")).json(&body).send().await.expect("an answer");
    let one = put(json!({"fault": "html=502", "times": 3})).await;
    assert_eq!(
        one.json::<Value>().await.expect("JSON"),
        json!([{"fault": "html=502", "tenant": null, "feed": null, "times": 3}])
    );
    assert_eq!(put(json!([{"fault": "cut", "tenant": "tenant-02"}, {"fault": "no-date"}])).await.status(), 200);
    for (nonsense, reason) in [
        (json!({"fault": "gremlins"}), "there is no fault"),
        (json!([{"fault": "cut"}, {"fault": "cut", "tenant": "tenant-99"}]), "no tenant"),
    ] {
        let refused = put(nonsense).await;
        assert_eq!(refused.status(), 400);
        assert!(refused.text().await.expect("a body").contains(reason));
    }
    let list =
        async || -> Vec<Value> { bench.http.get(door("faults")).send().await.expect("an answer").json().await.expect("JSON") };
    assert_eq!(list().await.len(), 3, "a refused list sets none of its faults");
    bench.http.delete(door("faults?tenant=tenant-02")).send().await.expect("an answer");
    assert_eq!(list().await.len(), 2);
    bench.http.delete(door("faults?kind=no-date")).send().await.expect("an answer");
    assert_eq!(list().await[0]["fault"], "html=502");
    bench.http.delete(door("faults")).send().await.expect("an answer");
    assert_eq!((list().await.len(), bench.get(&[]).await.status().as_u16()), (0, 200));
}

#[tokio::test]
async fn the_side_door_adds_alerts_and_tells_the_truth() {
    let bench = bench(Settings::default()).await;
    let door = Url::parse(&format!("{}/simulator/alerts?tenant=tenant-01", bench.cloud.base_url())).expect("an address");
    let post = async |body: Value| bench.http.post(door.clone()).json(&body).send().await.expect("an answer");
    let added: Value = post(json!({"count": 7, "at": "2026-03-02T07:00:00.1234567Z"})).await.json().await.expect("JSON");
    assert_eq!(added["ids"].as_array().expect("IDs").len(), 7);
    let added: Value = post(json!([{"id": "da1"}, {"severity": "high"}])).await.json().await.expect("JSON");
    assert_eq!((added["ids"].as_array().expect("IDs").len(), &added["ids"][0]), (2, &json!("da1")));
    for nonsense in [json!({"count": 1, "when": 2}), json!("x"), json!({"id": 5})] {
        assert_eq!(post(nonsense).await.status(), 400);
    }
    let truth: Vec<Value> = bench.http.get(door.clone()).send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!((truth.len(), &truth[0]["lastUpdateDateTime"]), (9, &json!("2026-03-02T07:00:00.1234567Z")));
    assert!(truth.iter().all(|row| row["readableSince"].is_string()));
    let unknown = bench.http.get(door.join("?tenant=x").expect("an address")).send().await.expect("an answer");
    assert_eq!(unknown.status(), 404);
}

#[test]
fn every_kind_of_fault_is_in_the_manual() {
    let manual = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.md")).expect("the manual");
    for (word, ..) in ALL_FAULTS {
        assert!(manual.contains(&format!("`{word}")), "docs/simulator.md does not tell of {word}");
    }
}
