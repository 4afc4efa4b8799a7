//! Tokens: asked for once, kept, renewed ahead of time, dropped when a server refuses them.

use std::sync::Arc;

use alertferry::secret::Secret;
use alertferry::source::Trouble;
use alertferry::source::entra::{App, SignIn, Token, Tokens};
use futures_util::future::join_all;

use super::log::log;
use super::vendor::{Heard, SECRET, TENANT, Vendor, after, app, granted, http, reply, sign_in};

fn text(token: &Token) -> String {
    token.bearer().to_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_secret_travels_percent_encoded_in_a_form_to_the_customers_tenant() {
    let vendor = Vendor::with_sign_in(granted).await;
    let token = Tokens::new(http()).token(&sign_in(&vendor.url)).await.unwrap();
    assert_eq!(text(&token), "Bearer token-1");

    let heard = &vendor.sign_ins()[0];
    assert_eq!(heard.path_and_query, format!("/{TENANT}/oauth2/v2.0/token"));
    assert_eq!(heard.header("content-type"), "application/x-www-form-urlencoded");
    assert!(!heard.body.contains("+b&"), "the secret was not encoded: {}", heard.body);
    let expected = [
        ("grant_type", "client_credentials"),
        ("client_id", "our-client-id"),
        ("scope", "https://graph.example/.default"),
        ("client_secret", SECRET),
    ];
    assert_eq!(heard.form(), expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
}

#[tokio::test]
async fn twenty_callers_at_once_cause_one_sign_in() {
    let vendor = Vendor::with_sign_in(granted).await;
    let (tokens, sign_in) = (Tokens::new(http()), sign_in(&vendor.url));
    for token in join_all((0..20).map(|_| tokens.token(&sign_in))).await {
        assert_eq!(text(&token.unwrap()), "Bearer token-1");
    }
    assert_eq!(vendor.sign_ins().len(), 1);
}

#[tokio::test]
async fn twenty_callers_at_once_share_one_failure_and_the_next_call_asks_once_more() {
    let vendor = Vendor::with_sign_in(|_, _| reply(502, "")).await;
    let (tokens, sign_in) = (Tokens::new(http()), sign_in(&vendor.url));
    for result in join_all((0..20).map(|_| tokens.token(&sign_in))).await {
        assert_eq!(result.unwrap_err().error.trouble, Trouble::Passing);
    }
    assert_eq!(vendor.sign_ins().len(), 1);
    tokens.token(&sign_in).await.unwrap_err();
    assert_eq!(vendor.sign_ins().len(), 2);
}

#[tokio::test]
async fn a_caller_that_gives_up_does_not_take_the_sign_in_of_the_others_with_it() {
    let vendor = Vendor::with_sign_in(granted).await;
    let (tokens, sign_in) = (Arc::new(Tokens::new(http())), sign_in(&vendor.url));
    let mut first = Box::pin(tokens.token(&sign_in));
    assert!(futures_util::poll!(&mut first).is_pending());
    let mut second = Box::pin(tokens.token(&sign_in));
    assert!(futures_util::poll!(&mut second).is_pending());
    drop(first);
    second.await.unwrap();
}

#[tokio::test]
async fn a_token_is_kept_until_some_minutes_before_its_end_and_then_renewed_once() {
    let vendor = Vendor::with_sign_in(granted).await;
    let (tokens, sign_in) = (Tokens::new(http()), sign_in(&vendor.url));
    tokens.token(&sign_in).await.unwrap();
    after(2990).await;
    assert_eq!(text(&tokens.token(&sign_in).await.unwrap()), "Bearer token-1");
    after(320).await;
    for _ in 0..3 {
        assert_eq!(text(&tokens.token(&sign_in).await.unwrap()), "Bearer token-2");
    }
}

#[tokio::test]
async fn while_one_renews_ahead_of_time_the_others_go_on_with_the_old_token() {
    let vendor = Vendor::with_sign_in(granted).await;
    let (tokens, sign_in) = (Tokens::new(http()), sign_in(&vendor.url));
    tokens.token(&sign_in).await.unwrap();
    after(3310).await;
    let got: Vec<String> =
        join_all((0..5).map(|_| tokens.token(&sign_in))).await.into_iter().map(|t| text(&t.unwrap())).collect();
    assert_eq!(got, ["Bearer token-2", "Bearer token-1", "Bearer token-1", "Bearer token-1", "Bearer token-1"]);
    assert_eq!(vendor.sign_ins().len(), 2);
}

#[tokio::test]
async fn a_failed_early_renewal_keeps_the_old_token_to_its_end_without_hammering() {
    let (log, _guard) = log();
    let vendor = Vendor::with_sign_in(|count, heard| if count == 1 { granted(count, heard) } else { reply(503, "") }).await;
    let (tokens, sign_in) = (Tokens::new(http()), sign_in(&vendor.url));
    tokens.token(&sign_in).await.unwrap();
    after(3310).await;
    for _ in 0..5 {
        assert_eq!(text(&tokens.token(&sign_in).await.unwrap()), "Bearer token-1");
    }
    assert_eq!(vendor.sign_ins().len(), 2, "a failed renewal is not repeated at once");
    let warned = |line: &&str| line.contains("WARN") && line.contains("could not be renewed") && line.contains("HTTP 503");
    assert_eq!(log.text().lines().filter(warned).count(), 1, "{}", log.text());
    after(31).await;
    assert_eq!(text(&tokens.token(&sign_in).await.unwrap()), "Bearer token-1");
    assert_eq!(vendor.sign_ins().len(), 3, "but soon");
    after(260).await;
    assert_eq!(tokens.token(&sign_in).await.unwrap_err().error.trouble, Trouble::Passing);
}

#[tokio::test]
async fn a_token_of_an_unknown_short_life_is_never_handed_out_after_its_end() {
    let short = |count, _: &Heard| reply(200, format!(r#"{{"expires_in":"5","access_token":"token-{count}"}}"#));
    let vendor = Vendor::with_sign_in(short).await;
    let (tokens, sign_in) = (Tokens::new(http()), sign_in(&vendor.url));
    tokens.token(&sign_in).await.unwrap();
    assert_eq!(text(&tokens.token(&sign_in).await.unwrap()), "Bearer token-1", "not even a second old");
    after(5).await;
    assert_eq!(text(&tokens.token(&sign_in).await.unwrap()), "Bearer token-2");
}

#[tokio::test]
async fn dropping_a_refused_token_leaves_the_newer_one_in_place() {
    let vendor = Vendor::with_sign_in(|_, _| reply(200, r#"{"expires_in":3600,"access_token":"the-same-text"}"#)).await;
    let (tokens, sign_in) = (Tokens::new(http()), sign_in(&vendor.url));
    let old = tokens.token(&sign_in).await.unwrap();
    tokens.invalidate(&old);
    tokens.token(&sign_in).await.unwrap();
    tokens.invalidate(&old);
    tokens.token(&sign_in).await.unwrap();
    assert_eq!(vendor.sign_ins().len(), 2);
}

#[tokio::test]
async fn tenants_apps_scopes_and_clouds_each_have_their_own_token() {
    let vendor = Vendor::with_sign_in(granted).await;
    let (tokens, base) = (Tokens::new(http()), sign_in(&vendor.url));
    let other_app = App { name: "second".to_owned(), ..App::clone(&base.app) };
    let proxied = alertferry::source::cloud::Cloud { login: vendor.at("/proxy/"), ..(*base.cloud).clone() };
    let all = [
        base.clone(),
        SignIn { tenant: "22222222-2222-2222-2222-222222222222".into(), ..base.clone() },
        SignIn { app: Arc::new(other_app), ..base.clone() },
        SignIn { scope: "https://api.example/.default".to_owned(), ..base.clone() },
        SignIn { cloud: Arc::new(proxied), ..base.clone() },
    ];
    for _ in 0..2 {
        for (index, sign_in) in all.iter().enumerate() {
            assert_eq!(text(&tokens.token(sign_in).await.unwrap()), format!("Bearer token-{}", index + 1));
        }
    }
}

#[tokio::test]
async fn a_rotated_secret_counts_from_the_next_sign_in_on() {
    let vendor = Vendor::with_sign_in(granted).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, "old\n").unwrap();
    let (tokens, sign_in) = (Tokens::new(http()), SignIn { app: app(Secret::File(path.clone())), ..sign_in(&vendor.url) });
    let token = tokens.token(&sign_in).await.unwrap();
    std::fs::write(&path, "new\n").unwrap();
    tokens.invalidate(&token);
    tokens.token(&sign_in).await.unwrap();
    let sent: Vec<String> = vendor.sign_ins().iter().map(|heard| heard.form()["client_secret"].clone()).collect();
    assert_eq!(sent, ["old", "new"]);
}
