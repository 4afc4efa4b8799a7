//! What the running daemon leaves for other users of its machine: no file for everybody, no core dump, no secret in its arguments.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use alertferry::simulator::Settings;

use crate::support::daemon::{BINARY, GENEROUS, Setup};
use crate::support::lab::{Lab, SECRET};
use crate::support::service::Service;

/// The daemon as a careless shell would start it: every file for everybody, core dumps without limit.
fn careless(setup: &Setup) -> Service {
    let mut command = Command::new("sh");
    command.args(["-c", "umask 000; ulimit -c unlimited 2>/dev/null; exec \"$@\"", "sh", BINARY, "run", "--config"]);
    command.arg(setup.write());
    let mut service = Service::start(&command, setup.folder());
    let log = setup.folder().join("service.log");
    let runs = || std::fs::read_to_string(&log).is_ok_and(|log| log.contains("alertferry runs"));
    service.wait_until("alertferry runs", GENEROUS, runs);
    service
}

/// Every file and folder below.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(below(&path));
        }
        found.push(path);
    }
    found
}

#[test]
fn a_daemon_started_carelessly_leaves_nothing_for_others() {
    let lab = Lab::start(Settings { history: 5, history_span: Duration::from_mins(10), ..Settings::default() });
    let setup = Setup::new(&lab).file_sink("out");
    let mut daemon = careless(&setup);
    let out = setup.folder().join("out.jsonl");
    daemon.wait_until("alerts", GENEROUS, || std::fs::read_to_string(&out).is_ok_and(|lines| lines.lines().count() >= 5));

    // What the test wrote itself is as the test's own umask has it.
    let ours = |path: &PathBuf| !["service.log", "config.toml", "client-secret"].iter().any(|name| path.ends_with(name));
    let made: Vec<_> = below(setup.folder()).into_iter().filter(ours).collect();
    for expected in ["out.jsonl", "ledger", "ledger/ledger.sqlite3", "ledger/alertferry.lock"] {
        assert!(made.contains(&setup.folder().join(expected)), "{expected} is not among {made:?}");
    }
    for path in &made {
        let mode_bits = path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode_bits & 0o027, 0, "{} has mode {mode_bits:o}", path.display());
        let alone = path.starts_with(setup.folder().join("ledger"));
        assert!(!alone || mode_bits & 0o700 == mode_bits, "{} has mode {mode_bits:o}", path.display());
    }

    let process = |file: &str| std::fs::read(format!("/proc/{}/{file}", daemon.pid())).unwrap();
    assert!(!String::from_utf8_lossy(&process("cmdline")).contains(SECRET), "a secret stands in the arguments");
    let limits = String::from_utf8(process("limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().filter(|word| *word == "0").count(), 2, "{core}");

    daemon.signal("ABRT"); // dumps core as SIGQUIT does, which whoever runs the tests may have ignored

    let status = daemon.wait(GENEROUS);
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), false), "{status}");
}

#[test]
fn no_argument_of_any_command_takes_a_secret() {
    let mut asked = vec![Vec::new()];
    while let Some(command) = asked.pop() {
        let mut arguments: Vec<&str> = command.clone();
        arguments.push("--help");
        let output = crate::support::daemon::alertferry(&arguments);
        let help = String::from_utf8(output.stdout).unwrap();
        for option in help.split_whitespace().filter(|word| word.starts_with("--")) {
            let suspicious = ["secret", "password", "passphrase", "token"].iter().any(|word| option.contains(word));
            let counts = ["--token-life"].iter().any(|harmless| option.starts_with(harmless));
            assert!(!suspicious || counts, "{command:?} takes {option}: arguments are for everybody to read");
        }
        let (_, commands) = help.split_once("Commands:\n").unwrap_or_default();
        let names = commands.lines().take_while(|line| line.starts_with("  ")).filter_map(|line| line.split_whitespace().next());
        for name in names.filter(|name| *name != "help" && name.starts_with(char::is_alphabetic)) {
            let name: &'static str = name.to_owned().leak();
            asked.push([command.clone(), vec![name]].concat());
        }
    }
}
