//! Microsoft Sentinel: the alerts of an incident are asked for by a POST of their own.

use alertferry::source::Trouble;
use axum::body::Body;
use axum::http::Response;
use serde_json::{Value, json};

use super::rig::{SENTINEL, at, read, reader};
use super::shelf::{Query, is_list, list};
use crate::sign_in::vendor::{Heard, Vendor, reply};

fn incident(name: &str, second: i64) -> Value {
    json!({ "name": name, "properties": { "lastModifiedTimeUtc": at(second).to_string() } })
}

/// Two incidents; their alerts as told.
async fn vendor(alerts: impl Fn(usize, &Heard) -> Response<Body> + Send + Sync + 'static) -> Vendor {
    Vendor::with_api(move |count, heard| {
        if !is_list(heard) {
            return alerts(count, heard);
        }
        let (from, to) = Query::of(heard).times();
        let incidents = [("i 1/x", 1), ("i2", 2)].into_iter().filter(|(_, second)| (from..=to).contains(&at(*second)));
        list(incidents.map(|(name, second)| incident(name, second)))
    })
    .await
}

#[tokio::test]
async fn each_incidents_alerts_are_asked_for_to_their_end_and_come_before_it() {
    let vendor = vendor(|_, heard| match &*heard.path_and_query {
        path if path.contains("i%201%2Fx/alerts?api") => {
            reply(200, r#"{"value":[{"id":"a1"}],"nextLink":"/more?api-version=1&$skipToken=t"}"#)
        }
        path if path.starts_with("/more") => list([json!({ "id": "a2" }), json!(7)].into_iter()),
        _ => list(std::iter::empty()),
    })
    .await;
    let came = read(&reader(&vendor, &SENTINEL, 100)).await;
    assert!(came.complete(), "{came:?}");
    assert_eq!(came.ids(), ["a1", "a2", "?", "incident:i 1/x", "incident:i2"]);
    assert_eq!(came.raw[0], r#"{"id":"a1"}"#);

    let gets = vendor.gets();
    let lists: Vec<&Heard> = gets.iter().filter(|heard| is_list(heard)).collect();
    assert!(lists.iter().all(|heard| heard.path_and_query.contains("?api-version=2025-06-01&$filter=properties")), "{lists:?}");
    assert!(gets.iter().all(|heard| heard.header("prefer").is_empty()), "only Graph knows that header");
    let posts: Vec<&Heard> = gets.iter().filter(|heard| heard.path_and_query.contains("/alerts?")).collect();
    assert_eq!(posts.len(), 2, "each incident once");
    for post in posts {
        assert_eq!((post.header("content-length"), &*post.body), ("0", ""), "a POST without a length is refused by Azure");
        assert!(post.path_and_query.ends_with("/alerts?api-version=2025-06-01"), "{post:?}");
    }
}

#[tokio::test]
async fn a_post_that_meets_a_401_is_repeated_once_with_a_fresh_token() {
    let vendor = vendor(|count, _| if count == 2 { reply(401, "{}") } else { list(std::iter::empty()) }).await;
    let came = read(&reader(&vendor, &SENTINEL, 100)).await;
    assert!(came.complete(), "{came:?}");
    assert_eq!(vendor.sign_ins().len(), 2);
}

#[tokio::test]
async fn an_incident_that_is_gone_when_its_alerts_are_asked_for_goes_out_alone() {
    let vendor = vendor(|_, _| reply(404, r#"{"error":{"code":"NotFound","message":"gone"}}"#)).await;
    let came = read(&reader(&vendor, &SENTINEL, 100)).await;
    assert!(came.complete(), "{came:?}");
    assert_eq!(came.ids(), ["incident:i 1/x", "incident:i2"]);
}

#[tokio::test]
async fn alerts_whose_next_link_leads_away_go_out_and_are_not_taken_for_all_there_are() {
    let vendor = vendor(|_, _| reply(200, r#"{"value":[{"id":"a1"}],"nextLink":"https://evil.example/x"}"#)).await;
    let reader = reader(&vendor, &SENTINEL, 100);
    for _ in 0..2 {
        let came = read(&reader).await;
        assert_eq!(came.ids(), ["a1", "a1"]);
        assert!(came.completes.iter().all(Option::is_none), "{came:?}");
        let error = came.error.unwrap();
        assert_eq!(error.trouble, Trouble::Stalled);
        assert!(error.message.contains("i 1/x") && error.message.contains("another host"), "{error}");
    }
    let came = read(&reader).await;
    assert_eq!(came.ids(), ["a1", "incident:i 1/x", "a1", "incident:i2"], "they do not stand in the way of all others for good");
}
