//! Commands that die half-way, with no daemon beside them: replays, retries, backups, compaction. The same command given again
//! ends the work.

use std::collections::BTreeMap;
use std::process::{Command, Output};

use jiff::SignedDuration;
use serde_json::json;

use super::died_at;
use super::mortal::{Mortal, PAGE, hasty, in_file};
use crate::faults::scene::TENANT;
use crate::support::daemon::{BINARY, Daemon};
use crate::support::lab::Lab;
use crate::support::rsyslog::Rsyslog;
use crate::support::spool::Listen;

pub const REPLAY: [&str; 7] = [
    "replay.page-read",
    "replay.page-done",
    "replay.page-read:2",
    "replay.page-done:2",
    "replay.read",
    "replay.ended",
    "ledger.replay-ended",
];
/// Within the commits of a replay.
pub const MOVES: [&str; 2] = ["ledger.replay-moved", "ledger.replay-moved:2"];
/// While letters of one sink are taken up, and then those of the feed.
pub const RETRY: [&str; 4] = ["ledger.letters-lifted", "retry.done", "retry.route-done", "retry.lifted"];
pub const COPY: [&str; 3] = ["backup.copying", "backup.copied", "backup.named"];
pub const COMPACTION: [&str; 4] = ["compact.log-put-away", "compact.written", "compact.synced", "compact.exchanged"];

/// Runs a command of the program, to die at a point or to live.
fn command(daemon: &Daemon, arguments: &[&str], point: Option<&str>) -> Output {
    let mut command = Command::new(BINARY);
    command.args(["--config", &daemon.config()]).args(arguments).envs(point.map(|point| ("ALERTFERRY_CRASH_AT", point)));
    let output = command.output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    match point {
        Some(point) => died_at(point, output.status, &said),
        None => assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}"),
    }
    output
}

#[test]
fn a_replay_that_dies_at_each_of_its_steps_sends_each_alert_once_more_and_no_oftener() {
    let lab = Lab::quiet(1);
    let setup = hasty(&lab);
    let mut mortal = Mortal::start(lab, setup, Box::new(in_file));
    mortal.more(5 * PAGE);
    mortal.recover();
    assert_eq!(mortal.daemon.stop(), Some(0), "{}", mortal.daemon.log());
    let to = mortal.lab.now(TENANT);
    let (from, to) = ((to - SignedDuration::from_mins(30)).to_string(), to.to_string());
    let again = ["replay", "--tenant", TENANT, "--sink", "out", "--from", &from, "--to", &to, "--send-again"];
    // Each goes on where the one before it died.
    for point in REPLAY {
        command(&mortal.daemon, &again, Some(point));
    }
    command(&mortal.daemon, &again, None);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for arrival in in_file(&mortal.daemon) {
        *counts.entry(arrival.key).or_default() += 1;
    }
    assert_eq!(counts.len(), 6 * PAGE);
    assert!(counts.values().all(|count| *count == 2), "{counts:?}");
}

#[test]
fn a_replay_that_dies_in_its_commits_repeats_at_most_their_pages() {
    let lab = Lab::quiet(1);
    let setup = hasty(&lab);
    let mut mortal = Mortal::start(lab, setup, Box::new(in_file));
    mortal.more(3 * PAGE);
    mortal.recover();
    assert_eq!(mortal.daemon.stop(), Some(0), "{}", mortal.daemon.log());
    let to = mortal.lab.now(TENANT);
    let (from, to) = ((to - SignedDuration::from_mins(30)).to_string(), to.to_string());
    let again = ["replay", "--tenant", TENANT, "--sink", "out", "--from", &from, "--to", &to, "--send-again"];
    for point in MOVES {
        command(&mortal.daemon, &again, Some(point));
    }
    command(&mortal.daemon, &again, None);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for arrival in in_file(&mortal.daemon) {
        *counts.entry(arrival.key).or_default() += 1;
    }
    assert_eq!(counts.len(), 4 * PAGE);
    assert!(counts.values().all(|count| *count >= 2), "{counts:?}");
    let repeats = counts.values().sum::<usize>() - 2 * counts.len();
    assert!(repeats <= 2 * PAGE, "{repeats}: {counts:?}");
}

#[test]
fn a_retry_that_dies_repeats_at_most_what_it_had_not_recorded_and_keeps_what_nobody_can_take() {
    let lab = Lab::quiet(1);
    let rsyslog = Rsyslog::listening(Listen::Relp(None));
    let keys = |most: usize| {
        let address = rsyslog.address();
        format!(
            "kind = \"syslog\"\naddress = \"{address}\"\ntransport = \"relp\"\nformat = \"raw\"\noversize = \"dead-letter\"\nmax_bytes = {most}"
        )
    };
    lab.add(TENANT, &json!({"id": "da-long", "description": "long ".repeat(4000), "evidence": []}));
    lab.add(TENANT, &json!({"id": "da-foreign", "tenantId": "99999999-9999-9999-9999-999999999999"}));
    let mut daemon = hasty(&lab).only_sink("soc", &keys(16_000)).start();
    daemon.wait_for_metrics("two dead letters", |metrics| metrics.outcome(TENANT, "dead_lettered") == 2);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    daemon.setup.set_sink("soc", &keys(200_000));
    daemon.setup.write();
    // Sent, and not recorded: it is sent once more.
    command(&daemon, &["dead-letters", "retry", "--sink", "soc"], Some(RETRY[0]));
    command(&daemon, &["dead-letters", "retry", "--sink", "soc"], Some(RETRY[1]));
    for point in &RETRY[2..] {
        command(&daemon, &["dead-letters", "retry"], Some(point));
    }
    let left = String::from_utf8(command(&daemon, &["dead-letters", "list", "--json"], None).stdout).expect("UTF-8");
    assert!(left.lines().count() == 1 && left.contains("da-foreign"), "{left}");
    let sent = rsyslog.messages();
    assert_eq!(sent.iter().filter(|message| String::from_utf8_lossy(message).contains("\"da-long\"")).count(), 2);
}

#[test]
fn a_backup_or_a_compaction_that_dies_leaves_a_ledger_that_knows_everything() {
    let lab = Lab::quiet(1);
    let setup = hasty(&lab);
    let mut mortal = Mortal::start(lab, setup, Box::new(in_file));
    assert_eq!(mortal.daemon.stop(), Some(0), "{}", mortal.daemon.log());
    let target = mortal.daemon.folder().join("copy.sqlite3");
    let backup = ["ledger", "backup", &target.display().to_string()].map(str::to_owned);
    let backup = backup.each_ref().map(String::as_str);
    for (point, named) in COPY.into_iter().zip([false, false, true]) {
        command(&mortal.daemon, &backup, Some(point));
        assert_eq!(target.exists(), named, "{point}: a copy has its name once it is whole");
    }
    for point in COMPACTION {
        command(&mortal.daemon, &["ledger", "compact"], Some(point));
    }
    command(&mortal.daemon, &["ledger", "compact"], None);
    mortal.daemon_lives();
    mortal.more(PAGE);
    mortal.recover();
    assert_eq!((mortal.repeats(), in_file(&mortal.daemon).len()), (0, 2 * PAGE));
}
