//! Faults of signing in, of connections, of bodies and of clocks.

use std::time::{Duration, Instant};

use alertferry::simulator::{Fault, Scope, Settings};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::client::{bench, good_form, set, struck};

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
