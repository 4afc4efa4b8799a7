//! `alertferry dead-letters` looks into a ledger that is in use, one that is closed, and one in a folder that it may not write.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use alertferry::ledger::{DeadLetter, RouteKey, Step};

use super::build::{at, embedded, letter, sink, step, tenant};

const CONTOSO: &str = "11111111-1111-1111-1111-111111111111";
const FABRIKAM: &str = "22222222-2222-2222-2222-222222222222";

/// A ledger with three dead letters: two of Contoso, one of them the feed's own, and one of Fabrikam with unfriendly text.
async fn fill(folder: &Path) -> std::sync::Arc<dyn alertferry::ledger::Ledger> {
    let ledger = embedded(folder);
    let kept = |tenant_id: &str, sink_name: Option<&str>, letter: DeadLetter| Step {
        route: RouteKey { tenant: tenant(tenant_id), sink: sink_name.map(sink), ..step().route },
        dead: vec![letter],
        ..step()
    };
    let late = DeadLetter { at: at("2026-03-02T09:00:00.1234567Z"), ..letter("da2", "of another tenant") };
    let hostile = DeadLetter { body: "{\"id\":\"\u{9b}31m\"}".to_owned(), ..letter("da\u{1b}[2J3", "broken\nlines\u{7}") };
    ledger.record(kept(CONTOSO, Some("siem"), letter("da1", "too large"))).await.unwrap();
    ledger.record(kept(CONTOSO, None, late)).await.unwrap();
    ledger.record(kept(FABRIKAM, Some("soc"), hostile)).await.unwrap();
    ledger
}

fn ask(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_alertferry"))
        .env_remove("ALERTFERRY_CONFIG")
        .arg("dead-letters")
        .args(words)
        .arg("--ledger")
        .arg(folder)
        .output()
        .unwrap()
}

#[track_caller]
fn says(folder: &Path, words: &[&str], expected: &str) {
    let output = ask(folder, words);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
}

const LINE_1: &str = "1\t2026-03-02T08:00:00Z\t11111111-1111-1111-1111-111111111111\tgraph-alerts\tsiem\tda1\ttoo large\n";
const LINE_2: &str = "2\t2026-03-02T09:00:00Z\t11111111-1111-1111-1111-111111111111\tgraph-alerts\t-\tda2\tof another tenant\n";
const LINE_3: &str =
    "3\t2026-03-02T08:00:00Z\t22222222-2222-2222-2222-222222222222\tgraph-alerts\tsoc\tda\\u{1b}[2J3\tbroken\\nlines\\u{7}\n";

#[tokio::test]
async fn lists_and_filters_while_the_daemon_runs_and_when_it_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = fill(folder.path()).await;
    let all = || {
        says(folder.path(), &["list"], &[LINE_3, LINE_2, LINE_1].concat());
        says(folder.path(), &["list", "--limit", "2"], &[LINE_3, LINE_2].concat());
        says(folder.path(), &["list", "--tenant", CONTOSO], &[LINE_2, LINE_1].concat());
        says(folder.path(), &["list", "--sink", "siem"], LINE_1);
        says(folder.path(), &["list", "--sink", "soc", "--tenant", CONTOSO], "");
        says(folder.path(), &["list", "--reason", "TOO LARGE"], LINE_1);
        says(folder.path(), &["list", "--alert", "da2"], LINE_2);
        says(folder.path(), &["list", "--number", "3,1"], &[LINE_3, LINE_1].concat());
        says(folder.path(), &["list", "--feed", "mde-alerts"], "");
        says(folder.path(), &["list", "--since", "2026-03-02T08:00:00.0000001Z"], LINE_2);
        says(folder.path(), &["list", "--until", "2026-03-02T10:00:00+02:00"], &[LINE_3, LINE_1].concat());
        says(folder.path(), &["list", "--since", "1h"], "");
    };
    all();
    ledger.record(step()).await.unwrap(); // the look did not disturb it
    ledger.close().await.unwrap();
    all();
    embedded(folder.path()).close().await.unwrap();
}

#[tokio::test]
async fn json_tells_everything_but_the_body_and_holds_nothing_that_a_terminal_would_act_upon() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path()).await.close().await.unwrap();
    let output = ask(folder.path(), &["list", "--json"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.chars().all(|character| character == '\n' || !character.is_control()), "{text:?}");
    let documents: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(documents[0]["alert_id"], "da\u{1b}[2J3");
    let expected = serde_json::json!({
        "number": 2, "time": "2026-03-02T09:00:00.1234567Z", "tenant": CONTOSO, "tenant_id": CONTOSO, "feed": "graph-alerts", "sink": null,
        "alert_id": "da2", "reason": "of another tenant",
    });
    assert_eq!(documents[1], expected);
    assert_eq!(documents.len(), 3);
}

#[tokio::test]
async fn shows_the_reason_and_the_vendors_bytes() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path()).await.close().await.unwrap();
    let body = letter("da1", "").body;
    let heading = format!(
        "number  1\ntime    2026-03-02T08:00:00Z\ntenant  {CONTOSO} ({CONTOSO})\nfeed    graph-alerts\nsink    siem\nalert   da1\nreason  too large\n\n"
    );
    says(folder.path(), &["show", "da1"], &format!("{heading}{body}\n"));
    let output = ask(folder.path(), &["show", "--number", "1", "--json"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&document["body"], &document["alert_id"]), (&body.into(), &"da1".into()));
    says(folder.path(), &["show", "--body", "da\u{1b}[2J3"], "{\"id\":\"\u{9b}31m\"}\n");
}

#[tokio::test]
async fn a_copy_in_a_folder_without_room_for_a_log_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path()).await.close().await.unwrap();
    let copy = tempfile::tempdir().unwrap();
    let odd = copy.path().join("100% back?up#1");
    fs::create_dir(&odd).unwrap();
    fs::copy(folder.path().join("ledger.sqlite3"), odd.join("ledger.sqlite3")).unwrap();
    // What stands in the log's place keeps SQLite from making one, even for a user who may write everywhere.
    fs::create_dir(odd.join("ledger.sqlite3-wal")).unwrap();
    says(&odd, &["list", "--limit", "1"], LINE_3);
}

#[test]
fn what_cannot_be_answered_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let fails = |words: &[&str], code: i32, message: &str| {
        let output = ask(folder.path(), words);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(message), "{said}");
    };
    fails(&["list"], 1, "There is no ledger to read");
    fails(&["list", "--tenant", "contoso"], 64, "give the Entra tenant ID");
    fails(&["list", "--feed", "graph"], 64, "expected one of graph-alerts, ");
    fails(&["list", "--since", "noon"], 64, "expected a time with its offset");
    fails(&["show"], 64, "required");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "a look leaves nothing behind");
    fs::write(folder.path().join("ledger.sqlite3"), "notes").unwrap();
    fails(&["list"], 1, "is not a SQLite database");
    fs::write(folder.path().join("ledger.sqlite3"), "").unwrap();
    fails(&["list"], 1, "older version");
    let retry = ask(folder.path(), &["retry"]);
    assert_eq!(retry.status.code(), Some(64), "not offered yet: {retry:?}");
}

#[tokio::test]
async fn an_unknown_id_and_an_empty_ledger_are_told_apart_from_trouble() {
    let folder = tempfile::tempdir().unwrap();
    embedded(folder.path()).close().await.unwrap();
    let list = ask(folder.path(), &["list"]);
    assert_eq!((list.status.code(), list.stderr.as_slice()), (Some(0), b"No dead letters.\n".as_slice()));
    let show = ask(folder.path(), &["show", "da9"]);
    assert_eq!(show.status.code(), Some(1));
    assert!(String::from_utf8(show.stderr).unwrap().contains("no dead letter has the alert ID \"da9\""));
}
