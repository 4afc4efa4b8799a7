//! `$expand` that the server cannot cope with: dropped, each row read by itself, tried again a day later.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use alertferry::source::Trouble;
use axum::body::Body;
use axum::http::Response;
use tokio::time::{advance, pause, resume};

use super::rig::{Came, INCIDENTS, read, reader};
use super::shelf::{Query, Shelf, is_list, refused};
use crate::sign_in::vendor::{Heard, Vendor, reply};

fn broken() -> Response<Body> {
    reply(500, r#"{"error":{"code":"InternalServerError","message":""}}"#)
}

fn expands(heard: &Heard) -> bool {
    is_list(heard) && Query::of(heard).get("$expand").is_some()
}

/// A vendor whose lists fail with `$expand` as long as the switch is on, and whose rows by themselves answer as told.
async fn vendor(
    shelf: Shelf,
    failing: Arc<AtomicBool>,
    alone: impl Fn(&Shelf, &Heard) -> Response<Body> + Send + Sync + 'static,
) -> Vendor {
    Vendor::with_api(move |_, heard| match heard {
        heard if expands(heard) && failing.load(Ordering::Relaxed) => broken(),
        heard if is_list(heard) => shelf.answer(heard),
        heard => alone(&shelf, heard),
    })
    .await
}

fn sorted(came: &Came) -> BTreeSet<&str> {
    came.ids().into_iter().collect()
}

#[tokio::test]
async fn a_list_that_keeps_failing_is_read_without_expand_and_each_row_by_itself_as_it_would_have_stood_there() {
    let failing = Arc::new(AtomicBool::new(false));
    let vendor = vendor(Shelf::incidents((0..60).map(|n| n * 3)), Arc::clone(&failing), Shelf::alone).await;
    let reader = reader(&vendor, &INCIDENTS, 50);
    let healthy = read(&reader).await;
    failing.store(true, Ordering::Relaxed);
    for _ in 0..3 {
        let came = read(&reader).await;
        assert_eq!(came.error.as_ref().unwrap().trouble, Trouble::Passing, "{came:?}");
    }
    let came = read(&reader).await;
    assert!(came.complete(), "{came:?}");
    assert_eq!(sorted(&came), sorted(&healthy));
    assert_eq!(came.raw.iter().collect::<BTreeSet<_>>(), healthy.raw.iter().collect::<BTreeSet<_>>());

    // What was too big for the server may have left the window by tomorrow.
    failing.store(false, Ordering::Relaxed);
    for (hours, expected) in [(23, false), (2, true)] {
        pause();
        advance(Duration::from_hours(hours)).await;
        resume();
        let before = vendor.gets().len();
        let came = read(&reader).await;
        assert_eq!(sorted(&came), sorted(&healthy));
        let gets = vendor.gets().split_off(before);
        assert_eq!(gets.iter().any(expands), expected, "after {hours} h more");
        assert_eq!(gets.iter().any(|heard| !is_list(heard)), !expected);
    }
}

#[tokio::test]
async fn an_outage_is_not_taken_for_trouble_with_expand() {
    let shelf = Shelf::incidents([1, 2]);
    let vendor = Vendor::with_api(move |count, heard| if count <= 4 { broken() } else { shelf.answer(heard) }).await;
    let reader = reader(&vendor, &INCIDENTS, 50);
    for _ in 0..4 {
        read(&reader).await;
    }
    assert!(!expands(&vendor.gets()[3]), "after three failures the list is asked without");
    let came = read(&reader).await;
    assert!(came.complete() && vendor.gets()[4..].iter().all(expands), "{came:?}");
}

#[tokio::test]
async fn a_server_that_names_expand_as_the_mistake_is_asked_without_it_at_once() {
    let shelf = Shelf::incidents([1, 2]);
    let vendor = Vendor::with_api(move |_, heard| match heard {
        heard if expands(heard) => refused("Query option 'Expand' is not allowed"),
        heard if is_list(heard) => shelf.answer(heard),
        heard => shelf.alone(heard),
    })
    .await;
    let came = read(&reader(&vendor, &INCIDENTS, 50)).await;
    assert!(came.complete(), "{came:?}");
    assert_eq!(came.ids(), ["a1", "incident:1", "a0", "incident:0"]);
}

#[tokio::test]
async fn a_row_whose_own_reading_keeps_failing_goes_out_as_it_stands_in_the_third_window_and_holds_back_no_other() {
    let failing = Arc::new(AtomicBool::new(true));
    let alone = |shelf: &Shelf, heard: &Heard| if heard.path_and_query.contains("/1?") { broken() } else { shelf.alone(heard) };
    let vendor = vendor(Shelf::incidents([1, 2, 3]), failing, alone).await;
    let reader = reader(&vendor, &INCIDENTS, 50);
    for _ in 0..3 {
        read(&reader).await;
    }
    for _ in 0..2 {
        let came = read(&reader).await;
        assert_eq!(came.ids(), ["a2", "incident:2", "a0", "incident:0"]);
        assert!(came.completes.iter().all(Option::is_none), "incident 1 is missing: {:?}", came.completes);
        assert!(came.error.unwrap().message.contains("/incidents/1 answered 500"));
    }
    for _ in 0..2 {
        let came = read(&reader).await;
        assert_eq!(came.ids(), ["a2", "incident:2", "incident:1", "a0", "incident:0"]);
        assert!(came.complete(), "{came:?}");
    }
}

#[tokio::test]
async fn a_row_that_is_refused_by_itself_goes_out_at_once_as_it_stands() {
    let alone = |shelf: &Shelf, heard: &Heard| match &*heard.path_and_query {
        path if path.contains("/1?") => reply(404, r#"{"error":{"code":"ResourceNotFound"}}"#),
        _ => shelf.alone(heard),
    };
    let vendor = vendor(Shelf::incidents([1, 2, 3]), Arc::new(AtomicBool::new(true)), alone).await;
    let reader = reader(&vendor, &INCIDENTS, 50);
    for _ in 0..3 {
        read(&reader).await;
    }
    let came = read(&reader).await;
    assert!(came.complete(), "{came:?}");
    assert_eq!(came.ids(), ["a2", "incident:2", "incident:1", "a0", "incident:0"]);
}

#[tokio::test]
async fn an_answer_about_another_row_is_not_taken_for_the_one_that_was_asked() {
    let other = |_: &Shelf, _: &Heard| reply(200, r#"{"id":"77","lastUpdateDateTime":"2026-03-02T07:00:01Z"}"#);
    let vendor = vendor(Shelf::incidents([1]), Arc::new(AtomicBool::new(true)), other).await;
    let reader = reader(&vendor, &INCIDENTS, 50);
    for _ in 0..5 {
        read(&reader).await;
    }
    let came = read(&reader).await;
    assert_eq!(came.ids(), ["incident:0"], "in the third window without an answer of its own it goes out as it stands");
}

#[tokio::test]
async fn throttled_while_reading_rows_by_themselves_the_window_waits_and_nothing_is_given_up() {
    let alone = |_: &Shelf, _: &Heard| reply(429, "");
    let vendor = vendor(Shelf::incidents([1, 2, 3]), Arc::new(AtomicBool::new(true)), alone).await;
    let reader = reader(&vendor, &INCIDENTS, 50);
    for _ in 0..3 {
        read(&reader).await;
    }
    for _ in 0..5 {
        let alone = || vendor.gets().iter().filter(|heard| !is_list(heard)).count();
        let before = alone();
        let came = read(&reader).await;
        assert!(came.ids().is_empty(), "{came:?}");
        assert_eq!(came.error.unwrap().trouble, Trouble::Throttled(None));
        assert_eq!(alone() - before, 1, "the other rows are left in peace");
    }
}
