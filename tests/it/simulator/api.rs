//! What Microsoft's own interface does, without any fault.

use std::io::Read as _;
use std::time::Duration;

use alertferry::simulator::{CLIENT_ID, CLIENT_SECRET, Fault, Scope, Settings};
use serde_json::{Value, json};

use super::client::{GRAPH, bench, good_form, ids};

fn some_alerts(history: usize) -> Settings {
    Settings { history, ..Settings::default() }
}

#[tokio::test]
async fn a_token_request_that_is_wrong_is_refused_with_the_number_that_says_why() {
    let bench = bench(Settings::default()).await;
    let tenant = bench.tenant.clone();
    let with = |name: &'static str, value: &'static str| {
        let mut form: Vec<_> = good_form().into_iter().filter(|field| field.0 != name).collect();
        if !value.is_empty() {
            form.push((name, value));
        }
        form
    };
    for (tenant, form, status, error, number) in [
        ("11111111-1111-1111-1111-111111111111", good_form(), 400, "invalid_request", 90_002),
        ("common", good_form(), 400, "invalid_request", 50_194),
        (&tenant, with("client_secret", "wrong"), 401, "invalid_client", 7_000_215),
        (&tenant, with("client_secret", ""), 401, "invalid_client", 7_000_218),
        (&tenant, with("client_id", "someone"), 400, "unauthorized_client", 700_016),
        (&tenant, with("grant_type", "password"), 400, "unsupported_grant_type", 70_003),
        (&tenant, with("grant_type", ""), 400, "invalid_request", 900_144),
        (&tenant, with("scope", "https://graph.microsoft.com/Mail.Read"), 400, "invalid_scope", 70_011),
        (&tenant, with("scope", "https://graph.microsoft.com/.default https://x/.default"), 400, "invalid_request", 700_022),
        (&tenant, with("scope", "https://unheard.example/.default"), 400, "invalid_resource", 500_011),
        (&tenant, with("resource", "https://graph.microsoft.com"), 400, "invalid_request", 901_002),
    ] {
        let response = bench.ask_token(tenant, &form).await;
        assert_eq!(response.status(), status, "{number}");
        let body: Value = response.json().await.expect("JSON");
        assert_eq!((body["error"].as_str(), &body["error_codes"]), (Some(error), &json!([number])));
        assert!(body["error_description"].as_str().is_some_and(|text| text.starts_with(&format!("AADSTS{number}: "))), "{body}");
        assert!(body["timestamp"].as_str().is_some_and(|text| text.len() == 20 && text.as_bytes()[10] == b' '), "{body}");
    }
}

#[tokio::test]
async fn a_token_comes_with_its_life_as_a_number_and_by_basic_authentication_too() {
    let bench = bench(Settings { token_life: Duration::from_secs(90), ..Settings::default() }).await;
    let response = bench.ask_token(&bench.tenant, &good_form()).await;
    assert!(response.headers().contains_key("date"));
    let body: Value = response.json().await.expect("JSON");
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(90)));
    let url = format!("{}/tenant-01.example/oauth2/v2.0/token", bench.cloud.base_url());
    let form = [("grant_type", "client_credentials"), ("scope", GRAPH)];
    let response = bench.http.post(url).basic_auth(CLIENT_ID, Some(CLIENT_SECRET)).form(&form).send().await.expect("an answer");
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn alerts_are_those_of_the_tokens_tenant() {
    let bench = bench(Settings { tenants: 2, history: 5, ..Settings::default() }).await;
    let page = bench.page(&[]).await;
    let mut truth: Vec<String> = bench.cloud.truth(&bench.tenant).into_iter().map(|truth| truth.id).collect();
    let mut seen = ids(&page);
    truth.sort();
    seen.sort();
    assert_eq!(seen, truth);
    assert!(page["value"].as_array().expect("rows").iter().all(|row| row["tenantId"] == *bench.tenant));
}

#[tokio::test]
async fn a_bad_token_is_refused_with_401_and_a_token_for_another_service_too() {
    let mut bench = bench(Settings { token_life: Duration::from_mins(1), ..Settings::default() }).await;
    let anonymous = bench.http.get(bench.url(&[])).send().await.expect("an answer");
    assert_eq!(anonymous.status(), 401);
    assert!(anonymous.headers().contains_key("www-authenticate"));
    let good = std::mem::replace(&mut bench.token, "nonsense".to_owned());
    let mut form = good_form();
    form[3].1 = "https://api.securitycenter.microsoft.com/.default";
    let other: Value = bench.ask_token(&bench.tenant, &form).await.json().await.expect("JSON");
    for token in ["nonsense", other["access_token"].as_str().expect("a token")] {
        token.clone_into(&mut bench.token);
        let body: Value = bench.get(&[]).await.json().await.expect("JSON");
        assert_eq!(body["error"]["code"], "InvalidAuthenticationToken");
    }
    bench.token = good;
    assert_eq!(bench.get(&[]).await.status(), 200);
    bench.cloud.set_fault(&Scope::All, Fault::Skew(jiff::SignedDuration::from_secs(61)));
    let expired = bench.get(&[]).await;
    assert_eq!(expired.status(), 401);
    assert!(expired.text().await.expect("a body").contains("expired"));
}

#[tokio::test]
async fn pages_follow_next_links_to_the_end_in_the_order_asked_for() {
    let bench = bench(some_alerts(25)).await;
    for (order, key) in [("lastUpdateDateTime asc", "lastUpdateDateTime"), ("createdDateTime asc", "createdDateTime")] {
        let mut page = bench.page(&[("$top", "10"), ("$orderby", order), ("$count", "true")]).await;
        assert_eq!(page["@odata.count"], 25);
        let mut rows = page["value"].as_array().expect("rows").clone();
        while page.get("@odata.nextLink").is_some() {
            page = bench.follow(&page).await.json().await.expect("JSON");
            rows.extend(page["value"].as_array().expect("rows").clone());
        }
        let stamps: Vec<jiff::Timestamp> =
            rows.iter().map(|row| row[key].as_str().expect(key).parse().expect("a date")).collect();
        assert_eq!(stamps.len(), 25);
        assert!(stamps.is_sorted(), "{order}: {stamps:?}");
    }
}

#[tokio::test]
async fn without_an_order_the_newest_come_first_and_skip_and_top_count_from_there() {
    let bench = bench(some_alerts(25)).await;
    let all = bench.page(&[]).await;
    let created: Vec<jiff::Timestamp> = all["value"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["createdDateTime"].as_str().expect("a date").parse().expect("a date"))
        .collect();
    assert!(created.iter().rev().is_sorted());
    assert!(all.get("@odata.nextLink").is_none());
    let part = bench.page(&[("$skip", "20"), ("$top", "3")]).await;
    assert_eq!(ids(&part), ids(&all)[20..23]);
}

#[tokio::test]
async fn top_beyond_the_most_is_cut_without_a_word() {
    let bench = bench(Settings { page_max: 7, ..some_alerts(20) }).await;
    let page = bench.page(&[("$top", "5000")]).await;
    assert_eq!(ids(&page).len(), 7);
    assert!(page.get("@odata.nextLink").is_some());
}

#[tokio::test]
async fn a_filter_selects_by_exact_moments_and_words() {
    let bench = bench(some_alerts(0)).await;
    for (id, stamp, severity) in [
        ("da1", "2026-03-02T07:00:00Z", "low"),
        ("da2", "2026-03-02T07:00:00.0000001Z", "high"),
        ("da3", "2026-03-02T08:00:00Z", "high"),
    ] {
        bench.cloud.add(&bench.tenant, &json!({"id": id, "lastUpdateDateTime": stamp, "severity": severity}));
    }
    for (filter, expected) in [
        ("lastUpdateDateTime ge 2026-03-02T07:00:00.0000001Z and lastUpdateDateTime le 2026-03-02T08:00:00Z", vec!["da2", "da3"]),
        ("lastUpdateDateTime le 2026-03-02T07:00:00Z", vec!["da1"]),
        ("severity eq 'high' and not (lastUpdateDateTime ge 2026-03-02T08:00:00Z)", vec!["da2"]),
        ("lastUpdateDateTime ge 2026-03-03T00:00:00Z and lastUpdateDateTime le 2026-03-01T00:00:00Z", vec![]),
    ] {
        let page = bench.page(&[("$filter", filter), ("$orderby", "lastUpdateDateTime asc")]).await;
        assert_eq!(ids(&page), expected, "{filter}");
    }
    let response = bench.get(&[("$filter", "investigationState eq 'queued'")]).await;
    assert_eq!(response.status(), 400);
    let body: Value = response.json().await.expect("JSON");
    assert_eq!(body["error"]["code"], "BadRequest");
    assert!(body["error"]["innerError"]["request-id"].is_string());
}

#[tokio::test]
async fn a_body_is_compressed_for_those_who_ask() {
    let bench = bench(some_alerts(3)).await;
    let plain = bench.get(&[]).await;
    assert!(!plain.headers().contains_key("content-encoding"));
    let plain = plain.bytes().await.expect("a body");
    let request = bench.http.get(bench.url(&[])).bearer_auth(&bench.token).header("accept-encoding", "gzip");
    let packed = request.send().await.expect("an answer");
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let packed = packed.bytes().await.expect("a body");
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut unpacked).expect("gzip");
    assert!(unpacked == plain && packed.len() * 2 < plain.len());
}

#[tokio::test]
async fn newer_enum_members_are_shown_to_those_who_prefer_them() {
    let bench = bench(some_alerts(0)).await;
    bench.cloud.add(&bench.tenant, &json!({"id": "sn1", "serviceSource": "microsoftSentinel"}));
    let page = bench.page(&[]).await;
    assert_eq!(page["value"][0]["serviceSource"], "unknownFutureValue");
    let request = bench.http.get(bench.url(&[])).bearer_auth(&bench.token).header("Prefer", "include-unknown-enum-members");
    let page: Value = request.send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(page["value"][0]["serviceSource"], "microsoftSentinel");
    let page = bench.page(&[("$filter", "serviceSource eq 'microsoftSentinel'")]).await;
    assert_eq!(ids(&page), ["sn1"]);
}

#[tokio::test]
async fn each_exchange_has_its_ids_and_a_date() {
    let bench = bench(some_alerts(0)).await;
    let request = bench.http.get(bench.url(&[])).bearer_auth(&bench.token).header("client-request-id", "mine-17");
    let response = request.send().await.expect("an answer");
    assert_eq!(response.headers()["client-request-id"], "mine-17");
    assert!(["request-id", "date", "x-ms-ags-diagnostic"].iter().all(|name| response.headers().contains_key(*name)));
}

#[tokio::test]
async fn given_text_is_served_byte_for_byte_and_a_single_alert_by_its_id() {
    let bench = bench(some_alerts(0)).await;
    let text = r#"{ "id":"da1",  "lastUpdateDateTime":"2026-03-02T07:00:00.10Z", "odd" : [1.0, 1e3] }"#;
    assert_eq!(bench.cloud.add_text(&bench.tenant, text), "da1");
    assert!(bench.get(&[]).await.text().await.expect("a body").contains(text));
    let one = |id: &str| {
        let mut url = bench.url(&[]);
        url.set_path(&format!("/v1.0/security/alerts_v2/{id}"));
        url
    };
    assert_eq!(bench.try_get(one("da1")).await.expect("an answer").text().await.expect("a body"), text);
    assert_eq!(bench.try_get(one("da2")).await.expect("an answer").status(), 404);
}

#[tokio::test]
async fn a_change_keeps_the_id_and_moves_the_last_update() {
    let bench = bench(some_alerts(3)).await;
    let before = bench.cloud.truth(&bench.tenant);
    assert!(bench.cloud.change(&bench.tenant, &before[0].id) && !bench.cloud.change(&bench.tenant, "none"));
    let after = bench.cloud.truth(&bench.tenant);
    assert_eq!(after.len(), 3);
    assert!(after[0].updated > before[0].updated && after[1] == before[1]);
    let page = bench.page(&[("$orderby", "lastUpdateDateTime desc"), ("$top", "1")]).await;
    assert_eq!(ids(&page), [before[0].id.as_str()]);
}

#[tokio::test]
async fn an_alert_of_the_future_is_not_readable_yet() {
    let bench = bench(some_alerts(0)).await;
    let ahead = bench.cloud.now(&bench.tenant) + jiff::SignedDuration::from_hours(1);
    bench.cloud.generate_at(&bench.tenant, 4, ahead);
    assert_eq!(bench.cloud.truth(&bench.tenant).len(), 4);
    assert_eq!(ids(&bench.page(&[]).await).len(), 0);
    bench.cloud.set_fault(&Scope::All, Fault::Skew(jiff::SignedDuration::from_secs(3601)));
    let mut bench = bench;
    bench.token = bench.new_token().await;
    assert_eq!(ids(&bench.page(&[]).await).len(), 4);
}

#[tokio::test]
async fn the_journal_counts_requests_and_never_holds_a_token() {
    let bench = bench(some_alerts(1)).await;
    bench.page(&[("$top", "1")]).await;
    let _ = bench.http.get(bench.url(&[])).send().await.expect("an answer");
    let requests = bench.cloud.requests();
    assert_eq!((requests.to("/oauth2/v2.0/token"), requests.to("/alerts_v2"), requests.with_status(401)), (1, 2, 1));
    let last = &requests.recent[requests.recent.len() - 2..];
    assert_eq!((last[0].authorization, last[1].authorization), (true, false));
    assert_eq!(last[0].tenant.as_deref(), Some(bench.tenant.as_str()));
    assert_eq!(last[0].host.as_deref(), bench.cloud.base_url().strip_prefix("http://"));
    let text = bench.http.get(format!("{}/simulator/requests", bench.cloud.base_url())).send().await.expect("an answer");
    let text = text.text().await.expect("a body");
    assert!(text.contains("alerts_v2") && !text.contains(&bench.token) && !text.contains(CLIENT_SECRET));
}

#[tokio::test]
async fn a_stopped_simulator_frees_its_port() {
    let bench = bench(some_alerts(0)).await;
    let address = bench.cloud.base_url().trim_start_matches("http://").parse().expect("an address");
    bench.cloud.stop().await;
    let again = super::client::bench(Settings { listen: address, ..some_alerts(1) }).await;
    assert_eq!(ids(&again.page(&[]).await).len(), 1);
}
