//! Defender for Cloud: the whole list each time, page by page along its links.

use alertferry::source::Trouble;
use serde_json::{Value, json};

use super::rig::{CLOUD, at, read, reader, window};
use crate::sign_in::vendor::{Heard, Vendor, reply};

/// Pages of one row each at 1, 2 and 3 seconds, and behind the last what is told.
fn page(heard: &Heard, last: &Value) -> axum::http::Response<axum::body::Body> {
    let number = heard.path_and_query.split_once("page=").map_or(1, |(_, number)| number.parse().unwrap());
    let next = if number < 3 { json!(format!("/subscriptions/s1/list?page={}", number + 1)) } else { last.clone() };
    let row = json!({ "id": format!("a{number}"), "lastUpdateDateTime": at(number).to_string() });
    reply(200, json!({ "value": [row], "nextLink": next }).to_string())
}

#[tokio::test]
async fn what_lies_in_the_window_is_picked_out_and_only_the_last_page_completes_it() {
    let rows = |number: usize| match number {
        1 => json!([{ "id": "old", "lastUpdateDateTime": at(-1) }, { "id": "a1", "lastUpdateDateTime": at(0) }]),
        2 => json!([{ "id": "new", "lastUpdateDateTime": at(1001) }]),
        3 => json!([{ "id": "a2", "lastUpdateDateTime": at(1000) }, { "id": "timeless" }, {}]),
        _ => json!([]),
    };
    let vendor = Vendor::with_api(move |count, _| {
        let link = if count < 4 { json!(format!("/l?{count}")) } else { Value::Null };
        reply(200, json!({ "value": rows(count), "nextLink": link }).to_string())
    })
    .await;
    let came = read(&reader(&vendor, &CLOUD, 1)).await;
    assert_eq!(came.pages, [vec!["a1"], vec!["a2", "timeless", "?"], vec![]]);
    assert_eq!(came.completes, [None, None, Some(window().to)]);
    assert_eq!(vendor.gets()[0].path_and_query, "/subscriptions/s1/list?api-version=2022-01-01");
}

#[tokio::test]
async fn a_link_that_loops_or_leads_away_is_tried_once_more_and_then_the_list_is_not_complete() {
    for (last, words) in [("/subscriptions/s1/list?page=2", "read before"), ("https://evil.example/x", "another host")] {
        let vendor = Vendor::with_api(move |_, heard| page(heard, &json!(last))).await;
        let came = read(&reader(&vendor, &CLOUD, 1)).await;
        assert!(came.completes.iter().all(Option::is_none), "{came:?}");
        let error = came.error.unwrap();
        assert_eq!(error.trouble, Trouble::Stalled);
        assert!(error.message.starts_with("subscription s1: ") && error.message.contains(words), "{error}");
        let starts = vendor.gets().iter().filter(|heard| !heard.path_and_query.contains("page=")).count();
        assert_eq!(starts, 2);
    }
}

#[tokio::test]
async fn a_link_that_is_refused_once_is_forgiven() {
    let vendor =
        Vendor::with_api(
            |count, heard| {
                if count == 3 { reply(400, r#"{"error":{"code":"BadRequest"}}"#) } else { page(heard, &Value::Null) }
            },
        )
        .await;
    let came = read(&reader(&vendor, &CLOUD, 1)).await;
    assert!(came.complete(), "{came:?}");
    assert_eq!(came.ids(), ["a1", "a2", "a1", "a2", "a3"], "what came before is offered again; the ledger knows it");
}

#[tokio::test]
async fn a_page_that_fails_fails_the_window() {
    let vendor = Vendor::with_api(|count, heard| if count == 2 { reply(502, "") } else { page(heard, &Value::Null) }).await;
    let reader = reader(&vendor, &CLOUD, 1);
    let came = read(&reader).await;
    assert_eq!(came.ids(), ["a1"]);
    assert_eq!(came.error.unwrap().trouble, Trouble::Passing);
    assert!(read(&reader).await.complete());
}
