//! Refresh tokens: replaced at each use, kept across restarts, and put aside when the operator brings a new one.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use alertferry::secret::Secret;
use alertferry::source::Trouble;
use alertferry::source::entra::{Beside, Credential, RefreshToken, SignIn, Tokens};
use axum::body::Body;
use axum::http::Response;

use super::log::log;
use super::vendor::{Heard, Vendor, document, http, reply, sign_in_with};

fn delegated(vendor: &Vendor, folder: &Path, beside: Option<Beside>) -> SignIn {
    let token = Secret::File(folder.join("configured"));
    let credential = RefreshToken { token, beside, kept_in: folder.join("kept"), keeps: true };
    sign_in_with(&vendor.url, Credential::RefreshToken(Box::new(credential)))
}

fn configure(folder: &Path, token: &str) {
    std::fs::write(folder.join("configured"), format!("{token}\n")).unwrap();
}

/// Gives `refresh-N` with the N-th access token.
fn rotating(count: usize, _: &Heard) -> Response<Body> {
    reply(200, format!(r#"{{"expires_in":3600,"access_token":"token-{count}","refresh_token":"refresh-{count}"}}"#))
}

fn expired() -> Response<Body> {
    reply(400, document("invalid_grant", 700_082, "The refresh token has expired due to inactivity."))
}

fn shown(vendor: &Vendor) -> Vec<String> {
    vendor.sign_ins().iter().map(|heard| heard.form()["refresh_token"].clone()).collect()
}

#[tokio::test]
async fn each_use_brings_a_new_token_which_even_a_restart_does_not_lose() {
    let vendor = Vendor::with_sign_in(rotating).await;
    let folder = tempfile::tempdir().unwrap();
    configure(folder.path(), "configured");
    let sign_in = delegated(&vendor, folder.path(), None);
    for _ in 0..3 {
        Tokens::new(http()).token(&sign_in).await.unwrap();
    }
    assert_eq!(shown(&vendor), ["configured", "refresh-1", "refresh-2"]);
    let form = vendor.sign_ins()[0].form();
    assert_eq!((form["grant_type"].as_str(), form["client_id"].as_str()), ("refresh_token", "our-client-id"));
    assert_eq!(form["scope"], "https://graph.example/.default offline_access", "who does not ask gets no new one");
    assert!(!form.contains_key("client_secret") && !form.contains_key("client_assertion"));
    assert!(folder.path().join("kept").is_dir());
}

#[tokio::test]
async fn a_mere_look_uses_what_was_kept_and_keeps_nothing() {
    let vendor = Vendor::with_sign_in(rotating).await;
    let folder = tempfile::tempdir().unwrap();
    configure(folder.path(), "configured");
    let ours = delegated(&vendor, folder.path(), None);
    let look = SignIn { app: Arc::new(ours.app.leaving_no_trace()), ..ours.clone() };
    Tokens::new(http()).token(&look).await.unwrap();
    assert!(!folder.path().join("kept").exists());
    for sign_in in [&ours, &look, &look, &ours] {
        Tokens::new(http()).token(sign_in).await.unwrap();
    }
    assert_eq!(shown(&vendor), ["configured", "configured", "refresh-2", "refresh-2", "refresh-2"]);
}

#[tokio::test]
async fn a_new_token_of_the_operators_wins_over_what_was_kept() {
    let vendor = Vendor::with_sign_in(rotating).await;
    let folder = tempfile::tempdir().unwrap();
    let (tokens, sign_in) = (Tokens::new(http()), delegated(&vendor, folder.path(), None));
    for configured in ["old", "new"] {
        configure(folder.path(), configured);
        let token = tokens.token(&sign_in).await.unwrap();
        tokens.invalidate(&token);
    }
    tokens.token(&sign_in).await.unwrap();
    assert_eq!(shown(&vendor), ["old", "new", "refresh-2"]);
}

#[tokio::test]
async fn a_kept_token_that_is_refused_gives_way_to_the_configured_one_once() {
    let vendor =
        Vendor::with_sign_in(
            |count, heard| if heard.form()["refresh_token"] == "refresh-1" { expired() } else { rotating(count, heard) },
        )
        .await;
    let folder = tempfile::tempdir().unwrap();
    configure(folder.path(), "configured");
    let sign_in = delegated(&vendor, folder.path(), None);
    for _ in 0..3 {
        Tokens::new(http()).token(&sign_in).await.unwrap();
    }
    assert_eq!(shown(&vendor), ["configured", "refresh-1", "configured", "refresh-3"]);
}

#[tokio::test]
async fn when_both_are_refused_somebody_must_sign_in_anew() {
    let vendor = Vendor::with_sign_in(|count, heard| if count == 1 { rotating(count, heard) } else { expired() }).await;
    let folder = tempfile::tempdir().unwrap();
    configure(folder.path(), "configured");
    let sign_in = delegated(&vendor, folder.path(), None);
    Tokens::new(http()).token(&sign_in).await.unwrap();
    let error = Tokens::new(http()).token(&sign_in).await.unwrap_err();
    assert_eq!(shown(&vendor), ["configured", "refresh-1", "configured"]);
    assert_eq!((error.number, error.error.trouble), (Some(700_082), Trouble::Broken));
    assert!(error.error.advice.unwrap().contains("sign in anew for app main"));
}

#[tokio::test]
async fn passing_trouble_and_trouble_of_the_app_are_no_reason_to_go_back_to_the_configured_token() {
    for answer in [reply_of(503, ""), reply_of(401, &document("invalid_client", 7_000_222, "expired"))] {
        let vendor = Vendor::with_sign_in(move |count, heard| if count == 1 { rotating(count, heard) } else { answer() }).await;
        let folder = tempfile::tempdir().unwrap();
        configure(folder.path(), "configured");
        let sign_in = delegated(&vendor, folder.path(), None);
        Tokens::new(http()).token(&sign_in).await.unwrap();
        Tokens::new(http()).token(&sign_in).await.unwrap_err();
        assert_eq!(shown(&vendor), ["configured", "refresh-1"]);
    }
}

fn reply_of(status: u16, body: &str) -> impl Fn() -> Response<Body> + Send + Sync + 'static {
    let body = body.to_owned();
    move || reply(status, body.clone())
}

#[tokio::test]
async fn a_confidential_client_shows_its_secret_beside_the_token() {
    let vendor = Vendor::with_sign_in(rotating).await;
    let folder = tempfile::tempdir().unwrap();
    configure(folder.path(), "configured");
    let beside = Some(Beside::Secret(Secret::Plain("our secret".to_owned().into())));
    Tokens::new(http()).token(&delegated(&vendor, folder.path(), beside)).await.unwrap();
    let form = vendor.sign_ins()[0].form();
    assert_eq!((form["client_secret"].as_str(), form["refresh_token"].as_str()), ("our secret", "configured"));
}

#[tokio::test]
async fn a_token_that_cannot_be_kept_is_told_and_the_sign_in_goes_on_without_showing_any() {
    let (log, _guard) = log();
    let vendor = Vendor::with_sign_in(rotating).await;
    let folder = tempfile::tempdir().unwrap();
    configure(folder.path(), "configured-hunter2");
    std::fs::write(folder.path().join("kept"), "a file where the folder should be").unwrap();
    let (tokens, sign_in) = (Tokens::new(http()), delegated(&vendor, folder.path(), None));
    tokens.token(&sign_in).await.unwrap();
    assert!(log.text().lines().any(|line| line.contains("WARN") && line.contains("could not be kept")), "{}", log.text());
    let shown = format!("{} {tokens:?} {sign_in:?}", log.text());
    assert!(!shown.contains("hunter2") && !shown.contains("refresh-1"), "{shown}");
}

#[tokio::test]
async fn a_refusal_that_echoes_the_token_does_not_get_it_into_our_words() {
    let vendor = Vendor::with_sign_in(|_, heard| {
        let token = heard.form()["refresh_token"].clone();
        reply(400, document("invalid_grant", 50_173, &format!("you sent {token}")))
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    configure(folder.path(), "hunter2");
    let error = Tokens::new(http()).token(&delegated(&vendor, folder.path(), None)).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2") && error.to_string().contains("[REDACTED]"), "{error}");
}

#[tokio::test]
async fn the_kept_token_is_for_the_daemons_user_only() {
    let vendor = Vendor::with_sign_in(rotating).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("kept")).unwrap();
    std::fs::set_permissions(folder.path().join("kept"), Permissions::from_mode(0o755)).unwrap();
    configure(folder.path(), "configured");
    Tokens::new(http()).token(&delegated(&vendor, folder.path(), None)).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(folder.path().join("kept")).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
}
