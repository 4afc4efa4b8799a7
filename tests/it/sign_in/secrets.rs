//! A secret and a token that a hostile far side echoes everywhere appear in no error, log line, metric or Debug output.

use alertferry::source::FetchError;
use alertferry::source::http::Caps;
use axum::body::Body;
use axum::http::Response;

use super::log::log;
use super::vendor::{Heard, SECRET, Vendor, feed, feed_of, nobody, raw, reply, reply_with, sign_in};

const TOKEN: &str = "eyJ0.planted-token.c2ln";
/// Distinctive parts, so that a cut-off secret is found too.
const PLANTED: [&str; 3] = ["hunter2", "p~a", "planted-token"];

fn assert_clean(what: &str, text: &str) {
    for planted in PLANTED {
        assert!(!text.contains(planted), "{planted} stands in {what}: {text}");
    }
}

/// An answer's status, headers and body.
type Echo = (u16, Vec<(&'static str, String)>, String);

/// Answers that repeat `word` wherever an answer can say something.
fn echoes(word: &str) -> Vec<Echo> {
    let text = serde_json::Value::from(format!("you sent {word}, didn't you"));
    let graph = format!(r#"{{"error":{{"code":{text},"message":{text},"innerError":{{"request-id":{text}}}}}}}"#);
    let roles = format!(r#"{{"error":{{"code":"x","message":"Missing application roles. API required roles: {TOKEN}"}}}}"#);
    let entra = format!(
        r#"{{"error":{text},"error_description":{text},"error_codes":[7000215],"trace_id":{text},"correlation_id":{text}}}"#
    );
    let ascii: String = word.chars().filter(char::is_ascii).collect();
    let mut all = Vec::new();
    for status in [200, 204, 400, 401, 403, 404, 408, 414, 429, 500, 503] {
        for body in [&graph, &roles, &entra, &format!("plain {word}"), &format!("<html>{word}</html>"), &String::new()] {
            all.push((status, vec![("request-id", ascii.clone())], body.clone()));
        }
    }
    all.push((200, vec![("content-encoding", ascii.clone())], "{}".to_owned()));
    all.push((200, vec![("content-encoding", "gzip".to_owned()), ("request-id", ascii.clone())], format!("not gzip {word}")));
    all.push((302, vec![("location", format!("http://{ascii}.example/{ascii}?{ascii}"))], String::new()));
    all.push((302, vec![("location", ascii)], String::new()));
    all
}

fn answer((status, headers, body): &Echo) -> Response<Body> {
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    reply_with(*status, &headers, body.clone())
}

fn planted(_: usize, _: &Heard) -> Response<Body> {
    reply(200, format!(r#"{{"expires_in":3600,"access_token":"{TOKEN}"}}"#))
}

#[tokio::test]
async fn an_api_that_echoes_our_token_does_not_get_it_into_our_words() {
    let (log, _guard) = log();
    for echo in echoes(TOKEN) {
        let shown = format!("{echo:?}");
        let vendor = Vendor::start(planted, move |_, _| answer(&echo)).await;
        let feed = feed_of(&vendor);
        let url = vendor.at("/a");
        match feed.api.get(&url).await {
            Err(error) => {
                assert_clean(&shown, &format!("{error} {error:?}"));
                let error = FetchError::from(error);
                assert_clean(&shown, &format!("{error} {error:?}"));
            }
            // A body that came with 200 is the vendor's data; what we say about it is ours.
            Ok(answer) => assert_clean(&shown, &format!("{:?}", answer.request_id)),
        }
        assert!(vendor.gets()[0].header("authorization").contains(TOKEN), "the test plants nothing");
        assert_clean("Debug and metrics", &format!("{:?} {:?} {}", feed.api, feed.tokens, feed.metrics.render()));
    }
    assert_clean("the log", &log.text());
    assert!(log.text().contains("TRACE"), "the log was not caught");
}

#[tokio::test]
async fn an_entra_that_echoes_our_secret_does_not_get_it_into_our_words() {
    let (log, _guard) = log();
    let encoded: String = reqwest::Url::parse_with_params("http://x", [("", SECRET)]).unwrap().query().unwrap().to_owned();
    for echo in echoes(SECRET).into_iter().chain(echoes(encoded.trim_start_matches('='))) {
        let shown = format!("{echo:?}");
        let vendor = Vendor::with_sign_in(move |_, _| answer(&echo)).await;
        let feed = feed_of(&vendor);
        let error = feed.tokens.token(&sign_in(&vendor.url)).await.unwrap_err();
        assert_clean(&shown, &format!("{error} {error:?}"));
        let error = feed.api.get(&vendor.at("/a")).await.unwrap_err();
        assert_clean(&shown, &format!("{error} {error:?}"));
        assert!(vendor.sign_ins()[0].body.contains("hunter2"), "the test plants nothing");
        assert_clean("Debug and metrics", &format!("{:?} {:?} {}", feed.api, feed.tokens, feed.metrics.render()));
    }
    assert_clean("the log", &log.text());
}

#[tokio::test]
async fn broken_connections_and_tokens_show_nothing_either() {
    let (log, _guard) = log();
    let login = Vendor::with_sign_in(planted).await;
    let token = feed_of(&login).tokens.token(&sign_in(&login.url)).await.unwrap();
    assert!(token.bearer().to_str().unwrap().contains(TOKEN), "the test plants nothing");
    assert_clean("a token", &format!("{token:?} {:?} {:?}", token.bearer(), sign_in(&login.url)));

    let garbage = raw(format!("{TOKEN}\r\n{TOKEN}: {TOKEN}\r\n\r\n")).await;
    for base in [nobody().await, raw("").await, garbage] {
        let error = feed(&login.url, &base, Caps::default(), &[]).api.get(&base).await.unwrap_err();
        assert_clean("a broken API", &format!("{error} {error:?}"));
        let error = feed(&base, &base, Caps::default(), &[]).api.get(&base).await.unwrap_err();
        assert_clean("a broken sign-in", &format!("{error} {error:?}"));
    }
    assert_clean("the log", &log.text());
}
