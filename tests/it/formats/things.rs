//! What alerts of the other feeds name themselves, outside of any evidence.

use alertferry::alert::Kind;
use alertferry::format::{Activity, Format};
use alertferry::source::FeedKind;
use serde_json::{Value, json};

use super::encode_of;

fn alert(feed: FeedKind, json: &str) -> Value {
    serde_json::from_slice(&encode_of(feed, Kind::Alert, Format::Ocsf, json, Activity::Create)).expect("JSON")
}

fn observed(finding: &Value) -> Vec<(&str, &str)> {
    let observables = finding["observables"].as_array().into_iter().flatten();
    observables.filter_map(|one| Some((one["name"].as_str()?, one["value"].as_str()?))).collect()
}

#[test]
fn the_machine_of_an_alert_is_its_device_and_its_user_the_actor() {
    let finding = alert(
        FeedKind::MdeAlerts,
        r#"{"id":"da1","machineId":"01","computerDnsName":"ws-17.corp.example","rbacGroupName":"Workstations",
            "relatedUser":{"userName":"kim","domainName":"CORP"},"evidence":[{"entityType":"Ip","ipAddress":"198.51.100.7"}]}"#,
    );
    assert_eq!(finding["device"]["uid"], "01");
    assert_eq!(finding["device"]["groups"], json!([{"name": "Workstations"}]));
    assert_eq!(finding["actor"]["user"], json!({"name": "kim", "domain": "CORP"}));
    let expected = [
        ("evidences[0].device.hostname", "ws-17.corp.example"),
        ("evidences[0].device.uid", "01"),
        ("evidences[1].user.name", "kim"),
        ("evidences[2].src_endpoint.ip", "198.51.100.7"),
    ];
    assert_eq!(observed(&finding), expected, "{finding:#}");
}

#[test]
fn somebody_who_acted_by_evidence_comes_before_the_user_whom_the_record_names() {
    let finding = alert(
        FeedKind::MdeAlerts,
        r#"{"id":"da1","relatedUser":{"userName":"kim"},"evidence":[{"entityType":"User","accountName":"eve","roles":["Attacker"]}]}"#,
    );
    assert_eq!(finding["actor"]["user"]["name"], "eve");
}

#[test]
fn a_risk_detection_is_about_somebody_at_an_address() {
    let finding = alert(
        FeedKind::RiskDetections,
        r#"{"id":"6a","userId":"5e9d","userPrincipalName":"kim@corp.example","ipAddress":"198.51.100.23","location":{"countryOrRegion":"GL"}}"#,
    );
    assert_eq!((&finding["finding_info"]["uid"], &finding["finding_info"]["uid_alt"]), (&json!("ad6a"), &json!("6a")));
    assert_eq!(finding["metadata"]["original_event_uid"], "6a", "as its own API calls it");
    assert_eq!(finding["actor"]["user"]["uid"], "5e9d");
    assert_eq!(finding["evidences"][1]["src_endpoint"], json!({"ip": "198.51.100.23", "location": {"country": "GL"}}));
    assert_eq!(finding["metadata"]["product"]["name"], "Microsoft Entra ID Protection");
    assert_eq!(finding["metadata"]["log_name"], "identityProtection/riskDetections");
}

#[test]
fn a_resource_that_evidence_repeats_stands_once_with_all_that_is_known_of_it() {
    const VM: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm-1";
    let finding = alert(
        FeedKind::DefenderForCloud,
        &format!(
            r#"{{"name":"n","properties":{{"systemAlertId":"251","compromisedEntity":"vm-1","resourceIdentifiers":[{{"type":"AzureResource",
            "azureResourceId":"{VM}"}}],"entities":[{{"type":"azure-resource","resourceId":"{}","location":"westeurope"}},
            {{"type":"azure-resource","resourceId":"/other"}}]}}}}"#,
            VM.to_ascii_lowercase()
        ),
    );
    let resources = finding["resources"].as_array().expect("resources");
    assert_eq!(resources.len(), 2, "{resources:#?}");
    assert_eq!(
        (&resources[0]["uid"], &resources[0]["name"], &resources[0]["region"]),
        (&json!(VM), &json!("vm-1"), &json!("westeurope"))
    );
    assert!(observed(&finding).contains(&("resources[0].uid", VM)));
}

#[test]
fn words_in_other_letters_mean_the_same() {
    for (feed, json) in [
        (
            FeedKind::GraphAlerts,
            r#"{"id":"a","severity":"high","status":"inProgress","classification":"informationalExpectedActivity","determination":"securityTesting"}"#,
        ),
        (
            FeedKind::MdeAlerts,
            r#"{"id":"a","severity":"High","status":"InProgress","classification":"InformationalExpectedActivity","determination":"SecurityTesting"}"#,
        ),
        (
            FeedKind::XdrIncidents,
            r#"{"alertId":"a","severity":"High","status":"In Progress","classification":"Informational Expected Activity","determination":"Security Testing"}"#,
        ),
    ] {
        let finding = alert(feed, json);
        assert_eq!((&finding["severity_id"], &finding["severity"]), (&json!(4), &json!("High")), "{json}");
        assert_eq!((&finding["status_id"], &finding["status"]), (&json!(2), &json!("In Progress")), "{json}");
        assert_eq!((&finding["verdict_id"], &finding["verdict"]), (&json!(6), &json!("Test")), "{json}");
    }
}
