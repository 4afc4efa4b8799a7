//! One GET: what is asked, with which token, how often, and where a token never goes.

use std::time::Duration;

use alertferry::source::http::{ApiError, Caps};
use alertferry::source::throttle::Rate;
use alertferry::source::{FetchError, Trouble};
use futures_util::future::BoxFuture;
use reqwest::Url;
use tokio::time::{advance, pause, resume, timeout};

use super::vendor::{Vendor, feed, feed_of, nobody, reply, reply_with};

#[tokio::test]
async fn a_get_carries_token_and_headers_and_hands_back_body_date_and_request_id() {
    let headers = [("request-id", "r-1"), ("date", "Mon, 02 Mar 2026 07:00:00 GMT")];
    let vendor = Vendor::with_api(move |_, _| reply_with(200, &headers, r#"{"value":[]}"#)).await;
    let feed = feed_of(&vendor);
    let answer = feed.api.get(&vendor.at("/v1.0/security/alerts_v2?$filter=a%20ge%20b&$top=5")).await.unwrap();
    assert_eq!(answer.body, r#"{"value":[]}"#);
    assert_eq!(answer.request_id.as_deref(), Some("r-1"));
    assert_eq!(answer.date, Some("2026-03-02T07:00:00Z".parse().unwrap()));
    let clock = feed.api.clock().now();
    assert!(clock.duration_since(answer.date.unwrap()).as_secs() < 60, "the server's clock says {clock}");

    let heard = &vendor.gets()[0];
    assert_eq!(heard.path_and_query, "/v1.0/security/alerts_v2?$filter=a%20ge%20b&$top=5");
    for (name, value) in [
        ("authorization", "Bearer token-1"),
        ("accept", "application/json"),
        ("accept-encoding", "gzip"),
        ("prefer", "include-unknown-enum-members"),
        ("user-agent", "alertferry-test/1"),
    ] {
        assert_eq!(heard.header(name), value, "{name}");
    }
    assert_eq!(heard.header("client-request-id").len(), 36);
}

#[tokio::test]
async fn each_request_has_its_own_client_request_id_and_the_token_is_reused() {
    let vendor = Vendor::with_api(|_, _| reply(200, "{}")).await;
    let feed = feed_of(&vendor);
    for _ in 0..2 {
        feed.api.get(&vendor.at("/a")).await.unwrap();
    }
    let gets = vendor.gets();
    assert_ne!(gets[0].header("client-request-id"), gets[1].header("client-request-id"));
    assert_eq!(vendor.sign_ins().len(), 1);
}

#[tokio::test]
async fn a_401_is_answered_with_a_fresh_token_once() {
    let vendor = Vendor::with_api(|count, _| reply(if count == 1 { 401 } else { 200 }, "{}")).await;
    feed_of(&vendor).api.get(&vendor.at("/a")).await.unwrap();
    let tokens: Vec<String> = vendor.gets().iter().map(|heard| heard.header("authorization").to_owned()).collect();
    assert_eq!(tokens, ["Bearer token-1", "Bearer token-2"]);
}

#[tokio::test]
async fn a_401_for_the_fresh_token_too_is_broken_with_advice_and_no_third_try() {
    let vendor = Vendor::with_api(|_, _| reply(401, r#"{"error":{"code":"InvalidAuthenticationToken","message":"no"}}"#)).await;
    let error = feed_of(&vendor).api.get(&vendor.at("/a")).await.unwrap_err();
    assert_eq!(vendor.gets().len(), 2);
    assert!(matches!(error, ApiError::Other(_)), "{error:?}");
    let error = FetchError::from(error);
    assert_eq!(error.trouble, Trouble::Broken);
    let advice = error.advice.unwrap();
    assert!(advice.contains("https://graph.example/.default") && advice.contains("clock"), "{advice}");
}

#[tokio::test]
async fn after_a_403_the_next_try_signs_in_anew_since_an_old_token_lacks_new_grants() {
    let missing = r#"{"error":{"code":"Forbidden","message":"Missing application roles. API required roles: A.Read, application roles: ."}}"#;
    let vendor = Vendor::with_api(move |count, _| if count == 1 { reply(403, missing) } else { reply(200, "{}") }).await;
    let feed = feed_of(&vendor);
    let error = FetchError::from(feed.api.get(&vendor.at("/a")).await.unwrap_err());
    assert_eq!(error.trouble, Trouble::NeedsConsent);
    assert!(error.advice.unwrap().contains("/adminconsent?client_id=our-client-id"));
    feed.api.get(&vendor.at("/a")).await.unwrap();
    assert_eq!(vendor.gets()[1].header("authorization"), "Bearer token-2");
}

#[tokio::test]
async fn a_gateways_403_says_nothing_about_the_token_which_is_kept() {
    let vendor = Vendor::with_api(|_, _| reply(403, "<html>blocked</html>")).await;
    let feed = feed_of(&vendor);
    for _ in 0..2 {
        let error = feed.api.get(&vendor.at("/a")).await.unwrap_err();
        assert!(matches!(error, ApiError::Away(_)), "{error:?}");
    }
    assert_eq!(vendor.sign_ins().len(), 1);
}

#[tokio::test]
async fn a_url_of_another_host_is_refused_before_anybody_hears_of_it() {
    let (vendor, other) = (Vendor::with_api(|_, _| reply(200, "{}")).await, Vendor::with_api(|_, _| reply(200, "{}")).await);
    let error = feed_of(&vendor).api.get(&other.at("/a?$skiptoken=private")).await.unwrap_err();
    assert!(other.gets().is_empty() && vendor.gets().is_empty() && vendor.sign_ins().is_empty());
    let shown = format!("{error} {error:?}");
    assert!(shown.contains(&other.url.port().unwrap().to_string()) && !shown.contains("private"), "{shown}");
}

#[tokio::test]
async fn only_the_very_scheme_host_and_port_of_the_base_get_our_token() {
    let base = Url::parse("https://graph.microsoft.com").unwrap();
    let api = feed(&base, &base, Caps::default(), &[]).api;
    for (url, same) in [
        ("https://graph.microsoft.com/v1.0/x?y", true),
        ("https://GRAPH.microsoft.com:443/v1.0/x", true),
        ("http://graph.microsoft.com/v1.0/x", false),
        ("https://graph.microsoft.com:8443/v1.0/x", false),
        ("https://graph.microsoft.com.example/v1.0/x", false),
        ("https://evil.example/graph.microsoft.com", false),
        ("https://graph.microsoft.com@evil.example/v1.0/x", false),
        ("https://user@graph.microsoft.com/v1.0/x", false),
        ("https://:word@graph.microsoft.com/v1.0/x", false),
    ] {
        assert_eq!(api.same_host(&url.parse().unwrap()), same, "{url}");
    }
}

#[tokio::test]
async fn a_redirect_is_refused_naming_its_host_and_our_token_does_not_travel() {
    let other = Vendor::with_api(|_, _| reply(200, "{}")).await;
    let target = other.at("/a?q=private").to_string();
    let vendor = Vendor::with_api(move |_, _| reply_with(302, &[("location", &target)], "")).await;
    let error = feed_of(&vendor).api.get(&vendor.at("/a")).await.unwrap_err();
    assert!(other.gets().is_empty());
    let message = error.to_string();
    assert!(message.contains("redirect refused") && message.contains(other.url.as_str().trim_end_matches('/')), "{message}");
    assert!(!message.contains("private"), "{message}");
    assert_eq!(FetchError::from(error).trouble, Trouble::Broken);
}

#[tokio::test]
async fn a_throttled_feed_hears_the_servers_pause_clamped_and_counted_from_the_servers_clock() {
    let date = ("date", "Mon, 02 Mar 2026 07:00:00 GMT");
    for (status, header, seconds) in [
        (429, "17", Some(17)),
        (429, "86400", Some(300)),
        (429, "Mon, 02 Mar 2026 07:00:30 GMT", Some(30)),
        (429, "nonsense", None),
        (503, "9", Some(9)),
    ] {
        let vendor = Vendor::with_api(move |_, _| reply_with(status, &[("retry-after", header), date], "")).await;
        let error = FetchError::from(feed_of(&vendor).api.get(&vendor.at("/a")).await.unwrap_err());
        assert_eq!(error.trouble, Trouble::Throttled(seconds.map(Duration::from_secs)), "{status} {header}");
        assert_eq!(vendor.gets().len(), 1, "nothing is repeated within a call");
    }
}

#[tokio::test]
async fn every_request_is_counted_by_its_status_and_those_without_an_answer_too() {
    let vendor = Vendor::with_api(|count, _| reply([401, 200, 500][count - 1], "{}")).await;
    let feed_ = feed_of(&vendor);
    feed_.api.get(&vendor.at("/a")).await.unwrap();
    feed_.api.get(&vendor.at("/a")).await.unwrap_err();
    let text = feed_.metrics.render();
    for status in ["200", "401", "500"] {
        let line = format!(r#"alertferry_requests_total{{tenant="contoso",feed="graph-alerts",status="{status}"}} 1"#);
        assert!(text.contains(&line), "{line} is not in:\n{text}");
    }

    let base = nobody().await;
    let feed_ = feed(&vendor.url, &base, Caps::default(), &[]);
    let error = feed_.api.get(&base.join("/a?q=private").unwrap()).await.unwrap_err();
    assert!(matches!(error, ApiError::Away(_)), "{error:?}");
    assert!(!error.to_string().contains("private") && error.to_string().contains("/a failed"), "{error}");
    assert!(feed_.metrics.render().contains(r#"status="error"} 1"#));
}

#[tokio::test]
async fn every_request_waits_for_the_budget_even_the_one_with_the_fresh_token() {
    let vendor = Vendor::with_api(|count, _| reply(if count == 1 { 401 } else { 200 }, "{}")).await;
    let rates = [Rate { requests: 1, per: Duration::from_hours(1) }];
    let feed = feed(&vendor.url, &vendor.url, Caps::default(), &rates);
    let url = vendor.at("/a");
    let mut get: BoxFuture<'_, _> = Box::pin(feed.api.get(&url));
    timeout(Duration::from_millis(500), &mut get).await.expect_err("the second request must wait an hour");
    assert_eq!(vendor.gets().len(), 1);
    pause();
    advance(Duration::from_secs(3601)).await;
    resume();
    get.await.unwrap();
    assert_eq!(vendor.gets().len(), 2);
}
