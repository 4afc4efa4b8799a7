//! Each fault, seen from outside, and the side door through which it is switched.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use alertferry::simulator::{ALL_FAULTS, Fault, Scope, Settings, Simulator};
use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use serde_json::{Value, json};

use super::client::{Bench, bench, good_form, ids};

/// A bench whose tenant has so many alerts and this fault.
async fn struck(history: usize, fault: &str) -> Bench {
    let bench = bench(Settings { history, ..Settings::default() }).await;
    set(&bench, fault);
    bench
}

fn set(bench: &Bench, fault: &str) {
    bench.cloud.set_fault(&Scope::All, fault.parse().unwrap_or_else(|error| panic!("{error}")));
}

const OLDEST: (&str, &str) = ("$orderby", "lastUpdateDateTime asc");

#[tokio::test]
async fn token_faults_strike_at_the_token_endpoint_only() {
    for (fault, status, marker) in [
        ("token-error=7000222", 401, "AADSTS7000222"),
        ("token-error=90033", 503, "temporarily_unavailable"),
        ("token-error=424242", 400, "AADSTS424242"),
        ("token-status=502:7", 502, "upstream"),
        ("token-html", 200, "<html>"),
    ] {
        let bench = struck(1, fault).await;
        let response = bench.ask_token(&bench.tenant, &good_form()).await;
        assert_eq!(response.status(), status, "{fault}");
        assert_eq!(response.headers().get("retry-after").is_some(), fault.ends_with(":7"));
        assert!(response.text().await.expect("a body").contains(marker), "{fault}");
        assert_eq!(bench.get(&[]).await.status(), 200, "{fault}: the token from before still works");
    }
}

#[tokio::test]
async fn revoked_tokens_fail_and_new_ones_work() {
    let mut bench = struck(1, "revoke-tokens").await;
    assert_eq!(bench.get(&[]).await.status(), 401);
    bench.token = bench.new_token().await;
    assert_eq!(bench.get(&[]).await.status(), 200);
}

#[tokio::test]
async fn refusals_have_the_status_and_the_words_of_graph() {
    for (fault, status, marker) in [
        ("reject-tokens", 401, "InvalidAuthenticationToken"),
        ("missing-roles", 403, "Missing application roles. API required roles: SecurityAlert.Read.All"),
        ("not-provisioned", 403, "Account is not provisioned"),
        ("status=429:30", 429, "TooManyRequests"),
        ("status=500", 500, "InternalServerError"),
        ("html=403", 403, "<html>"),
        ("html=502", 502, "<html>"),
    ] {
        let bench = struck(1, fault).await;
        let response = bench.get(&[]).await;
        assert_eq!(response.status(), status, "{fault}");
        assert_eq!(response.headers().get("retry-after").map(|value| value == "30"), (status == 429).then_some(true));
        assert!(response.text().await.expect("a body").contains(marker), "{fault}");
    }
}

#[tokio::test]
async fn a_token_from_before_the_consent_stays_without_roles() {
    let mut bench = struck(1, "missing-roles").await;
    bench.token = bench.new_token().await;
    bench.cloud.clear_faults();
    assert_eq!(bench.get(&[]).await.status(), 403);
    bench.token = bench.new_token().await;
    assert_eq!(bench.get(&[]).await.status(), 200);
}

#[tokio::test]
async fn a_fault_with_a_number_of_times_ends_after_them() {
    let bench = bench(Settings { history: 1, ..Settings::default() }).await;
    bench.cloud.set_fault_times(&Scope::All, "status=503".parse().expect("a fault"), 2);
    for status in [503, 503, 200] {
        assert_eq!(bench.get(&[]).await.status(), status);
    }
}

#[tokio::test]
async fn throttling_lets_its_number_through_and_then_says_how_long_to_wait() {
    let bench = struck(1, "throttle=3").await;
    for _ in 0..3 {
        assert_eq!(bench.get(&[]).await.status(), 200);
    }
    let response = bench.get(&[]).await;
    assert_eq!(response.status(), 429);
    let wait: u32 = response.headers()["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    // The minute is over by the server's clock.
    set(&bench, "skew=61s");
    assert_eq!(bench.get(&[]).await.status(), 200);
}

#[tokio::test]
async fn a_slow_answer_takes_its_time() {
    let bench = struck(1, "slow=300ms").await;
    let begin = Instant::now();
    assert_eq!(bench.get(&[]).await.status(), 200);
    assert!(begin.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn a_connection_is_closed_before_or_within_the_answer() {
    let bench = struck(5, "hang-up").await;
    assert!(bench.try_get(bench.url(&[])).await.is_err());
    assert_eq!(bench.cloud.requests().with_status(0), 1);
    let bench = struck(5, "cut").await;
    let mut response = bench.get(&[]).await;
    assert_eq!(response.status(), 200);
    assert!(response.chunk().await.expect("the first half").is_some());
    while let Some(chunk) = response.chunk().await.transpose() {
        if chunk.is_err() {
            return;
        }
    }
    panic!("the body came to a proper end");
}

#[tokio::test]
async fn bodies_are_broken_endless_or_huge() {
    let bench = struck(5, "broken-json").await;
    let text = bench.get(&[]).await.text().await.expect("a whole body");
    assert!(text.starts_with('{') && serde_json::from_str::<Value>(&text).is_err());

    let bench = struck(5, "endless").await;
    let mut response = bench.get(&[]).await;
    let mut size = 0;
    while size < 5_000_000 {
        size += response.chunk().await.expect("a chunk").expect("it never ends").len();
    }

    let bench = struck(5, "gzip-bomb=64").await;
    let response = bench.get(&[]).await;
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let packed = response.bytes().await.expect("a body");
    let mut unpacked = flate2::read::GzDecoder::new(&packed[..]);
    let size = std::io::copy(&mut unpacked, &mut std::io::sink()).expect("gzip");
    assert!(packed.len() < 200_000 && size > 64 * 1024 * 1024, "{} bytes inflate to {size}", packed.len());
}

#[tokio::test]
async fn one_record_is_deep_or_has_wrong_types_and_the_others_are_sound() {
    for (fault, marker) in [
        ("deep=1000", "[".repeat(1000)),
        ("wrong-types", r#""severity":3"#.to_owned()),
        ("wrong-types=id", r#""id":17"#.to_owned()),
        ("wrong-types=record", r#""not an alert""#.to_owned()),
    ] {
        let bench = struck(0, fault).await;
        let first = bench.cloud.add(&bench.tenant, &json!({}));
        bench.cloud.generate(&bench.tenant, 4);
        let body = bench.get(&[]).await.text().await.expect("a body");
        assert_eq!(body.matches(&marker).count(), 1, "{fault}");
        let sound =
            bench.cloud.truth(&bench.tenant).iter().filter(|truth| body.contains(&format!("\"id\":\"{}\"", truth.id))).count();
        assert_eq!(sound, if ["deep=1000", "wrong-types"].contains(&fault) { 5 } else { 4 }, "{fault}");
        assert_eq!(body.contains(&first), sound == 5);
    }
}

#[tokio::test]
async fn a_record_of_another_tenant_comes_with_each_page_and_keeps_its_id() {
    let bench = struck(5, "foreign-record").await;
    let mut foreign = BTreeSet::new();
    for options in [[("$top", "5"), OLDEST], [("$top", "2"), OLDEST]] {
        let page = bench.page(&options).await;
        let rows = page["value"].as_array().expect("rows").clone();
        foreign.extend(rows.iter().filter(|row| row["tenantId"] != *bench.tenant).map(|row| row["id"].to_string()));
        assert_eq!(rows.len(), options[0].1.parse::<usize>().expect("a number") + 1);
    }
    assert_eq!(foreign.len(), 1);
}

#[tokio::test]
async fn redirects_and_links_lead_to_another_host_whose_journal_shows_who_came() {
    let trap = Simulator::start(Settings::default()).await.expect("the simulator starts");
    let bench = struck(5, &format!("redirect={}/stolen", trap.base_url())).await;
    let response = bench.get(&[]).await;
    assert_eq!(response.status(), 302);
    assert_eq!(response.headers()["location"], format!("{}/stolen", trap.base_url()).as_str());
    bench.cloud.clear_faults();
    set(&bench, &format!("links={}", trap.base_url()));
    let page = bench.page(&[("$top", "2")]).await;
    assert!(page["@odata.nextLink"].as_str().is_some_and(|link| link.starts_with(trap.base_url())));
    bench.follow(&page).await;
    let requests = trap.requests();
    assert_eq!((requests.recent.len(), requests.recent[0].authorization), (1, true));
}

#[tokio::test]
async fn next_links_are_missing_endless_looping_or_failing() {
    let options = [("$top", "2"), OLDEST];
    let page = struck(5, "links=never").await.page(&options).await;
    assert!(ids(&page).len() == 2 && page.get("@odata.nextLink").is_none());

    let bench = struck(5, "links=always").await;
    let mut page = bench.page(&options).await;
    let mut seen = ids(&page);
    for _ in 0..6 {
        page = bench.follow(&page).await.json().await.expect("JSON");
        seen.extend(ids(&page));
    }
    assert_eq!((seen.len(), ids(&page).len()), (5, 0), "every row once, then empty pages for ever");

    let bench = struck(5, "links=loop").await;
    let page = bench.page(&options).await;
    let again: Value = bench.follow(&page).await.json().await.expect("JSON");
    assert_eq!(again, page);

    for status in [400, 404] {
        let bench = struck(5, &format!("links={status}")).await;
        let page = bench.page(&options).await;
        assert_eq!(bench.follow(&page).await.status(), status);
    }
}

#[tokio::test]
async fn moving_rows_make_counted_links_miss_one_and_placed_links_none() {
    for (links, missed) in [(None, 0), (Some("links=offset"), 1)] {
        let bench = struck(6, "rows-move").await;
        if let Some(fault) = links {
            set(&bench, fault);
        }
        let before: BTreeSet<String> = bench.cloud.truth(&bench.tenant).into_iter().map(|truth| truth.id).collect();
        let mut page = bench.page(&[("$top", "3"), OLDEST]).await;
        let mut seen = ids(&page);
        bench.cloud.clear_faults();
        if let Some(fault) = links {
            set(&bench, fault);
        }
        while page.get("@odata.nextLink").is_some() {
            page = bench.follow(&page).await.json().await.expect("JSON");
            seen.extend(ids(&page));
        }
        assert_eq!(seen.last(), seen.first(), "the row that moved stands at the end now");
        let seen: BTreeSet<String> = seen.into_iter().collect();
        assert_eq!(before.difference(&seen).count(), missed, "{links:?}");
    }
}

#[tokio::test]
async fn pages_are_cut_emptied_doubled_or_uncounted() {
    let page = struck(9, "short-pages=3").await.page(&[("$top", "5")]).await;
    assert!(ids(&page).len() == 3 && page.get("@odata.nextLink").is_none());

    let bench = struck(9, "empty-page").await;
    let page = bench.page(&[("$top", "5")]).await;
    assert_eq!(ids(&page).len(), 0);
    assert_eq!(ids(&bench.follow(&page).await.json().await.expect("JSON")).len(), 5);

    let bench = struck(9, "duplicates").await;
    let mut page = bench.page(&[("$top", "5"), OLDEST]).await;
    let mut all = ids(&page);
    assert!(all.len() == 5 && all[0] == all[1]);
    while page.get("@odata.nextLink").is_some() {
        page = bench.follow(&page).await.json().await.expect("JSON");
        all.extend(ids(&page));
    }
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 9, "no row is missing");

    let page = struck(9, "no-count").await.page(&[("$count", "true")]).await;
    assert!(page.get("@odata.count").is_none());
}

#[tokio::test]
async fn order_skip_and_filter_are_ignored_or_bent() {
    let stamps = |page: &Value| -> Vec<Timestamp> {
        let rows = page["value"].as_array().expect("rows");
        rows.iter().map(|row| row["lastUpdateDateTime"].as_str().expect("a date").parse().expect("a date")).collect()
    };
    let newest = struck(30, "order=newest").await.page(&[OLDEST]).await;
    assert!(stamps(&newest).iter().rev().is_sorted());
    let bench = struck(30, "order=random").await;
    assert_ne!(ids(&bench.page(&[OLDEST]).await), ids(&bench.page(&[OLDEST]).await));

    let bench = struck(30, "skip=ignored").await;
    assert_eq!(ids(&bench.page(&[OLDEST, ("$skip", "20")]).await), ids(&bench.page(&[OLDEST]).await));
    let bench = struck(30, "skip=10").await;
    assert_eq!(bench.get(&[("$skip", "10")]).await.status(), 200);
    assert_eq!(bench.get(&[("$skip", "11")]).await.status(), 400);

    let nothing = ("$filter", "lastUpdateDateTime lt 2020-01-01T00:00:00Z");
    assert_eq!(ids(&struck(30, "filter=ignored").await.page(&[nothing]).await).len(), 30);
    assert_eq!(ids(&struck(30, "filter=outside").await.page(&[nothing]).await).len(), 1);
}

#[tokio::test]
async fn many_rows_stand_at_one_moment() {
    let bench = struck(0, "same-stamp=40").await;
    let truth = bench.cloud.truth(&bench.tenant);
    assert!(truth.len() == 40 && truth.iter().all(|row| row.updated == truth[0].updated));
}

#[tokio::test]
async fn the_date_is_missing_or_wrong() {
    assert!(!struck(1, "no-date").await.get(&[]).await.headers().contains_key("date"));
    for skew in [-3600, 3600] {
        let mut bench = struck(1, &format!("skew={skew}s")).await;
        bench.token = bench.new_token().await;
        let response = bench.get(&[]).await;
        let date = httpdate::parse_http_date(response.headers()["date"].to_str().expect("text")).expect("a date");
        let date = Timestamp::try_from(date).expect("a date");
        let real = bench.cloud.now(&bench.tenant) - SignedDuration::from_secs(skew);
        let ahead = date.duration_since(real).as_secs();
        assert!((skew - 60..=skew + 60).contains(&ahead), "{ahead}");
    }
}

#[tokio::test]
async fn a_fault_of_one_tenant_leaves_the_others_alone() {
    let bench = bench(Settings { tenants: 2, ..Settings::default() }).await;
    bench.cloud.set_fault(&Scope::Tenant("tenant-02".to_owned()), Fault::TokenHtml);
    let other = bench.cloud.tenants()[1].tenant_id.clone();
    let content_type = |response: &reqwest::Response| response.headers()["content-type"].to_str().expect("text").to_owned();
    assert!(content_type(&bench.ask_token(&other, &good_form()).await).starts_with("text/html"));
    assert!(content_type(&bench.ask_token(&bench.tenant, &good_form()).await).starts_with("application/json"));
}

#[tokio::test]
async fn the_side_door_sets_shows_and_clears_faults_and_refuses_nonsense() {
    let bench = bench(Settings { tenants: 2, history: 1, ..Settings::default() }).await;
    let door = |path: &str| Url::parse(&format!("{}/simulator/{path}", bench.cloud.base_url())).expect("an address");
    let put = async |body: Value| bench.http.put(door("faults")).json(&body).send().await.expect("an answer");
    let one = put(json!({"fault": "html=502", "times": 3})).await;
    assert_eq!(one.json::<Value>().await.expect("JSON"), json!([{"fault": "html=502", "tenant": null, "times": 3}]));
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
