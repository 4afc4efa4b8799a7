//! Pages of feeds that take no `$skip`, and pages that are too much for the server.

use alertferry::source::microsoft::Dialect;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::rig::{DETECTIONS, INCIDENTS, PLAIN, at, read, reader};
use super::shelf::{Query, Shelf, list, refused};
use crate::sign_in::vendor::{Vendor, reply};

#[tokio::test]
async fn more_rows_at_one_moment_than_a_page_holds_are_read_in_slices_where_skip_is_not_known_to_work() {
    let row = |(n, word)| json!({ "id": format!("a{n}"), "lastUpdateDateTime": at(5).to_string(), "severity": word });
    let rows: Vec<Value> = (0..18).zip(["low", "high", "hidden"].into_iter().cycle()).map(row).collect();
    let vendor = Vendor::with_api(move |_, heard| {
        let query = Query::of(heard);
        if query.get("$skip").is_some() || query.get("$orderby").is_some() || query.top() > 500 {
            return refused("Invalid page size specified");
        }
        let (filter, (from, to)) = (query.get("$filter").unwrap(), query.times());
        let holds = |row: &Value| {
            let (word, time) =
                (row["severity"].as_str().unwrap(), row["lastUpdateDateTime"].as_str().unwrap().parse::<Timestamp>().unwrap());
            let is = filter.split("severity eq '").nth(1).is_none_or(|wanted| wanted.starts_with(word));
            (from..=to).contains(&time) && is && !filter.contains(&format!("severity ne '{word}'"))
        };
        list(rows.iter().filter(|row| holds(row)).take(query.top()).cloned())
    })
    .await;
    let came = read(&reader(&vendor, &DETECTIONS, 10)).await;
    assert!(came.complete(), "{came:?}");
    let mut ids = came.ids();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 18);
    assert!(!vendor.gets().iter().any(|heard| heard.path_and_query.contains("skip")), "it is not even tried");
}

#[tokio::test]
async fn a_later_page_that_always_fails_is_asked_for_in_halves_although_the_first_one_comes() {
    let shelf = Shelf::incidents((0..100).map(|n| n * 9));
    let vendor = Vendor::with_api(move |_, heard| {
        let query = Query::of(heard);
        // Somewhere in the older half stands something that is too much together with many others.
        if query.times().1 < at(899) && query.top() > 12 { reply(504, "") } else { shelf.answer(heard) }
    })
    .await;
    let reader = reader(&vendor, &PLAIN, 50);
    let mut windows = 0;
    let came = loop {
        let came = read(&reader).await;
        windows += 1;
        if came.error.is_none() {
            break came;
        }
        assert!(windows < 12, "{came:?}");
    };
    assert!(came.complete(), "{came:?}");
    assert!(came.ids().len() == 100);
}

#[tokio::test]
async fn a_window_that_nobody_sorts_gets_on_however_often_the_server_throttles() {
    let shelf = Shelf::incidents((0..400).map(|n| n * 2));
    let vendor =
        Vendor::with_api(move |count, heard| if count.is_multiple_of(3) { reply(429, "") } else { shelf.answer(heard) }).await;
    let reader = reader(&vendor, &PLAIN, 50);
    for window in 1.. {
        let came = read(&reader).await;
        assert!(came.error.is_some(), "{window}: two requests in a row cannot read it all");
        if came.completes.iter().flatten().any(|to| *to > at(0)) {
            break;
        }
        assert!(window < 8, "nothing is ever complete: each window starts over");
    }
}

#[tokio::test]
async fn a_next_link_to_another_host_is_not_followed_and_hears_no_token() {
    let evil = Vendor::with_api(|_, _| reply(200, r#"{"value":[]}"#)).await;
    let link = evil.at("/x").to_string();
    let vendor = Vendor::with_api(move |count, _| {
        let rows = if count == 1 { json!([{ "id": "a", "lastUpdateDateTime": at(0).to_string() }]) } else { json!([]) };
        reply(200, json!({ "value": rows, "@odata.nextLink": link }).to_string())
    })
    .await;
    let came = read(&reader(&vendor, &DETECTIONS, 10)).await;
    assert_eq!(came.ids(), ["a"]);
    assert!(evil.gets().is_empty());
}

/// Taken for the end, it would hide all that lies behind.
#[tokio::test]
async fn an_empty_page_whose_next_link_leads_to_another_host_is_not_the_end() {
    let evil = Vendor::with_api(|_, _| reply(200, r#"{"value":[]}"#)).await;
    let link = evil.at("/x").to_string();
    let vendor = Vendor::with_api(move |count, _| match count {
        1 => reply(200, json!({ "value": [], "@odata.nextLink": link }).to_string()),
        2 => list([json!({ "id": "a", "lastUpdateDateTime": at(5).to_string() })].into_iter()),
        _ => list([].into_iter()),
    })
    .await;
    let reader = reader(&vendor, &DETECTIONS, 10);
    let came = read(&reader).await;
    assert!(came.error.as_ref().is_some_and(|error| error.message.contains("another host")), "{came:?}");
    assert!(!came.complete(), "{came:?}");
    let again = read(&reader).await;
    assert_eq!(again.ids(), ["a"]);
    assert!(again.complete(), "{again:?}");
    assert!(evil.gets().is_empty());
}

/// Reads the window over and over while the vendor says this, and then once more; counts what that takes.
async fn after_trouble(dialect: &'static Dialect, status: u16, says: &'static str) -> usize {
    let shelf = Shelf::incidents((0..100).map(|n| n * 9));
    let vendor = Vendor::with_api(move |count, heard| if count <= 40 { reply(status, says) } else { shelf.answer(heard) }).await;
    let reader = reader(&vendor, dialect, 50);
    while vendor.gets().len() < 40 {
        assert!(read(&reader).await.error.is_some());
    }
    let came = read(&reader).await;
    assert!(came.complete() && came.ids().iter().filter(|id| id.starts_with("incident:")).count() == 100, "{came:?}");
    vendor.gets().len() - 40
}

#[tokio::test]
async fn pages_that_shrank_while_the_server_was_in_trouble_grow_again_with_its_first_answers() {
    let asked = after_trouble(&PLAIN, 502, "").await;
    assert!(asked < 60, "{asked} requests for 100 rows");
}

#[tokio::test]
async fn a_page_for_people_says_nothing_about_the_size_of_pages() {
    let (well, asked) =
        (after_trouble(&PLAIN, 200, "<html>busy</html>").await, after_trouble(&PLAIN, 403, "<html>no</html>").await);
    assert!(well < 15 && asked < 15, "{well} and {asked} requests for 100 rows");
    let expanded = after_trouble(&INCIDENTS, 200, "<html>busy</html>").await;
    assert!(expanded < 15, "{expanded}: $expand was blamed");
}

/// As the one in the middle of a backlog that is twice as large as what the server copes with at once.
#[tokio::test]
async fn trying_larger_pages_costs_a_request_and_no_window() {
    let shelf = Shelf::incidents((0..400).map(|n| n * 2));
    let vendor =
        Vendor::with_api(move |_, heard| if Query::of(heard).top() > 12 { reply(504, "") } else { shelf.answer(heard) }).await;
    let reader = reader(&vendor, &PLAIN, 50);
    let mut windows = 1;
    while read(&reader).await.error.is_some() {
        windows += 1;
    }
    assert!(windows <= 6, "three for patience, one each for 25 and 12: {windows}");
}
