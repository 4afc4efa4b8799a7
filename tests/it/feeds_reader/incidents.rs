//! Incidents with their alerts inside, newest first.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::rig::{INCIDENTS, at, read, reader, window};
use super::shelf::{Shelf, incident, list};
use crate::sign_in::vendor::Vendor;

#[tokio::test]
async fn a_window_of_many_pages_newest_first_brings_each_alert_before_its_incident_once() {
    let shelf = Shelf::incidents((0..120).map(|n| n * 7 % 1000));
    let vendor = Vendor::with_api(move |_, heard| shelf.answer(heard)).await;
    let came = read(&reader(&vendor, &INCIDENTS, 50)).await;
    assert!(came.complete(), "{came:?}");
    let mut ids = came.ids();
    assert!(ids.chunks(2).all(|pair| pair[0] == pair[1].replace("incident:", "a")), "{ids:?}");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 240);
    let early = &came.completes[..came.completes.len() - 1];
    assert!(early.iter().all(|to| *to == Some(window().from)), "the oldest come last: {early:?}");
}

#[tokio::test]
async fn an_incident_that_moves_while_it_is_paged_hides_no_neighbour() {
    let shelf = Arc::new(Shelf::incidents((0..120).map(|n| n * 8)));
    let moving = Arc::clone(&shelf);
    let vendor = Vendor::with_api(move |count, heard| {
        if count == 2 {
            for number in [119, 75, 69, 30] {
                moving.0.lock().unwrap()[number] = incident(number, 2000); // somebody works on it: it is another window's now
            }
        }
        shelf.answer(heard)
    })
    .await;
    let came = read(&reader(&vendor, &INCIDENTS, 50)).await;
    assert!(came.complete(), "{came:?}");
    for number in (0..120).filter(|number| ![119, 75, 69, 30].contains(number)) {
        assert!(came.ids().contains(&&*format!("incident:{number}")), "lost incident {number}");
    }
}

#[tokio::test]
async fn a_merged_incident_comes_as_it_is_and_its_alert_with_its_new_home() {
    let merged =
        json!({ "id": "1", "status": "redirected", "redirectIncidentId": "2", "lastUpdateDateTime": at(5), "alerts": [] });
    let home = json!({ "id": "2", "lastUpdateDateTime": at(6), "alerts": [{ "id": "a1", "incidentId": "2" }] });
    let shelf = Shelf(Mutex::new(vec![merged, home]));
    let vendor = Vendor::with_api(move |_, heard| shelf.answer(heard)).await;
    let came = read(&reader(&vendor, &INCIDENTS, 50)).await;
    assert!(came.complete(), "{came:?}");
    assert_eq!(came.ids(), ["a1", "incident:2", "incident:1"]);
}

#[tokio::test]
async fn rows_outside_the_window_are_left_and_odd_alerts_inside_harm_no_other() {
    let outside = incident(8, 2000);
    let mut odd = incident(9, 10);
    odd["alerts"] = json!([{ "title": "without an ID" }, { "id": "a9" }, null]);
    let shelf = Shelf(Mutex::new(vec![odd.clone()]));
    let vendor = Vendor::with_api(move |count, heard| match count {
        1 => list([outside.clone(), odd.clone()].into_iter()),
        _ => shelf.answer(heard),
    })
    .await;
    let came = read(&reader(&vendor, &INCIDENTS, 50)).await;
    assert_eq!(came.ids(), ["?", "a9", "?", "incident:9"]);
    assert!(came.complete(), "{came:?}");
}

#[tokio::test]
async fn a_list_that_is_missing_or_null_is_trouble_and_no_empty_window() {
    let null = AtomicBool::new(false);
    let vendor = Vendor::with_api(move |_, _| {
        let body = if null.fetch_xor(true, Ordering::Relaxed) { r#"{"value":null}"# } else { r#"{"@odata.context":"x"}"# };
        crate::sign_in::vendor::reply(200, body)
    })
    .await;
    let reader = reader(&vendor, &INCIDENTS, 50);
    for _ in 0..2 {
        let came = read(&reader).await;
        assert!(came.pages.is_empty() && came.error.unwrap().message.contains("no page of alerts"));
    }
}
