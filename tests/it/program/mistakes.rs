//! Bad input: one clear message that names the thing, the right exit code, and no secret.

use std::net::TcpListener;
use std::process::Output;

use crate::support::daemon::Setup;
use crate::support::lab::{Lab, SECRET};

const CONFIGURATION: i32 = 64;
const WORLD: i32 = 1;

fn setup(lab: &Lab) -> Setup {
    Setup::new(lab).file_sink("out")
}

/// Checks code and message: nothing on standard output, one complaint on standard error with all these words in it.
fn assert_refused(output: &Output, code: i32, words: &[&str]) {
    let (out, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{errors}");
    assert_eq!(out, "", "standard output is for alerts");
    for word in words {
        assert!(errors.contains(word), "no {word:?} in:\n{errors}");
    }
    let complaints = errors.matches(words[0]).count();
    assert_eq!(complaints, 1, "one message for one mistake:\n{errors}");
    assert!(!errors.contains(SECRET), "the secret stands in:\n{errors}");
    assert!(!errors.contains("panicked"), "{errors}");
}

#[test]
fn each_mistake_in_the_configuration_is_told_with_its_key_path() {
    let lab = Lab::quiet(2);
    let id = lab.tenants()[0].tenant_id.clone();
    let tenant =
        |name: &str, id: &str| format!("[[tenants]]\nname = {name:?}\ntenant_id = {id:?}\napp = \"main\"\ncloud = \"lab\"");
    let (same_id, same_name) = (tenant("again", &id), tenant("tenant-01", "11111111-1111-4111-8111-111111111111"));
    let cases: Vec<(Setup, Vec<&str>)> = vec![
        (setup(&lab).default("intervall", "\"5s\""), vec!["defaults.intervall", "did you mean", "interval"]),
        (setup(&lab).default("interval", "5"), vec!["defaults.interval", "the number 5", "\"90s\""]),
        (setup(&lab).tenant("tenant-02", "overlap = true"), vec!["tenants.\"tenant-02\".overlap", "true"]),
        (
            setup(&lab).part("[apps.second]\nclient_id = \"c\"\nclient_secret = { file = \"{folder}/nowhere\" }"),
            vec!["apps.second.client_secret", "nowhere"],
        ),
        (setup(&lab).part(&same_id), vec![".tenant_id: found", "tenants.\"tenant-01\"", "tenants.\"again\"", &id]),
        (setup(&lab).part(&same_name), vec![".name: found", "tenants.\"tenant-01\"", "each once"]),
        (setup(&lab).tenant("tenant-01", "sinks = [\"siem\"]"), vec!["tenants.\"tenant-01\".sinks", "siem", "out"]),
    ];
    for (setup, words) in cases {
        assert_refused(&setup.refused(), CONFIGURATION, &words);
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let lab = Lab::quiet(1);
    let setup = setup(&lab).default("intervall", "\"5s\"").default("overlap", "7").tenant("tenant-01", "sinks = [\"siem\"]");
    let output = setup.refused();
    for key in ["defaults.intervall", "defaults.overlap", "tenants.\"tenant-01\".sinks"] {
        assert_refused(&output, CONFIGURATION, &[key]);
    }
}

#[test]
fn log_levels_that_cannot_be_understood_are_a_mistake_of_the_configuration() {
    let lab = Lab::quiet(1);
    let output = setup(&lab).env("ALERTFERRY_LOG", "alertferry=loud").refused();
    assert_refused(&output, CONFIGURATION, &["ALERTFERRY_LOG", "info,alertferry=debug"]);
}

#[test]
fn a_port_in_use_is_told_with_its_address() {
    let lab = Lab::quiet(1);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = setup(&lab).env("ALERTFERRY__ADMIN__LISTEN", &address).refused();
    assert_refused(&output, WORLD, &["admin.listen", &address, "choose another address"]);
}

#[test]
fn a_ledger_where_no_folder_can_be_is_told_with_its_path() {
    let lab = Lab::quiet(1);
    let setup = setup(&lab);
    // Root may write anywhere, so that a forbidden folder would prove nothing there.
    std::fs::write(setup.folder().join("ledger"), "a file").unwrap();
    let path = setup.folder().join("ledger").display().to_string();
    assert_refused(&setup.refused(), WORLD, &["alertferry: ", &path, "[ledger]"]);
}

#[test]
fn a_damaged_ledger_is_told_with_its_file_and_what_to_do() {
    let lab = Lab::quiet(1);
    let setup = setup(&lab);
    let folder = setup.folder().join("ledger");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("ledger.sqlite3"), "this was a ledger before the disk went bad".repeat(100)).unwrap();
    let output = setup.refused();
    assert_refused(&output, WORLD, &["alertferry: ", "ledger.sqlite3", "backup"]);
    let kept = std::fs::read_to_string(folder.join("ledger.sqlite3")).unwrap();
    assert!(kept.starts_with("this was a ledger"), "what is there is left as it is");
}

#[test]
fn a_ledger_of_a_newer_version_is_left_alone() {
    let lab = Lab::quiet(1);
    let mut daemon = setup(&lab).start();
    assert_eq!(daemon.stop(), Some(0));
    let file = daemon.folder().join("ledger/ledger.sqlite3");
    let ledger = rusqlite::Connection::open(&file).unwrap();
    ledger.pragma_update(None, "user_version", 9999).unwrap();
    drop(ledger);
    assert_refused(&daemon.setup.refused(), WORLD, &["alertferry: ", "ledger.sqlite3", "9999", "newer"]);
}

#[test]
fn a_ledger_in_use_is_told_with_who_holds_it() {
    let lab = Lab::quiet(1);
    let mut daemon = setup(&lab).start();
    let holder = format!("process {}", daemon.service.pid());
    assert_refused(&daemon.setup.refused(), WORLD, &["alertferry: ", "in use", &holder, "Stop that process"]);
    assert_eq!(daemon.stop(), Some(0), "the one that holds it goes on");
}

#[test]
fn log_lines_are_text_or_json_as_asked() {
    let lab = Lab::quiet(1);
    for (format, json) in [("text", false), ("json", true)] {
        let mut daemon = setup(&lab).argument("--log-format").argument(format).start();
        assert_eq!(daemon.stop(), Some(0));
        let log = daemon.log();
        assert!(log.lines().count() >= 2, "{log}");
        for line in log.lines() {
            let parsed = serde_json::from_str::<serde_json::Value>(line);
            assert_eq!(parsed.is_ok(), json, "--log-format {format}: {line}");
        }
        assert!(!log.contains('\x1b'), "colours are for terminals");
    }
}
