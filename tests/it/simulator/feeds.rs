//! What each API accepts, refuses and shows, without any fault.

use std::collections::BTreeSet;

use alertferry::simulator::{Feed, Settings};
use serde_json::{Value, json};

use super::client::{ARM, Bench, GRAPH, MDE, XDR, bench};

fn history(history: usize) -> Settings {
    Settings { history, ..Settings::default() }
}

/// Each API's address in the bench's tenant, and the scope of its tokens.
fn places(bench: &Bench) -> [(Feed, String, &'static str); 7] {
    let info = bench.cloud.tenants().remove(0);
    let subscription = format!("/subscriptions/{}", info.subscription);
    [
        (Feed::GraphAlerts, "/v1.0/security/alerts_v2".to_owned(), GRAPH),
        (Feed::GraphIncidents, "/v1.0/security/incidents".to_owned(), GRAPH),
        (Feed::MdeAlerts, "/api/alerts".to_owned(), MDE),
        (Feed::XdrIncidents, "/api/incidents".to_owned(), XDR),
        (Feed::RiskDetections, "/v1.0/identityProtection/riskDetections".to_owned(), GRAPH),
        (
            Feed::SentinelIncidents,
            format!(
                "{subscription}/resourcegroups/{}/providers/Microsoft.OperationalInsights/workspaces/{}/providers\
                 /Microsoft.SecurityInsights/incidents",
                info.resource_group, info.workspace
            ),
            ARM,
        ),
        (Feed::DefenderForCloud, format!("{subscription}/providers/Microsoft.Security/alerts"), ARM),
    ]
}

fn place(bench: &Bench, feed: Feed) -> (String, &'static str) {
    let (_, path, scope) = places(bench).into_iter().find(|place| place.0 == feed).expect("a place");
    (path, scope)
}

const VERSION: (&str, &str) = ("api-version", "2025-06-01");

#[tokio::test]
async fn a_token_opens_the_apis_of_its_own_resource_only_and_the_journal_tells_which_was_asked() {
    let bench = bench(history(30)).await;
    for (feed, path, own) in places(&bench) {
        for scope in [GRAPH, MDE, XDR, ARM] {
            let response = bench.ask(scope, &path, &[VERSION]).await;
            let expected = match (scope == own, scope, own) {
                (true, ..) => 200,
                (false, MDE, XDR) | (false, XDR, MDE) => 403,
                (false, ..) => 401,
            };
            assert_eq!(response.status(), expected, "{feed} with a token for {scope}");
        }
        assert_eq!(bench.cloud.requests().of(feed), 4);
    }
}

#[tokio::test]
async fn limits_and_options_are_those_of_each_api() {
    let bench = bench(history(30)).await;
    for (feed, options, status, marker) in [
        (Feed::GraphIncidents, vec![("$top", "50")], 200, ""),
        (Feed::GraphIncidents, vec![("$top", "51")], 400, "The limit of '50' for Top query has been exceeded"),
        (Feed::GraphIncidents, vec![("$filter", "incidentWebUrl eq 'x'")], 400, "cannot be used"),
        (Feed::GraphIncidents, vec![("$expand", "evidence")], 400, "BadRequest"),
        (Feed::MdeAlerts, vec![("$top", "10000"), ("$expand", "evidence")], 200, "\"entityType\":\"Process\""),
        (Feed::MdeAlerts, vec![("$top", "10001")], 400, "\"target\":"),
        (Feed::MdeAlerts, vec![("$orderby", "lastUpdateTime asc")], 400, "ODataError"),
        (Feed::MdeAlerts, vec![("$filter", "severity eq 'High' or severity ne 'High'")], 200, "\"evidence\":[]"),
        (Feed::XdrIncidents, vec![("$top", "100")], 200, "\"lastUpdatedTime\""),
        (Feed::XdrIncidents, vec![("$top", "101")], 400, "'100'"),
        (Feed::XdrIncidents, vec![("$filter", "severity eq 'High'")], 400, "cannot be used"),
        (Feed::RiskDetections, vec![("$top", "501")], 400, "Invalid page size specified"),
        (Feed::RiskDetections, vec![("$skip", "1")], 400, "'skip' is not allowed"),
        (Feed::SentinelIncidents, vec![], 400, "MissingApiVersionParameter"),
        (Feed::SentinelIncidents, vec![("api-version", "latest")], 400, "InvalidApiVersionParameter"),
        (Feed::SentinelIncidents, vec![VERSION, ("$top", "1001")], 400, "\"code\":\"BadRequest\""),
        (Feed::DefenderForCloud, vec![], 400, "MissingApiVersionParameter"),
        (Feed::DefenderForCloud, vec![VERSION, ("$filter", "nonsense"), ("$top", "x")], 200, "\"systemAlertId\""),
    ] {
        let (path, scope) = place(&bench, feed);
        let response = bench.ask(scope, &path, &options).await;
        assert_eq!(response.status(), status, "{feed} {options:?}");
        let body = response.text().await.expect("a body");
        assert!(body.contains(marker), "{feed} {options:?}: {body}");
    }
}

/// All records, along the links.
async fn read_all(bench: &Bench, feed: Feed, options: &[(&str, &str)], link: &str) -> Vec<Value> {
    let (path, scope) = place(bench, feed);
    let mut page = bench.ask(scope, &path, options).await.json::<Value>().await.expect("JSON");
    let mut all = page["value"].as_array().expect("rows").clone();
    while let Some(next) = page[link].as_str() {
        let next = reqwest::Url::parse(next).expect("an address");
        page = bench.ask_at(scope, next).await.json().await.expect("JSON");
        all.extend(page["value"].as_array().expect("rows").clone());
    }
    all
}

#[tokio::test]
async fn every_api_shows_its_share_of_the_same_alerts_under_ids_that_lead_back_to_them() {
    let bench = bench(Settings { page_max: 7, ..history(300) }).await;
    let truth: BTreeSet<String> = bench.cloud.truth(&bench.tenant).into_iter().map(|truth| truth.id).collect();
    let of = |prefixes: &[&str]| truth.iter().filter(|id| prefixes.contains(&&id[..2])).cloned().collect::<BTreeSet<_>>();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let mde = read_all(&bench, Feed::MdeAlerts, &[], "@odata.nextLink").await;
    assert_eq!(mde.iter().map(|row| text(&row["id"])).collect::<BTreeSet<_>>(), of(&["da", "ed"]));
    let risks = read_all(&bench, Feed::RiskDetections, &[], "@odata.nextLink").await;
    assert_eq!(risks.iter().map(|row| format!("ad{}", text(&row["id"]))).collect::<BTreeSet<_>>(), of(&["ad"]));
    let cloud = read_all(&bench, Feed::DefenderForCloud, &[VERSION], "nextLink").await;
    let ids = cloud.iter().map(|row| format!("dc{}", text(&row["properties"]["systemAlertId"])));
    assert_eq!(ids.collect::<BTreeSet<_>>(), of(&["dc"]));
    let incidents = bench.cloud.incidents(&bench.tenant);
    let xdr = read_all(&bench, Feed::XdrIncidents, &[], "@odata.nextLink").await;
    let inside = xdr.iter().flat_map(|row| row["alerts"].as_array().expect("alerts").iter().map(|alert| text(&alert["alertId"])));
    assert_eq!((xdr.len(), inside.collect::<BTreeSet<_>>()), (incidents.len(), truth.clone()));
    assert!(xdr.iter().all(|row| row["incidentId"].is_u64()));
    let sentinel = read_all(&bench, Feed::SentinelIncidents, &[VERSION], "nextLink").await;
    assert_eq!(
        sentinel.iter().map(|row| text(&row["name"])).collect::<BTreeSet<_>>(),
        incidents.iter().map(|incident| incident.name.clone()).collect()
    );
}

#[tokio::test]
async fn defender_for_endpoint_gives_no_link_to_those_who_say_how_many_they_want() {
    let bench = bench(history(60)).await;
    let with_top = bench.mde("/api/alerts", &[("$top", "2")]).await;
    assert_eq!((with_top["value"].as_array().expect("rows").len(), with_top.get("@odata.nextLink")), (2, None));
    let skipped = bench.mde("/api/alerts", &[("$top", "1"), ("$skip", "1")]).await;
    assert_eq!(skipped["value"][0]["id"], with_top["value"][1]["id"]);
    let row = &with_top["value"][0];
    assert!(row["incidentId"].is_u64() && row["aadTenantId"] == *bench.tenant);
    assert!(row["lastUpdateTime"].as_str().is_some_and(|time| time.len() == 28), "seven digits: {}", row["lastUpdateTime"]);
    let id = row["id"].as_str().expect("an ID");
    assert_eq!(bench.mde(&format!("/api/alerts/{id}"), &[]).await, *row);
    assert_eq!(bench.ask(MDE, "/api/alerts/none", &[]).await.status(), 404);
}

#[tokio::test]
async fn windows_are_cut_to_the_last_digit_in_every_api_that_filters() {
    let bench = bench(Settings::default()).await;
    for (id, stamp) in [("ad1", "2026-03-02T07:00:00Z"), ("da2", "2026-03-02T07:00:00.0000001Z"), ("da3", "2026-03-02T08:00:00Z")]
    {
        bench.cloud.add(
            &bench.tenant,
            &json!({"id": id, "incidentId": &id[2..], "lastUpdateDateTime": stamp,
            "serviceSource": if id == "ad1" { "azureAdIdentityProtection" } else { "microsoftDefenderForEndpoint" }}),
        );
    }
    for (feed, field, pointer, expected) in [
        (Feed::GraphIncidents, "lastUpdateDateTime", "/id", json!(["2"])),
        (Feed::MdeAlerts, "lastUpdateTime", "/id", json!(["da2"])),
        (Feed::XdrIncidents, "lastUpdateTime", "/incidentId", json!([2])),
        (Feed::RiskDetections, "lastUpdatedDateTime", "/id", json!([])),
        (Feed::SentinelIncidents, "properties/lastModifiedTimeUtc", "/properties/incidentNumber", json!([2])),
    ] {
        let (path, scope) = place(&bench, feed);
        let filter = format!("{field} gt 2026-03-02T07:00:00Z and {field} lt 2026-03-02T08:00:00Z");
        let page: Value = bench.ask(scope, &path, &[VERSION, ("$filter", &filter)]).await.json().await.expect("JSON");
        let found: Vec<Value> =
            page["value"].as_array().expect("rows").iter().map(|row| row.pointer(pointer).expect(pointer).clone()).collect();
        assert_eq!(Value::from(found), expected, "{feed}");
    }
}

#[tokio::test]
async fn azure_finds_the_tenant_by_its_subscription_for_its_own_and_the_providers_tokens() {
    let bench = bench(Settings { tenants: 2, history: 20, ..Settings::default() }).await;
    let (path, _) = place(&bench, Feed::SentinelIncidents);
    let url = |path: &str| {
        reqwest::Url::parse_with_params(&format!("{}{path}", bench.cloud.base_url()), [VERSION]).expect("an address")
    };
    let get = async |tenant: &str, path: &str| {
        let token = bench.token_of(tenant, ARM).await;
        bench.http.get(url(path)).bearer_auth(token).send().await.expect("an answer")
    };
    let other = bench.cloud.tenants()[1].tenant_id.clone();
    let home = bench.cloud.home().tenant_id;
    assert_eq!(get(&home, &path).await.status(), 200);
    let refused = get(&other, &path).await;
    assert_eq!(refused.status(), 401);
    assert!(refused.text().await.expect("a body").contains("InvalidAuthenticationTokenTenant"));
    for (from, to, code) in [
        ("rg-security", "rg-other", "ResourceGroupNotFound"),
        ("law-tenant-01", "law-other", "ResourceNotFound"),
        ("/subscriptions/", "/subscriptions/0", "SubscriptionNotFound"),
        ("/incidents", "/weather", "InvalidResourceType"),
    ] {
        let response = get(&bench.tenant, &path.replace(from, to)).await;
        assert_eq!(response.status(), 404, "{to}");
        let body: Value = response.json().await.expect("JSON");
        assert_eq!(body["error"]["code"], code);
    }
    let asked = bench.cloud.requests();
    assert!(
        asked.recent.iter().filter(|request| request.path == path).all(|request| request.tenant.as_ref() == Some(&bench.tenant))
    );
}

#[tokio::test]
async fn the_alerts_of_a_sentinel_incident_are_asked_for_by_a_post_and_keep_the_ids_of_their_product() {
    let bench = bench(Settings::default()).await;
    for (id, incident, service) in [
        ("da11111111-2222-4333-8444-555555555555_1", "7", "microsoftDefenderForEndpoint"),
        ("sn66666666-7777-4888-8999-000000000000", "9", "microsoftSentinel"),
    ] {
        bench.cloud.add(&bench.tenant, &json!({"id": id, "incidentId": incident, "serviceSource": service}));
    }
    let (path, _) = place(&bench, Feed::SentinelIncidents);
    let truth = bench.cloud.incidents(&bench.tenant);
    for (incident, provider, alert) in [
        (&truth[0], "Microsoft XDR", "da11111111-2222-4333-8444-555555555555_1"),
        (&truth[1], "Azure Sentinel", "66666666-7777-4888-8999-000000000000"),
    ] {
        let one: Value = bench.ask(ARM, &format!("{path}/{}", incident.name), &[VERSION]).await.json().await.expect("JSON");
        let properties = &one["properties"];
        assert_eq!(
            (properties["providerName"].as_str(), properties["providerIncidentId"].as_str()),
            (Some(provider), Some(incident.id.as_str()))
        );
        let url = format!("{}{path}/{}/alerts?api-version=2025-06-01", bench.cloud.base_url(), incident.name);
        let token = bench.token_of(&bench.tenant, ARM).await;
        assert_eq!(bench.http.get(&url).bearer_auth(&token).send().await.expect("an answer").status(), 405);
        let alerts: Value =
            bench.http.post(&url).bearer_auth(&token).send().await.expect("an answer").json().await.expect("JSON");
        assert_eq!(alerts["value"][0]["kind"], "SecurityAlert");
        assert_eq!(alerts["value"][0]["properties"]["providerAlertId"], alert);
    }
}
