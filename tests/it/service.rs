//! The promise of `support::service`: whatever happens to the test process, nothing that it started stays behind.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::service::{Service, poll};

const GENEROUS: Duration = Duration::from_secs(20);

/// Set for the process that the test below starts and kills.
const SACRIFICE: &str = "ALERTFERRY_TEST_SACRIFICE";

/// A service with a child of its own; both must go.
fn sleeper() -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "sleep 600 & echo started $!; wait"]);
    command
}

fn alive(pid: &str) -> bool {
    // A killed process whose parent has not looked yet is a zombie: it still has an entry, but runs no more.
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

fn grandchild(log: &str) -> Option<String> {
    log.lines().find_map(|line| line.strip_prefix("started ")).map(ToOwned::to_owned)
}

#[test]
fn a_dropped_service_takes_its_children_along() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Service::start(&sleeper(), folder.path());
    let log = folder.path().join("service.log");
    service.wait_until("a child", GENEROUS, || std::fs::read_to_string(&log).is_ok_and(|log| grandchild(&log).is_some()));
    let (parent, child) = (service.pid().to_string(), grandchild(&service.log()).unwrap());
    assert!(alive(&parent) && alive(&child));
    drop(service);
    assert!(poll(GENEROUS, || !alive(&parent) && !alive(&child)), "{parent} or {child} is still there");
}

#[test]
fn a_killed_test_process_takes_its_services_and_their_folder_along() {
    if let Some(folder) = std::env::var_os(SACRIFICE) {
        let service = Service::start(&sleeper(), folder.as_ref());
        std::fs::write(std::path::Path::new(&folder).join("pid"), service.pid().to_string()).unwrap();
        poll(GENEROUS, || false);
        panic!("nobody killed us");
    }
    let folder = tempfile::tempdir().unwrap();
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "service::a_killed_test_process_takes_its_services_and_their_folder_along"])
        .env(SACRIFICE, folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap_or_default();
    assert!(poll(GENEROUS, || grandchild(&read("service.log")).is_some() && !read("pid").is_empty()), "no service came up");
    let (parent, child) = (read("pid"), grandchild(&read("service.log")).unwrap());
    victim.kill().unwrap();
    victim.wait().unwrap();
    assert!(poll(GENEROUS, || !alive(&parent) && !alive(&child)), "{parent} or {child} is still there");
    assert!(poll(GENEROUS, || !folder.path().exists()), "the folder is still there");
}

#[test]
#[should_panic(expected = "cannot open the harbour")]
fn a_service_that_ends_early_is_reported_with_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", "echo cannot open the harbour >&2; exit 3"]);
    Service::start(&command, folder.path()).wait_for_port(1, GENEROUS);
}

#[test]
fn a_service_can_be_asked_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", "trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done"]);
    let mut service = Service::start(&command, folder.path());
    let log = folder.path().join("service.log");
    service.wait_until("its trap", GENEROUS, || std::fs::read_to_string(&log).is_ok_and(|log| log.contains("ready")));
    service.signal("TERM");
    assert_eq!(service.wait(GENEROUS).code(), Some(7));
}
