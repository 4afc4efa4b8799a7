//! Files of every earlier layout, as the versions of their time wrote them, are brought forward with all that they hold.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use alertferry::ledger::sqlite::check;
use alertferry::ledger::{KeptFilter, Known, Ledger, SeenKey, Step};
use alertferry::source::FeedKind;
use rusqlite::Connection;

use super::build::{at, embedded, key, letter, sink, step_with, tenant};
use crate::faults::died_at;

const CONTOSO: &str = "11111111-1111-1111-1111-111111111111";
const FABRIKAM: &str = "22222222-2222-2222-2222-222222222222";
const FEED: FeedKind = FeedKind::GraphAlerts;

/// The folder of the ledger that a process started by these tests opens, to die there.
const FOLDER: &str = "ALERTFERRY_TEST_LAYOUTS_FOLDER";

/// A folder with the ledger of this layout.
fn layout(number: usize) -> tempfile::TempDir {
    let fixture = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/ledger/layout-{number}.sqlite3"));
    let folder = tempfile::tempdir().unwrap();
    fs::copy(fixture, folder.path().join("ledger.sqlite3")).unwrap();
    folder
}

/// What the program of layout 1 recorded in the fixture, seen through this version.
async fn holds_what_layout_1_held(ledger: &dyn Ledger) {
    let known = |revision: &str, resolved: bool| Some(Known { revision: Some(at(revision)), resolved });
    for (key, expected) in [
        (key("da1_open", Some("2026-03-02T07:41:10.1234567Z")), known("2026-03-02T07:44:02.1466667Z", false)),
        (key("da2_resolved", Some("2026-03-01T23:59:59.9999999Z")), known("2026-03-02T07:40:00Z", true)),
        (key("da3_nanoseconds", Some("2026-03-02T00:00:00Z")), known("2026-03-02T07:44:02.123456789Z", false)),
        (key("da4_no_revision", Some("2026-03-02T01:00:00Z")), Some(Known { revision: None, resolved: false })),
        (key("da5_undated", None), known("2026-03-02T02:00:00Z", false)),
        (key("da6_year_1", Some("0001-01-01T00:00:00Z")), known("2026-03-02T03:00:00Z", false)),
        (key("da7_too_large", Some("2026-03-02T07:50:00Z")), known("2026-03-02T07:50:01Z", false)),
        (key("da8_never_seen", Some("2026-03-02T07:50:00Z")), None),
    ] {
        assert_eq!(look(ledger, CONTOSO, Some("siem"), key.clone()).await, expected, "{key:?}");
    }
    let itself = look(ledger, CONTOSO, None, key("sha256:00ff", None)).await;
    assert_eq!(itself, Some(Known { revision: None, resolved: false }));
    let incident = look(ledger, FABRIKAM, Some("soc"), key("924565", Some("2026-03-01T07:00:00Z"))).await;
    assert_eq!(incident, known("2026-03-02T06:59:00Z", false));

    let cursors = |tenant_id: &'static str, feed| async move { ledger.cursors(&tenant(tenant_id), feed).await.unwrap() };
    let graph = [(sink("siem"), at("2026-03-02T07:44:02.1466667Z")), (sink("soc"), at("2026-02-20T00:00:00Z"))];
    assert_eq!(cursors(CONTOSO, FEED).await, graph);
    assert_eq!(cursors(CONTOSO, FeedKind::MdeAlerts).await, [(sink("siem"), at("2026-03-02T07:30:00Z"))]);
    assert_eq!(cursors(FABRIKAM, FeedKind::XdrIncidents).await, [(sink("soc"), at("2026-03-02T07:00:00Z"))]);

    let kept = ledger.kept(KeptFilter::default()).await.unwrap();
    let told: Vec<_> = kept.iter().map(|kept| (kept.number, kept.letter.alert_id.as_str(), kept.letter.body.as_str())).collect();
    let expected = [
        (1, "da7_too_large", "{\"id\":\"da7_too_large\",\"title\":\"é 🦀\"}"),
        (2, "sha256:00ff", "[1,2"),
        (3, "924566", "{\"incidentId\":924566}"),
        (4, "924567", "{\"incidentId\":924567}"),
    ];
    assert_eq!(told, expected);
    assert_eq!(
        (kept[0].letter.reason.as_str(), kept[0].letter.at),
        ("too large for the sink: 2097152 bytes", at("2026-03-02T07:51:00.1234567Z"))
    );
    assert_eq!((&kept[1].route.tenant, &kept[1].route.sink), (&tenant(CONTOSO), &None));

    let figures = ledger.figures().await.unwrap();
    assert_eq!(figures.ids, 9);
    let weights: Vec<u64> = figures.dead_letters.iter().map(|aside| aside.bytes).collect();
    let weight = |places: &[usize]| places.iter().map(|place| kept[*place].letter.weight()).sum::<u64>();
    assert_eq!(weights, [weight(&[1]), weight(&[0]), weight(&[2, 3])]);
    // Layout 1 did not note what it forgot: whatever is older than its oldest ID may have been.
    assert_eq!(ledger.remembers_since().await.unwrap(), Some(at("2026-03-02T02:00:00Z")));
}

async fn look(ledger: &dyn Ledger, tenant_id: &str, to: Option<&str>, key: SeenKey) -> Option<Known> {
    ledger.known(&tenant(tenant_id), to.map(sink).as_ref(), vec![key]).await.unwrap()[0]
}

fn is_whole(folder: &Path) {
    let findings = check::run(folder).unwrap();
    assert_eq!(findings.wrong, Vec::<String>::new());
}

#[tokio::test]
async fn layout_1_is_brought_forward_and_works_on() {
    let folder = layout(1);
    let ledger = embedded(folder.path());
    holds_what_layout_1_held(&*ledger).await;
    ledger.close().await.unwrap();
    is_whole(folder.path());

    let ledger = embedded(folder.path());
    holds_what_layout_1_held(&*ledger).await;
    let lifted = Step { lifted: vec![1, 3], dead: vec![letter("new", "refused")], ..step_with(Vec::new()) };
    ledger.record(lifted).await.unwrap();
    let numbers: Vec<i64> = ledger.kept(KeptFilter::default()).await.unwrap().iter().map(|kept| kept.number).collect();
    assert_eq!(numbers, [2, 4, 5]);
    ledger.close().await.unwrap();
    is_whole(folder.path());
}

#[tokio::test]
async fn the_log_of_an_older_program_that_was_killed_is_brought_forward_too() {
    let folder = layout(1);
    let file = folder.path().join("ledger.sqlite3");
    let killed = tempfile::tempdir().unwrap();
    let old = Connection::open(&file).unwrap();
    old.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
         UPDATE cursors SET at = '2026-03-02T08:00:00Z' WHERE feed = 'mde-alerts'",
    )
    .unwrap();
    // As a kill leaves them: the last commit stands in the log alone.
    for name in ["ledger.sqlite3", "ledger.sqlite3-wal"] {
        fs::copy(folder.path().join(name), killed.path().join(name)).unwrap();
    }
    let ledger = embedded(killed.path());
    let cursors = ledger.cursors(&tenant(CONTOSO), FeedKind::MdeAlerts).await.unwrap();
    assert_eq!(cursors, [(sink("siem"), at("2026-03-02T08:00:00Z"))]);
    ledger.close().await.unwrap();
    is_whole(killed.path());
}

fn die(folder: &Path, point: &str) -> Output {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "ledger::layouts::a_death_on_the_way_forward_leaves_the_old_layout_or_the_new_one_whole",
            "--nocapture",
        ])
        .env(FOLDER, folder)
        .env("ALERTFERRY_CRASH_AT", point)
        .output()
        .unwrap()
}

#[tokio::test]
async fn a_death_on_the_way_forward_leaves_the_old_layout_or_the_new_one_whole() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        embedded(Path::new(&folder));
        return;
    }
    for point in ["ledger.locked", "ledger.layout-written", "ledger.laid-out"] {
        let folder = layout(1);
        let output = die(folder.path(), point);
        died_at(point, output.status, &String::from_utf8_lossy(&output.stderr));
        let ledger = embedded(folder.path());
        holds_what_layout_1_held(&*ledger).await;
        ledger.close().await.unwrap();
        is_whole(folder.path());
    }
}
