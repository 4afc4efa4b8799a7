//! Bodies as servers, proxies and broken connections send them.

use std::io::Write;

use alertferry::source::http::{Answer, ApiError, Caps};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::log::log;
use super::vendor::{Vendor, feed, granted, raw, sign_in, silent};

const SMALL: Caps = Caps { wire: 2000, inflated: 10_000 };

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What a GET makes of exactly these bytes on the wire.
async fn get(head: &str, body: &[u8]) -> Result<Answer, ApiError> {
    let login = Vendor::with_sign_in(granted).await;
    let base = raw([format!("HTTP/1.1 200 OK\r\nconnection: close\r\n{head}\r\n").as_bytes(), body].concat()).await;
    feed(&login.url, &base, SMALL, &[]).api.get(&base.join("/a?q=private").unwrap()).await
}

#[tokio::test]
async fn a_gzip_body_is_inflated_and_a_plain_one_left_alone() {
    let json = format!(r#"{{"value":["{}"]}}"#, "é".repeat(1000));
    let packed = gzip(json.as_bytes());
    for name in ["gzip", "GZIP", "x-gzip"] {
        let head = format!("content-encoding: {name}\r\ncontent-length: {}\r\n", packed.len());
        assert_eq!(get(&head, &packed).await.unwrap().body, json, "{name}");
    }
    assert_eq!(get("content-encoding: identity\r\ncontent-length: 2\r\n", b"{}").await.unwrap().body, "{}");
}

#[tokio::test]
async fn a_body_above_a_cap_asks_for_less() {
    let bomb = gzip(&vec![b' '; 1_000_000]);
    assert!(bomb.len() < SMALL.wire);
    let long = vec![b'x'; 2001];
    let chunked = [b"7d1\r\n".as_slice(), &long, b"\r\n0\r\n\r\n"].concat();
    for (what, head, body) in [
        ("announced", "content-length: 99999999999\r\n".to_owned(), b"{".to_vec()),
        ("chunked", "transfer-encoding: chunked\r\n".to_owned(), chunked),
        ("until the end", String::new(), long),
        ("a bomb", format!("content-encoding: gzip\r\ncontent-length: {}\r\n", bomb.len()), bomb),
    ] {
        let error = get(&head, &body).await.unwrap_err();
        assert!(matches!(error, ApiError::TooLarge(_)), "{what}: {error:?}");
        assert!(error.to_string().contains("larger than") && !error.to_string().contains("private"), "{what}: {error}");
    }
}

#[tokio::test]
async fn a_broken_body_is_passing_trouble() {
    let packed = gzip(b"{\"value\":[]}");
    let cut = &packed[..packed.len() - 5];
    let gzip_head = |length: usize| format!("content-encoding: gzip\r\ncontent-length: {length}\r\n");
    for (what, head, body) in [
        ("cut short", "content-length: 100\r\n".to_owned(), b"{\"value\":[".as_slice()),
        ("cut in a chunk", "transfer-encoding: chunked\r\n".to_owned(), b"64\r\n{\"value\":["),
        ("gzip cut short", gzip_head(cut.len()), cut),
        ("not gzip at all", gzip_head(2), b"{}"),
        ("another encoding", "content-encoding: br\r\ncontent-length: 2\r\n".to_owned(), b"{}"),
        ("empty", "content-length: 0\r\n".to_owned(), b""),
        ("blank", "content-length: 3\r\n".to_owned(), b" \r\n"),
    ] {
        let error = get(&head, body).await.err().unwrap_or_else(|| panic!("{what} was taken for an answer"));
        assert!(matches!(error, ApiError::Passing(_)), "{what}: {error:?}");
        assert!(error.to_string().contains("/a answered 200, but"), "{what}: {error}");
    }
}

#[tokio::test]
async fn a_page_for_people_is_no_word_of_the_api() {
    let error = get("content-length: 28\r\n", b"\n<!DOCTYPE html><p>login</p>").await.unwrap_err();
    assert!(matches!(error, ApiError::Away(_)) && error.to_string().contains("/a answered 200, but"), "{error:?}");
}

#[tokio::test]
async fn bytes_that_are_not_utf_8_are_replaced_with_a_warning_and_the_rest_is_kept() {
    let (log, _guard) = log();
    let body = b"{\"title\":\"caf\xE9\"}";
    let answer = get(&format!("content-length: {}\r\n", body.len()), body).await.unwrap();
    assert_eq!(answer.body, "{\"title\":\"caf\u{FFFD}\"}");
    let warned = |line: &str| line.contains("WARN") && line.contains("not UTF-8") && line.contains("tenant=contoso");
    assert!(log.text().lines().any(warned), "{}", log.text());
}

#[tokio::test]
async fn a_connection_that_closes_without_an_answer_is_passing_trouble() {
    let login = Vendor::with_sign_in(granted).await;
    let base = raw("").await;
    let error = feed(&login.url, &base, SMALL, &[]).api.get(&base).await.unwrap_err();
    assert!(matches!(error, ApiError::Passing(_)), "{error:?}");
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up_after_a_while() {
    let login = Vendor::with_sign_in(granted).await;
    let base = silent().await;
    let feed = feed(&login.url, &base, SMALL, &[]);
    feed.tokens.token(&sign_in(&login.url)).await.unwrap();
    tokio::time::pause(); // from here on, waiting for the server lets the time pass
    let error = feed.api.get(&base).await.unwrap_err();
    assert!(matches!(error, ApiError::Passing(_)) && error.to_string().contains("timed out"), "{error:?}");
}
