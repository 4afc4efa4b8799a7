//! Faults that strike one feed, and those that only some feeds can have.

use alertferry::simulator::Settings;
use serde_json::{Value, json};

use super::client::{ARM, Bench, GRAPH, MDE, XDR, bench};

const ALERTS: &str = "/v1.0/security/alerts_v2";
const INCIDENTS: &str = "/v1.0/security/incidents";
const RISKS: &str = "/v1.0/identityProtection/riskDetections";

fn set(bench: &Bench, spec: &str) {
    bench.cloud.set(spec.parse().unwrap_or_else(|error| panic!("{spec}: {error}")));
}

fn cloud_alerts(bench: &Bench) -> String {
    format!("/subscriptions/{}/providers/Microsoft.Security/alerts", bench.cloud.tenants()[0].subscription)
}

#[tokio::test]
async fn a_fault_of_a_feed_leaves_the_others_alone() {
    let bench = bench(Settings { history: 20, ..Settings::default() }).await;
    set(&bench, "status=503:9*2@tenant-01 feed=graph-incidents");
    set(&bench, "missing-roles feed=mde-alerts");
    for (scope, path, status) in [
        (GRAPH, ALERTS, 200),
        (GRAPH, INCIDENTS, 503),
        (GRAPH, INCIDENTS, 503),
        (GRAPH, INCIDENTS, 200),
        (XDR, "/api/incidents", 200),
    ] {
        assert_eq!(bench.ask(scope, path, &[]).await.status(), status, "{path}");
    }
    let refused = bench.ask(MDE, "/api/alerts", &[]).await;
    assert_eq!(refused.status(), 403);
    let body: Value = refused.json().await.expect("JSON");
    assert!(
        body["error"]["message"]
            .as_str()
            .is_some_and(|text| text.contains("API required roles: Alert.Read.All, Alert.ReadWrite.All"))
    );
}

#[tokio::test]
async fn expanding_fails_for_ever_and_plain_lists_work() {
    let bench = bench(Settings { history: 20, ..Settings::default() }).await;
    set(&bench, "expand-fails");
    let one = format!("{INCIDENTS}/{}", bench.cloud.incidents(&bench.tenant)[0].id);
    for (scope, path, expand) in [(GRAPH, INCIDENTS, "alerts"), (GRAPH, one.as_str(), "alerts"), (MDE, "/api/alerts", "evidence")]
    {
        assert_eq!(bench.ask(scope, path, &[("$expand", expand)]).await.status(), 500, "{path}");
        assert_eq!(bench.ask(scope, path, &[]).await.status(), 200, "{path}");
    }
    set(&bench, "order=refused feed=graph-incidents");
    assert_eq!(bench.ask(GRAPH, INCIDENTS, &[("$orderby", "createdDateTime")]).await.status(), 400);
}

#[tokio::test]
async fn a_product_that_is_missing_is_told_in_each_apis_own_way() {
    let bench = bench(Settings::default()).await;
    let clouds = cloud_alerts(&bench);
    for (fault, scope, path, status, marker) in [
        ("no-product", GRAPH, ALERTS, 403, "Account is not provisioned"),
        ("no-product", MDE, "/api/alerts", 403, "DisabledFeature"),
        ("no-product", GRAPH, RISKS, 403, "not licensed"),
        ("no-product", ARM, &clouds, 404, "ResourceNotFound"),
        ("no-product=404", XDR, "/api/incidents", 404, "ResourceNotFound"),
        ("not-provisioned", XDR, "/api/incidents", 403, "Account is not provisioned"),
        ("missing-roles", ARM, &clouds, 403, "AuthorizationFailed"),
    ] {
        bench.cloud.clear_faults();
        let token = bench.token_of(&bench.tenant, scope).await;
        set(&bench, fault);
        let url = format!("{}{path}?api-version=2022-01-01", bench.cloud.base_url());
        let response = bench.http.get(url).bearer_auth(token).send().await.expect("an answer");
        assert_eq!(response.status(), status, "{fault} {path}");
        assert!(response.text().await.expect("a body").contains(marker), "{fault} {path}");
    }
}

#[tokio::test]
async fn documented_rates_are_enforced_for_each_api_and_not_all_say_how_long_to_wait() {
    let bench = bench(Settings::default()).await;
    set(&bench, "limits=on");
    for (scope, path, allowed, announced, marker) in
        [(XDR, "/api/incidents", 50, false, "Try again in"), (MDE, "/api/alerts", 100, true, "maximum allowed 100 per 00:01:00")]
    {
        for _ in 0..allowed {
            assert_eq!(bench.ask(scope, path, &[]).await.status(), 200);
        }
        let refused = bench.ask(scope, path, &[]).await;
        assert_eq!((refused.status().as_u16(), refused.headers().contains_key("retry-after")), (429, announced), "{path}");
        assert!(refused.text().await.expect("a body").contains(marker));
    }
    assert_eq!(bench.ask(GRAPH, ALERTS, &[]).await.status(), 200, "each API has its own");
}

#[tokio::test]
async fn records_of_other_feeds_are_spoiled_moved_and_foreign_too() {
    let bench = bench(Settings::default()).await;
    for number in 1..=4 {
        bench.cloud.add(
            &bench.tenant,
            &json!({"id": format!("da{number}"), "incidentId": number.to_string(),
            "serviceSource": "microsoftDefenderForEndpoint"}),
        );
    }
    set(&bench, "wrong-types=id");
    let page = bench.xdr("/api/incidents", &[]).await;
    assert_eq!(page["value"].as_array().expect("rows").iter().filter(|row| row["incidentId"].is_array()).count(), 1);
    bench.cloud.clear_faults();
    set(&bench, "foreign-record");
    for (scope, path, key) in [(GRAPH, INCIDENTS, "tenantId"), (MDE, "/api/alerts", "aadTenantId")] {
        let page: Value = bench.ask(scope, path, &[]).await.json().await.expect("JSON");
        let rows = page["value"].as_array().expect("rows");
        assert_eq!((rows.len(), rows.iter().filter(|row| row[key] != *bench.tenant).count()), (5, 1), "{path}");
    }
    bench.cloud.clear_faults();
    set(&bench, "rows-move feed=graph-incidents");
    let before = bench.cloud.incidents(&bench.tenant);
    bench.feed(INCIDENTS, &[("$top", "2")]).await;
    assert_ne!(bench.cloud.incidents(&bench.tenant), before);
}
