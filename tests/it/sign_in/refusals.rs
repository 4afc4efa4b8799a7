//! What Entra refuses, and what stands in for Entra: kinds of trouble, words and advice.

use std::time::Duration;

use alertferry::secret::Secret;
use alertferry::source::Trouble;
use alertferry::source::entra::{SignIn, SignInError, Tokens};
use axum::body::Body;
use axum::http::Response;

use super::vendor::{TENANT, Vendor, app, document, http, nobody, raw, reply, reply_with, sign_in};

async fn refusal(answer: impl Fn() -> Response<Body> + Send + Sync + 'static) -> SignInError {
    let vendor = Vendor::with_sign_in(move |_, _| answer()).await;
    let error = Tokens::new(http()).token(&sign_in(&vendor.url)).await.unwrap_err();
    assert_eq!(vendor.sign_ins().len(), 1, "one request per call");
    error
}

#[tokio::test]
async fn an_expired_secret_concerns_all_tenants_and_says_what_to_do() {
    let words = "The provided client secret keys for app 'x' are expired.";
    let error = refusal(move || reply(401, document("invalid_client", 7_000_222, words))).await;
    assert_eq!((error.number, error.whole_app, error.error.trouble), (Some(7_000_222), true, Trouble::Broken));
    let message = error.to_string();
    for part in ["AADSTS7000222", words, "[trace the-trace]", "[correlation the-correlation]", "app main", TENANT, "HTTP 401"] {
        assert!(message.contains(part), "{part} is missing: {message}");
    }
    assert!(!message.contains("Timestamp"), "only the first line: {message}");
    assert!(error.error.advice.unwrap().contains("new client secret for app main"));
}

#[tokio::test]
async fn each_refusal_of_the_contract_has_its_state_and_its_advice() {
    for (number, word, trouble, whole_app, advice) in [
        (7_000_215, "invalid_client", Trouble::Broken, true, "the secret's value; its ID is often copied by mistake"),
        (7_000_222, "invalid_client", Trouble::Broken, true, "make a new client secret for app main"),
        (700_016, "unauthorized_client", Trouble::NeedsConsent, false, "/adminconsent?client_id=our-client-id"),
        (700_027, "invalid_client", Trouble::Broken, true, "upload the certificate"),
        (700_024, "invalid_client", Trouble::Broken, true, "put this machine's clock right"),
        (70_021, "invalid_request", Trouble::Passing, false, "takes some minutes"),
        (
            7_000_112,
            "unauthorized_client",
            Trouble::NeedsConsent,
            false,
            "switch the enterprise application of app main on again",
        ),
        (90_002, "invalid_request", Trouble::Broken, false, "check tenant_id 11111111-1111-1111-1111-111111111111 and cloud lab"),
        (53_003, "invalid_grant", Trouble::NeedsConsent, false, "access policies block app main"),
    ] {
        let error = refusal(move || reply(400, document(word, number, "words of Entra"))).await;
        assert_eq!((error.number, error.error.trouble, error.whole_app), (Some(number), trouble, whole_app));
        let said = error.error.advice.unwrap_or_default();
        assert!(said.contains(advice), "{number}: {said}");
        assert!(!said.contains('{'), "{number}: {said}");
    }
}

#[tokio::test]
async fn missing_consent_carries_the_link_that_gives_it() {
    let error = refusal(|| reply(400, document("unauthorized_client", 700_016, "Application was not found"))).await;
    assert_eq!((error.error.trouble, error.whole_app), (Trouble::NeedsConsent, false));
    let advice = error.error.advice.unwrap();
    assert!(advice.contains(&format!("/{TENANT}/adminconsent?client_id=our-client-id")), "{advice}");
}

#[tokio::test]
async fn a_number_that_only_the_description_has_is_found() {
    let body = r#"{"error":"invalid_request","error_description":"AADSTS90002: Tenant not found. Trace ID: t"}"#;
    let error = refusal(move || reply(400, body)).await;
    assert_eq!((error.number, error.error.trouble), (Some(90_002), Trouble::Broken));
}

#[tokio::test]
async fn an_unknown_number_is_kept_and_the_error_word_decides() {
    let error = refusal(|| reply(400, document("temporarily_unavailable", 123_456, "Later."))).await;
    assert_eq!((error.number, error.error.trouble), (Some(123_456), Trouble::Passing));
}

#[tokio::test]
async fn gateways_broken_answers_and_throttling_pass_by_themselves() {
    for (status, body) in [
        (500, String::new()),
        (503, document("invalid_client", 7_000_222, "wrapped by a gateway")),
        (502, "<html>Bad gateway</html>".to_owned()),
        (403, "<!DOCTYPE html>blocked".to_owned()),
        (400, "upstream connect error".to_owned()),
        (200, "<html>Sign in to the guest network</html>".to_owned()),
        (200, "{".to_owned()),
        (200, format!(r#"{{"access_token":"{}","expires_in":3600}}"#, "x".repeat(1024 * 1024))),
        (204, String::new()),
    ] {
        let shown = format!("{status} {}", &body[..body.len().min(60)]);
        let error = refusal(move || reply(status, body.clone())).await;
        assert_eq!((error.error.trouble, error.whole_app), (Trouble::Passing, false), "{shown}: {error}");
    }
    let throttled = refusal(|| reply_with(429, &[("retry-after", "17")], "")).await;
    assert_eq!(throttled.error.trouble, Trouble::Throttled(Some(Duration::from_secs(17))));
    let throttled = refusal(|| reply_with(400, &[("retry-after", "17")], document("x", 90_055, "Tenant throttled."))).await;
    assert_eq!(throttled.error.trouble, Trouble::Throttled(Some(Duration::from_secs(17))));
}

#[tokio::test]
async fn a_token_endpoint_that_cannot_be_reached_or_hangs_up_is_passing_trouble() {
    for login in [nobody().await, raw("").await, raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{").await] {
        let error = Tokens::new(http()).token(&sign_in(&login)).await.unwrap_err();
        assert_eq!(error.error.trouble, Trouble::Passing, "{error}");
        assert!(error.to_string().contains(login.as_str().trim_end_matches('/')), "the host is named: {error}");
    }
}

#[tokio::test]
async fn a_redirect_is_refused_and_the_secret_goes_nowhere_else() {
    let elsewhere = Vendor::with_sign_in(super::vendor::granted).await;
    let target = elsewhere.at("/x/oauth2/v2.0/token?q=private").to_string();
    let error = refusal(move || reply_with(307, &[("location", &target)], "")).await;
    assert_eq!(error.error.trouble, Trouble::Broken);
    let message = error.to_string();
    assert!(message.contains("redirect") && message.contains(elsewhere.url.as_str().trim_end_matches('/')), "{message}");
    assert!(!message.contains("private"), "{message}");
    assert!(elsewhere.sign_ins().is_empty());
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_is_named_by_its_place_and_nothing_is_asked() {
    let vendor = Vendor::with_sign_in(super::vendor::granted).await;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("client-secret");
    let sign_in = SignIn { app: app(Secret::File(place.clone())), ..sign_in(&vendor.url) };
    let error = Tokens::new(http()).token(&sign_in).await.unwrap_err();
    assert_eq!((error.error.trouble, error.whole_app), (Trouble::Broken, true));
    assert!(error.to_string().contains(place.to_str().unwrap()), "{error}");
    assert!(vendor.sign_ins().is_empty());
}
