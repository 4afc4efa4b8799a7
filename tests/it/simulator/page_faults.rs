//! Faults of pages, of the links between them and of single records.

use std::collections::BTreeSet;

use alertferry::simulator::{Settings, Simulator};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::client::{ids, set, struck};

const OLDEST: (&str, &str) = ("$orderby", "lastUpdateDateTime asc");

#[tokio::test]
async fn one_record_is_deep_or_has_wrong_types_and_the_others_are_sound() {
    for (fault, marker) in [
        ("deep=1000", "[".repeat(1000)),
        ("wrong-types", r#""severity":3"#.to_owned()),
        ("wrong-types=id", r#""id":17"#.to_owned()),
        ("wrong-types=record", r#""not an alert""#.to_owned()),
    ] {
        let bench = struck(0, fault).await;
        let first = bench.cloud.add(&bench.tenant, &json!({}));
        bench.cloud.generate(&bench.tenant, 4);
        let body = bench.get(&[]).await.text().await.expect("a body");
        assert_eq!(body.matches(&marker).count(), 1, "{fault}");
        let sound =
            bench.cloud.truth(&bench.tenant).iter().filter(|truth| body.contains(&format!("\"id\":\"{}\"", truth.id))).count();
        assert_eq!(sound, if ["deep=1000", "wrong-types"].contains(&fault) { 5 } else { 4 }, "{fault}");
        assert_eq!(body.contains(&first), sound == 5);
    }
}

#[tokio::test]
async fn a_record_of_another_tenant_comes_with_each_page_and_keeps_its_id() {
    let bench = struck(5, "foreign-record").await;
    let mut foreign = BTreeSet::new();
    for options in [[("$top", "5"), OLDEST], [("$top", "2"), OLDEST]] {
        let page = bench.page(&options).await;
        let rows = page["value"].as_array().expect("rows").clone();
        foreign.extend(rows.iter().filter(|row| row["tenantId"] != *bench.tenant).map(|row| row["id"].to_string()));
        assert_eq!(rows.len(), options[0].1.parse::<usize>().expect("a number") + 1);
    }
    assert_eq!(foreign.len(), 1);
}

#[tokio::test]
async fn redirects_and_links_lead_to_another_host_whose_journal_shows_who_came() {
    let trap = Simulator::start(Settings::default()).await.expect("the simulator starts");
    let bench = struck(5, &format!("redirect={}/stolen", trap.base_url())).await;
    let response = bench.get(&[]).await;
    assert_eq!(response.status(), 302);
    assert_eq!(response.headers()["location"], format!("{}/stolen", trap.base_url()).as_str());
    bench.cloud.clear_faults();
    set(&bench, &format!("links={}", trap.base_url()));
    let page = bench.page(&[("$top", "2")]).await;
    assert!(page["@odata.nextLink"].as_str().is_some_and(|link| link.starts_with(trap.base_url())));
    bench.follow(&page).await;
    let requests = trap.requests();
    assert_eq!((requests.recent.len(), requests.recent[0].authorization), (1, true));
}

#[tokio::test]
async fn next_links_are_missing_endless_looping_or_failing() {
    let options = [("$top", "2"), OLDEST];
    let page = struck(5, "links=never").await.page(&options).await;
    assert!(ids(&page).len() == 2 && page.get("@odata.nextLink").is_none());

    let bench = struck(5, "links=always").await;
    let mut page = bench.page(&options).await;
    let mut seen = ids(&page);
    for _ in 0..6 {
        page = bench.follow(&page).await.json().await.expect("JSON");
        seen.extend(ids(&page));
    }
    assert_eq!((seen.len(), ids(&page).len()), (5, 0), "every row once, then empty pages for ever");

    let bench = struck(5, "links=loop").await;
    let page = bench.page(&options).await;
    let again: Value = bench.follow(&page).await.json().await.expect("JSON");
    assert_eq!(again, page);

    for status in [400, 404] {
        let bench = struck(5, &format!("links={status}")).await;
        let page = bench.page(&options).await;
        assert_eq!(bench.follow(&page).await.status(), status);
    }
}

#[tokio::test]
async fn moving_rows_make_counted_links_miss_one_and_placed_links_none() {
    for (links, missed) in [(None, 0), (Some("links=offset"), 1)] {
        let bench = struck(6, "rows-move").await;
        if let Some(fault) = links {
            set(&bench, fault);
        }
        let before: BTreeSet<String> = bench.cloud.truth(&bench.tenant).into_iter().map(|truth| truth.id).collect();
        let mut page = bench.page(&[("$top", "3"), OLDEST]).await;
        let mut seen = ids(&page);
        bench.cloud.clear_faults();
        if let Some(fault) = links {
            set(&bench, fault);
        }
        while page.get("@odata.nextLink").is_some() {
            page = bench.follow(&page).await.json().await.expect("JSON");
            seen.extend(ids(&page));
        }
        assert_eq!(seen.last(), seen.first(), "the row that moved stands at the end now");
        let seen: BTreeSet<String> = seen.into_iter().collect();
        assert_eq!(before.difference(&seen).count(), missed, "{links:?}");
    }
}

#[tokio::test]
async fn pages_are_cut_emptied_doubled_or_uncounted() {
    let page = struck(9, "short-pages=3").await.page(&[("$top", "5")]).await;
    assert!(ids(&page).len() == 3 && page.get("@odata.nextLink").is_none());

    let bench = struck(9, "empty-page").await;
    let page = bench.page(&[("$top", "5")]).await;
    assert_eq!(ids(&page).len(), 0);
    assert_eq!(ids(&bench.follow(&page).await.json().await.expect("JSON")).len(), 5);

    let bench = struck(9, "duplicates").await;
    let mut page = bench.page(&[("$top", "5"), OLDEST]).await;
    let mut all = ids(&page);
    assert!(all.len() == 5 && all[0] == all[1]);
    while page.get("@odata.nextLink").is_some() {
        page = bench.follow(&page).await.json().await.expect("JSON");
        all.extend(ids(&page));
    }
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 9, "no row is missing");

    let page = struck(9, "no-count").await.page(&[("$count", "true")]).await;
    assert!(page.get("@odata.count").is_none());
}

#[tokio::test]
async fn order_skip_and_filter_are_ignored_or_bent() {
    let stamps = |page: &Value| -> Vec<Timestamp> {
        let rows = page["value"].as_array().expect("rows");
        rows.iter().map(|row| row["lastUpdateDateTime"].as_str().expect("a date").parse().expect("a date")).collect()
    };
    let newest = struck(30, "order=newest").await.page(&[OLDEST]).await;
    assert!(stamps(&newest).iter().rev().is_sorted());
    let bench = struck(30, "order=random").await;
    assert_ne!(ids(&bench.page(&[OLDEST]).await), ids(&bench.page(&[OLDEST]).await));

    let bench = struck(30, "skip=ignored").await;
    assert_eq!(ids(&bench.page(&[OLDEST, ("$skip", "20")]).await), ids(&bench.page(&[OLDEST]).await));
    let bench = struck(30, "skip=10").await;
    assert_eq!(bench.get(&[("$skip", "10")]).await.status(), 200);
    assert_eq!(bench.get(&[("$skip", "11")]).await.status(), 400);

    let nothing = ("$filter", "lastUpdateDateTime lt 2020-01-01T00:00:00Z");
    assert_eq!(ids(&struck(30, "filter=ignored").await.page(&[nothing]).await).len(), 30);
    assert_eq!(ids(&struck(30, "filter=outside").await.page(&[nothing]).await).len(), 1);
}

#[tokio::test]
async fn many_rows_stand_at_one_moment() {
    let bench = struck(0, "same-stamp=40").await;
    let truth = bench.cloud.truth(&bench.tenant);
    assert!(truth.len() == 40 && truth.iter().all(|row| row.updated == truth[0].updated));
}
