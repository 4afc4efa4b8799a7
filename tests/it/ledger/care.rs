//! `alertferry ledger`: what it shows, finds, copies and gives back, also when it dies on the way.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use alertferry::ledger::sqlite::check;
use alertferry::ledger::{KeptFilter, Step};
use jiff::SignedDuration;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::build::{FEED, at, embedded, letter, seen, sink, step, step_with, tenant};
use crate::faults::died_at;

/// Where a backup or a compaction may die.
pub const POINTS: [&str; 7] = [
    "backup.copying",
    "backup.copied",
    "backup.named",
    "compact.log-put-away",
    "compact.written",
    "compact.synced",
    "compact.exchanged",
];

pub fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alertferry"));
    command.env_remove("ALERTFERRY_CONFIG").arg("ledger").args(words).arg("--ledger").arg(folder);
    command
}

pub fn ask(folder: &Path, words: &[&str]) -> Output {
    command(folder, words).output().unwrap()
}

#[track_caller]
pub fn says(folder: &Path, words: &[&str]) -> String {
    let output = ask(folder, words);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
pub fn refuses(folder: &Path, words: &[&str], expected: &[&str]) {
    let output = ask(folder, words);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for word in expected {
        assert!(said.contains(word), "{word:?} is missing in {said}");
    }
}

pub fn file(folder: &Path) -> PathBuf {
    folder.join("ledger.sqlite3")
}

pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

const IDS: u32 = 30;

/// Step `number`: IDs that tell it, and a cursor that does.
pub fn numbered(number: u32) -> Step {
    let revision = "2026-03-02T07:44:02Z";
    let ids = (0..IDS).map(|id| seen(&format!("{number}-{id}"), Some("2026-03-02T00:00:00Z"), Some(revision)));
    let cursor = at("2026-03-01T00:00:00Z") + SignedDuration::from_secs(i64::from(number));
    Step { cursor: Some(cursor), dead: vec![letter(&format!("{number}-0"), "refused")], ..step_with(ids.collect()) }
}

/// That the ledger of a folder is whole and holds the first so many steps and nothing of any other; answers how many.
pub async fn steps(folder: &Path) -> u32 {
    let ledger = embedded(folder);
    let cursors = ledger.cursors(&tenant("a"), FEED).await.unwrap();
    let reached = cursors.first().map_or(0, |(_, at_)| at_.duration_since(at("2026-03-01T00:00:00Z")).as_secs());
    let reached = u32::try_from(reached).unwrap();
    assert_eq!(ledger.figures().await.unwrap().ids, u64::from(reached * IDS));
    let kept = ledger.kept(KeptFilter::default()).await.unwrap();
    let expected: Vec<String> = (1..=reached).map(|number| format!("{number}-0")).collect();
    assert_eq!(kept.iter().map(|kept| kept.letter.alert_id.clone()).collect::<Vec<_>>(), expected);
    for number in 1..=reached + 1 {
        let keys = numbered(number).seen.into_iter().map(|seen| seen.key).collect();
        let known = ledger.known(&tenant("a"), Some(&sink("siem")), keys).await.unwrap();
        assert!(known.iter().all(|known| known.is_some() == (number <= reached)), "step {number} of {reached}");
    }
    ledger.close().await.unwrap();
    assert_eq!(check::run(folder).unwrap().wrong, Vec::<String>::new());
    reached
}

pub async fn filled(folder: &Path, count: u32) {
    let ledger = embedded(folder);
    for number in 1..=count {
        ledger.record(numbered(number)).await.unwrap();
    }
    ledger.close().await.unwrap();
}

#[tokio::test]
async fn shows_routes_sizes_and_who_uses_it() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = embedded(folder.path());
    ledger.record(numbered(1)).await.unwrap();
    ledger.record(step_with(vec![seen("\u{1b}[2J", None, None)])).await.unwrap();
    let text = says(folder.path(), &["show"]);
    for expected in [
        "layout  2\n",
        &format!("in use  process {}", std::process::id()),
        "IDs     31, of alerts created 2026-03-02 to 2026-03-02\n",
        "forgot  nothing yet\n",
        "a       graph-alerts  siem  2026-03-01T00:00:01Z\n",
    ] {
        assert!(text.contains(expected), "{expected:?} is missing in {text}");
    }
    ledger.forget(at("2026-03-02T07:44:03Z")).await.unwrap();
    ledger.close().await.unwrap();

    let document: Value = serde_json::from_str(&says(folder.path(), &["show", "--json"])).unwrap();
    let route =
        json!({ "tenant": "a", "tenant_id": "a", "feed": "graph-alerts", "sink": "siem", "cursor": "2026-03-01T00:00:01Z" });
    assert_eq!(document["routes"], json!([route]));
    assert_eq!(document["in_use_by"], Value::Null);
    assert_eq!(document["ids"], 1, "the one without a revision was recorded today");
    assert_eq!(document["remembers_since"], "2026-03-02T07:44:03Z");
    assert_eq!(document["dead_letters"][0]["count"], 1);
    assert_eq!(document["bytes"].as_u64(), fs::metadata(file(folder.path())).ok().map(|file| file.len()));
    assert!(document["made"].as_str().unwrap() > "2026");
    let other = says(folder.path(), &["show", "--json", "--tenant", "11111111-1111-1111-1111-111111111111"]);
    let other: Value = serde_json::from_str(&other).unwrap();
    assert_eq!((&other["routes"], &other["dead_letters"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn tells_which_sinks_have_had_an_alert() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = embedded(folder.path());
    let mut resolved = seen("da1", Some("2026-03-02T00:00:00Z"), Some("2026-03-02T07:44:02.1234567Z"));
    resolved.known.resolved = true;
    ledger.record(step_with(vec![resolved])).await.unwrap();
    let soc = alertferry::ledger::RouteKey { sink: Some(sink("soc")), ..step().route };
    ledger.record(Step { seen: vec![seen("da1", None, None)], ..Step::of(soc) }).await.unwrap();
    let text = says(folder.path(), &["show", "--alert", "da1"]);
    assert!(text.contains("a       siem  2026-03-02T07:44:02.1234567Z  resolved\n"), "{text}");
    assert!(text.contains("a       soc   -"), "{text}");
    let document: Value = serde_json::from_str(&says(folder.path(), &["show", "--alert", "da1", "--json"])).unwrap();
    assert_eq!(document["known"].as_array().map(Vec::len), Some(2));
    refuses(folder.path(), &["show", "--alert", "da2"], &["nothing is remembered", "da2"]);
}

#[tokio::test]
async fn a_check_finds_numbers_that_do_not_agree_and_pages_that_are_broken() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 40).await;
    assert!(says(folder.path(), &["check"]).contains("is whole. Rows: cursors 1, days 1, dead_letters 40"));
    let spoil = |statement: &str, found: &str, mend: &str| {
        let spoiler = Connection::open(file(folder.path())).unwrap();
        spoiler.execute_batch(statement).unwrap();
        let output = ask(folder.path(), &["check"]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{statement}: {said}");
        assert!(said.contains(found), "{statement}: {found:?} is missing in {said}");
        let document: Value = serde_json::from_slice(&ask(folder.path(), &["check", "--json"]).stdout).unwrap();
        assert_eq!(document["wrong"].as_array().map(Vec::len), Some(1), "{document}");
        spoiler.execute_batch(mend).unwrap();
        assert!(ask(folder.path(), &["check"]).status.success(), "{mend}");
    };
    spoil("UPDATE days SET ids = ids + 1", "of day 20514: 1200 and 1201 rows", "UPDATE days SET ids = ids - 1");
    spoil("UPDATE days SET oldest = oldest + 1", "of day 20514: 1200 and 1200", "UPDATE days SET oldest = oldest - 1");
    spoil("INSERT INTO days VALUES (1, 0, 0)", "of day 1: ", "DELETE FROM days WHERE day = 1");
    spoil(
        "UPDATE scopes SET dead_letters = 41",
        "dead letters, counted and as noted, of scope 1: 40 and 41",
        "UPDATE scopes SET dead_letters = 40",
    );
    spoil(
        "UPDATE scopes SET dead_letter_bytes = dead_letter_bytes - 1",
        "of scope 1: 40 and 40",
        "UPDATE scopes SET dead_letter_bytes = dead_letter_bytes + 1",
    );
    spoil(
        "INSERT INTO cursors VALUES (9, 'f', '2026-03-01T00:00:00Z')",
        "cursors of scope 9",
        "DELETE FROM cursors WHERE scope = 9",
    );
    spoil(
        "INSERT INTO cursors VALUES (1, 'f', 'soon')",
        "the time \"soon\", which is none",
        "DELETE FROM cursors WHERE feed = 'f'",
    );
    spoil(
        "UPDATE seen SET nanos = 100 WHERE id = '1-1'",
        "the ID '1-1' of scope 1",
        "UPDATE seen SET nanos = 0 WHERE id = '1-1'",
    );

    let path = file(folder.path());
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 4096 / 2 * 4096;
    bytes[middle..middle + 200].fill(0xff);
    fs::write(&path, &bytes).unwrap();
    refuses(folder.path(), &["check"], &["is damaged", "docs/ledger.md"]);
    let to = tempfile::tempdir().unwrap();
    refuses(folder.path(), &["backup", &to.path().display().to_string()], &["damaged"]);
    assert_eq!(names(to.path()), Vec::<String>::new(), "a broken copy is not kept");
    refuses(folder.path(), &["compact"], &["damaged"]);
    // Behind the header, which says whether there is a log.
    assert_eq!(fs::read(&path).unwrap()[100..], bytes[100..], "and what can be saved stays as it is");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backups_taken_while_steps_are_recorded_hold_whole_steps() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = embedded(folder.path());
    let stop = tokio_util::sync::CancellationToken::new();
    let recording = tokio::spawn({
        let (ledger, stop) = (ledger.clone(), stop.clone());
        async move {
            let mut number = 0;
            while !stop.is_cancelled() {
                number += 1;
                ledger.record(numbered(number)).await.unwrap();
            }
            number
        }
    });
    let mut held = Vec::new();
    for round in 0..4 {
        let to = tempfile::tempdir().unwrap();
        let copy = file(to.path());
        let words = ["backup".to_owned(), copy.display().to_string(), "--json".to_owned()];
        let path = folder.path().to_owned();
        let output = tokio::task::spawn_blocking(move || ask(&path, &words.each_ref().map(String::as_str))).await.unwrap();
        assert!(output.status.success(), "{output:?}");
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        let metadata = fs::metadata(&copy).unwrap();
        assert_eq!((told["bytes"].as_u64(), metadata.permissions().mode() & 0o777), (Some(metadata.len()), 0o600), "{round}");
        assert_eq!(names(to.path()), ["ledger.sqlite3"], "one file is all there is");
        held.push(steps(to.path()).await);
    }
    stop.cancel();
    let all = recording.await.unwrap();
    assert!(held.is_sorted() && held[3] > held[0] && held[3] <= all, "{held:?} of {all}");
    ledger.close().await.unwrap();
    assert_eq!(steps(folder.path()).await, all);
}

#[tokio::test]
async fn a_backup_replaces_nothing_and_gets_the_time_as_its_name_in_a_folder() {
    let (folder, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    filled(folder.path(), 2).await;
    let at = to.path().display().to_string();
    assert!(says(folder.path(), &["backup", &at]).contains("holds the ledger as of "));
    let name = names(to.path()).remove(0);
    assert!(name.starts_with("ledger-2") && name.ends_with("Z.sqlite3"), "{name}");
    let there = to.path().join("notes");
    fs::write(&there, "notes").unwrap();
    refuses(folder.path(), &["backup", &there.display().to_string()], &["is there already", "never replaces"]);
    assert_eq!(fs::read_to_string(&there).unwrap(), "notes");
    refuses(folder.path(), &["backup", "/nowhere/at/all"], &["/nowhere/at"]);
    refuses(to.path(), &["backup", &at], &["There is no ledger to read"]);
}

#[test]
fn a_ledger_of_an_older_layout_can_be_backed_up_before_it_is_brought_forward() {
    let (folder, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let fixture = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ledger/layout-1.sqlite3");
    fs::copy(fixture, file(folder.path())).unwrap();
    let copy = file(to.path());
    says(folder.path(), &["backup", &copy.display().to_string()]);
    let layout: i64 =
        Connection::open(copy).unwrap().query_row("SELECT user_version FROM pragma_user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(layout, 1);
    refuses(folder.path(), &["check"], &["older version", "layout 1"]);
}

#[tokio::test]
async fn a_death_during_a_backup_leaves_no_file_of_its_name_or_a_whole_one() {
    for (point, whole) in POINTS.into_iter().zip([false, false, true]) {
        let (folder, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        filled(folder.path(), 5).await;
        let copy = file(to.path());
        let words = ["backup", &copy.display().to_string()];
        let output = command(folder.path(), &words).env("ALERTFERRY_CRASH_AT", point).output().unwrap();
        died_at(point, output.status, &String::from_utf8_lossy(&output.stderr));
        assert_eq!(copy.exists(), whole, "{point}");
        if !whole {
            says(folder.path(), &words);
        }
        assert_eq!(steps(to.path()).await, 5, "{point}");
        assert_eq!(steps(folder.path()).await, 5, "{point}");
    }
}
