//! Managed identities: the machine's metadata service, and its token at the customers' token endpoints.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use alertferry::clock;
use alertferry::source::Trouble;
use alertferry::source::entra::{Credential, ManagedIdentity, SignIn, SignInError, Tokens};
use axum::body::Body;
use axum::http::Response;
use futures_util::future::join_all;
use reqwest::Url;

use super::vendor::{AUDIENCE, Heard, Vendor, after, document, granted, http, nobody, reply, reply_with, sign_in_with};

const IDENTITY: &str = "33333333-3333-3333-3333-333333333333";

fn identity_at(vendor: &Vendor, endpoint: &Url) -> SignIn {
    let identity = ManagedIdentity { client_id: IDENTITY.to_owned(), endpoint: endpoint.clone() };
    sign_in_with(&vendor.url, Credential::ManagedIdentity(identity))
}

fn of(vendor: &Vendor) -> SignIn {
    identity_at(vendor, &vendor.url)
}

fn tenant(sign_in: &SignIn, number: usize) -> SignIn {
    SignIn { tenant: format!("{number:08}-0000-0000-0000-000000000000").into(), ..sign_in.clone() }
}

/// `identity-1`, `identity-2`, …, each good for an hour, as the service writes it.
fn metadata(count: usize, _: &Heard) -> Response<Body> {
    let ends = clock::now().as_second() + 3600;
    reply(200, format!(r#"{{"access_token":"identity-{count}","expires_on":"{ends}","token_type":"Bearer"}}"#))
}

fn assertions(vendor: &Vendor) -> Vec<String> {
    vendor.sign_ins().iter().map(|heard| heard.form()["client_assertion"].clone()).collect()
}

#[tokio::test]
async fn the_identitys_token_is_asked_for_as_azure_wants_it_and_shown_as_the_assertion() {
    let vendor = Vendor::with_api(metadata).await;
    Tokens::new(http()).token(&of(&vendor)).await.unwrap();
    let heard = &vendor.gets()[0];
    assert_eq!(heard.header("metadata"), "true");
    let url = vendor.at(&heard.path_and_query);
    assert_eq!(url.path(), "/metadata/identity/oauth2/token");
    let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let expected = [("api-version", "2018-02-01"), ("resource", AUDIENCE), ("client_id", IDENTITY)];
    assert_eq!(query, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(assertions(&vendor), ["identity-1"]);
}

#[tokio::test]
async fn twenty_tenants_at_once_cause_one_request_and_share_its_failure_too() {
    let vendor = Vendor::with_api(metadata).await;
    let (tokens, base) = (Tokens::new(http()), of(&vendor));
    let all: Vec<SignIn> = (0..20).map(|number| tenant(&base, number)).collect();
    for result in join_all(all.iter().map(|sign_in| tokens.token(sign_in))).await {
        result.unwrap();
    }
    assert_eq!((vendor.gets().len(), vendor.sign_ins().len()), (1, 20));

    let vendor = Vendor::with_api(|_, _| reply(500, "")).await;
    let base = of(&vendor);
    let all: Vec<SignIn> = (0..20).map(|number| tenant(&base, number)).collect();
    for result in join_all(all.iter().map(|sign_in| tokens.token(sign_in))).await {
        result.unwrap_err();
    }
    assert_eq!(vendor.gets().len(), 1);
    tokens.token(&base).await.unwrap_err();
    assert_eq!(vendor.gets().len(), 2, "a later call asks once more");
}

#[tokio::test]
async fn the_identitys_token_is_kept_until_shortly_before_its_end() {
    let vendor = Vendor::with_api(metadata).await;
    let (tokens, base) = (Tokens::new(http()), of(&vendor));
    for (number, seconds) in [0, 3200, 200].into_iter().enumerate() {
        after(seconds).await;
        tokens.token(&tenant(&base, number)).await.unwrap();
    }
    assert_eq!(assertions(&vendor), ["identity-1", "identity-1", "identity-2"]);
}

#[tokio::test]
async fn a_token_that_entra_refuses_is_not_shown_again() {
    let refuse = |count, heard: &Heard| match count {
        1 => reply(401, document("invalid_client", 700_024, "Client assertion is not within its valid time range.")),
        _ => granted(count, heard),
    };
    let vendor = Vendor::start(refuse, metadata).await;
    let (tokens, sign_in) = (Tokens::new(http()), of(&vendor));
    let error = tokens.token(&sign_in).await.unwrap_err();
    assert_eq!((error.number, error.error.trouble, error.whole_app), (Some(700_024), Trouble::Broken, true));
    tokens.token(&sign_in).await.unwrap();
    assert_eq!(assertions(&vendor), ["identity-1", "identity-2"]);
}

#[tokio::test]
async fn what_the_metadata_service_refuses_is_told_apart() {
    let says = r#"{"error":"invalid_request","error_description":"Identity not found"}"#;
    for (status, body, trouble, words) in [
        (400, says, Trouble::Broken, "assign the user-assigned identity with client ID 33333333"),
        (404, "<html>nothing</html>", Trouble::Passing, "being updated"),
        (410, "", Trouble::Passing, "being updated"),
        (429, "", Trouble::Throttled(Some(Duration::from_secs(7))), "other programs"),
        (500, says, Trouble::Passing, "trouble of its own"),
        (503, "", Trouble::Passing, "trouble of its own"),
        (403, "", Trouble::Broken, "not the metadata service"),
        (302, "", Trouble::Broken, "not the metadata service"),
        (200, "<html>login</html>", Trouble::Passing, "not the metadata service"),
        (200, r#"{"access_token":"hunter2"}"#, Trouble::Passing, "not the metadata service"),
        (200, r#"{"access_token":"hunter2","expires_on":"soon"}"#, Trouble::Passing, "not the metadata service"),
    ] {
        let answer =
            move |_: usize, _: &Heard| reply_with(status, &[("retry-after", "7"), ("location", "http://127.0.0.1:1/")], body);
        let vendor = Vendor::with_api(answer).await;
        let error = Tokens::new(http()).token(&of(&vendor)).await.unwrap_err();
        assert_told(&error, trouble, words);
        assert!(error.to_string().contains(&format!("answered {status}")), "{error}");
        assert!(vendor.sign_ins().is_empty(), "nothing to show, so nobody is asked");
    }
    let vendor = Vendor::with_api(metadata).await;
    let error = Tokens::new(http()).token(&identity_at(&vendor, &nobody().await)).await.unwrap_err();
    assert_told(&error, Trouble::Passing, "machines of Azure only");
}

fn assert_told(error: &SignInError, trouble: Trouble, words: &str) {
    assert_eq!(error.error.trouble, trouble, "{error}");
    assert!(error.error.advice.as_ref().unwrap().contains(words), "{words}: {error:?}");
    assert!(error.to_string().contains("app main") && !format!("{error:?}").contains("hunter2"), "{error}");
}

/// Set for the copy of this test whose environment names a proxy; a variable of our own process cannot be changed safely.
const PROXIED: &str = "ALERTFERRY_TEST_PROXIED";

#[test]
fn the_metadata_service_is_never_asked_through_a_proxy() {
    if std::env::var_os(PROXIED).is_none() {
        let proxy = "http://127.0.0.1:1";
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "sign_in::identity::the_metadata_service_is_never_asked_through_a_proxy", "--nocapture"])
            .env(PROXIED, "1")
            .envs(["http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"].map(|name| (name, proxy)))
            .env_remove("NO_PROXY")
            .env_remove("no_proxy")
            .output()
            .unwrap();
        let shown = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && shown.contains("1 passed"), "{shown}{}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let vendor = Arc::new(Vendor::with_api(metadata).await);
        let error = Tokens::new(http()).token(&of(&vendor)).await.unwrap_err();
        assert!(vendor.sign_ins().is_empty(), "the sign-in itself goes through the proxy, where nobody is: {error}");
        assert_eq!(vendor.gets().len(), 1, "{error}");
    });
}
