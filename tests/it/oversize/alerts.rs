//! Alerts as they should never come.

use serde_json::{Value, json};

/// With the ID that each is known by.
pub const HUGE: &str = "da-five-mebibytes";
pub const MANY: &str = "da-two-thousand-pieces";
pub const NULLS: &str = "da-only-nulls";

const MEBIBYTE: usize = 1024 * 1024;

/// 5 MiB, spread over a description, a command line and a member that nobody knows.
pub fn huge() -> Value {
    let alert = json!({
        "id": HUGE, "title": "An alert of five mebibytes: Ünïcödé 😀 | = \\ ^", "description": "é".repeat(MEBIBYTE),
        "novel": "n".repeat(MEBIBYTE), "comments": [],
        "evidence": [
            {"@odata.type": "#microsoft.graph.security.deviceEvidence", "hostName": "host-1", "mdeDeviceId": "ab".repeat(20)},
            {"@odata.type": "#microsoft.graph.security.processEvidence", "processId": 7, "processCommandLine": "😀".repeat(MEBIBYTE / 2)},
        ],
    });
    assert!(alert.to_string().len() >= 5 * MEBIBYTE);
    alert
}

/// 2,000 pieces of evidence, 1.3 MB altogether.
pub fn many() -> Value {
    let piece = |place: usize| match place % 3 {
        0 => {
            json!({"@odata.type": "#microsoft.graph.security.deviceEvidence", "hostName": format!("host-{place}"), "tags": ["x".repeat(500)]})
        }
        1 => {
            json!({"@odata.type": "#microsoft.graph.security.processEvidence", "processId": place, "processCommandLine": format!("run {place} {}", "y".repeat(500))})
        }
        _ => {
            json!({"@odata.type": "#microsoft.graph.security.urlEvidence", "url": format!("https://example.com/{place}/{}", "z".repeat(500))})
        }
    };
    let evidence: Vec<Value> = (0..2000).map(piece).collect();
    json!({"id": MANY, "title": "An alert with two thousand pieces of evidence", "evidence": evidence})
}

/// Every member that Microsoft documents, and `null` in each but those without which no list has it.
pub fn nulls(updated: &str) -> Value {
    let fixture = include_str!("../../fixtures/graph-alerts/odd-all-null.json");
    let mut alert: Value = serde_json::from_str(fixture).expect("JSON");
    for value in alert.as_object_mut().expect("an object").values_mut() {
        *value = Value::Null;
    }
    alert["id"] = json!(NULLS);
    alert["lastUpdateDateTime"] = json!(updated);
    alert
}
