//! Several workspaces or subscriptions in one tenant, read one after the other in one window.

use std::time::{Duration, SystemTime};

use alertferry::clock;
use alertferry::source::Trouble;
use alertferry::source::microsoft::Reader;
use serde_json::json;

use super::rig::{CLOUD, at, read, reader_of, window};
use super::shelf::list;
use crate::sign_in::vendor::{Vendor, reply, reply_with};

const PATHS: [&str; 3] = ["/subscriptions/s1/list", "/subscriptions/s2/list", "/subscriptions/s3/list"];

/// Three subscriptions; the second answers with this status.
async fn second(status: u16) -> (Vendor, Reader) {
    let vendor = Vendor::with_api(move |_, heard| match &*heard.path_and_query {
        path if path.contains("/s2/") && status != 200 => {
            reply(status, r#"{"error":{"code":"AuthorizationFailed","message":"no"}}"#)
        }
        path => list(std::iter::once(json!({ "id": &path[15..17], "lastUpdateDateTime": at(1).to_string() }))),
    })
    .await;
    let reader = reader_of(&vendor, &CLOUD, 1, &PATHS);
    (vendor, reader)
}

#[tokio::test]
async fn all_places_are_read_and_the_window_is_complete_with_the_last() {
    let (_vendor, reader) = second(200).await;
    let came = read(&reader).await;
    assert_eq!(came.ids(), ["s1", "s2", "s3"]);
    assert_eq!(came.completes, [None, None, Some(window().to)]);
}

#[tokio::test]
async fn a_window_in_the_servers_future_is_complete_up_to_the_present_of_its_first_answer() {
    let vendor = Vendor::with_api(|count, _| {
        let date = SystemTime::from(clock::now()) - Duration::from_secs(if count == 1 { 600 } else { 0 });
        reply_with(200, &[("date", &httpdate::fmt_http_date(date))], r#"{"value":[]}"#)
    })
    .await;
    let came = read(&reader_of(&vendor, &CLOUD, 1, &PATHS)).await;
    let to = came.completes.last().unwrap().unwrap();
    assert!(to >= at(395) && to <= at(401), "the first place was read when it was ten minutes earlier there: {to}");
}

#[tokio::test]
async fn a_place_that_may_not_be_read_is_named_with_its_role_and_the_others_come_all_the_same() {
    for (status, words) in [(403, "Security Reader"), (404, "no such place")] {
        let (_vendor, reader) = second(status).await;
        let came = read(&reader).await;
        assert_eq!(came.ids(), ["s1", "s3"]);
        assert_eq!(came.completes, [None, None], "a window without s2 is not complete");
        let error = came.error.unwrap();
        assert_eq!(error.trouble, Trouble::NeedsConsent);
        assert!(error.message.starts_with("subscription s2: GET "), "{error}");
        assert!(error.advice.unwrap().contains(words));
    }
}

#[tokio::test]
async fn a_throttled_place_is_left_in_peace_and_the_next_window_starts_behind_it() {
    let (vendor, reader) = second(429).await;
    let came = read(&reader).await;
    assert_eq!(came.ids(), ["s1"]);
    assert_eq!(came.error.unwrap().trouble, Trouble::Throttled(None));
    assert_eq!(vendor.gets().len(), 2);
    assert_eq!(read(&reader).await.ids(), ["s3", "s1"]);
}

#[tokio::test]
async fn three_places_in_a_row_that_fail_are_a_fault_of_all() {
    let vendor = Vendor::with_api(|_, _| reply(500, "")).await;
    let paths: Vec<String> = (0..9).map(|number| format!("/subscriptions/s{number}/list")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let reader = reader_of(&vendor, &CLOUD, 1, &paths);
    let came = read(&reader).await;
    assert!(came.error.unwrap().message.starts_with("subscription s0: "));
    assert_eq!(vendor.gets().len(), 3);
    assert!(read(&reader).await.error.unwrap().message.starts_with("subscription s3: "), "the others have their turn");
}
