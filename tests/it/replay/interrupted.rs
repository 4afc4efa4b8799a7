//! A replay that is interrupted goes on where it was, whoever interrupts it and however.

use std::process::{Child, Command};

use super::{PAGE, begun, code, counts, ferry, lab, last_hours, said, setup, slow, some, wait_for, words};
use crate::support::daemon::{Daemon, GENEROUS};
use crate::support::service::poll;

const ALERTS: usize = 60;

/// A daemon that has sent all its alerts, and the command that sends them once more.
fn sent() -> (crate::support::lab::Lab, Daemon, Vec<String>, Vec<String>) {
    let (lab, tenant) = lab();
    let ids = some(&lab, &tenant, ALERTS, 0);
    let mut daemon = setup(&lab).start();
    wait_for(&mut daemon, &ids);
    let again = [last_hours(&lab, &tenant), words(&["--send-again"])].concat();
    (lab, daemon, again, ids)
}

/// How many went out once more.
fn repeated(daemon: &Daemon) -> usize {
    counts(daemon).values().map(|(_, marked)| marked).sum()
}

/// Waits until a replay is in the middle of its work.
fn wait_for_the_middle(daemon: &Daemon) {
    assert!(poll(GENEROUS, || (PAGE..ALERTS).contains(&repeated(daemon))), "{} of {ALERTS}", repeated(daemon));
    assert!(repeated(daemon) < ALERTS, "it was too quick to be interrupted");
}

fn signal(child: &Child, signal: &str) {
    assert!(Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().expect("kill runs").success());
}

#[test]
fn ctrl_c_ends_it_after_the_page_in_flight_and_each_is_sent_exactly_once_more() {
    for running in [true, false] {
        let (lab, mut daemon, again, ids) = sent();
        if !running {
            assert_eq!(daemon.stop(), Some(0));
        }
        slow(&lab, 150);
        let replay = begun(&daemon.config(), &again);
        wait_for_the_middle(&daemon);
        signal(&replay, "INT");
        let told = code(&replay.wait_with_output().expect("it ends"), 2);
        assert!(told.contains("goes on where this one ended"), "{told}");
        let before = repeated(&daemon);
        assert!(before < ALERTS, "nothing was left to do");
        lab.clear_faults();
        code(&ferry(&daemon.config(), &again), 0);
        for id in &ids {
            assert_eq!(counts(&daemon)[id], (2, 1), "{id}, with the daemon running: {running}");
        }
        // That one came to its end: the same command begins another.
        code(&ferry(&daemon.config(), &again), 0);
        assert_eq!(repeated(&daemon), 2 * ALERTS);
    }
}

#[test]
fn kill_9_repeats_at_most_the_page_in_flight() {
    for running in [true, false] {
        let (lab, mut daemon, again, ids) = sent();
        if !running {
            assert_eq!(daemon.stop(), Some(0));
        }
        slow(&lab, 150);
        let mut replay = begun(&daemon.config(), &again);
        wait_for_the_middle(&daemon);
        if running {
            // The daemon does the work, so it is the daemon that dies.
            daemon.kill();
            let told = said(&replay.wait_with_output().expect("it ends"));
            assert!(told.contains("the daemon ended before the errand did"), "{told}");
        } else {
            replay.kill().expect("it runs");
            replay.wait().expect("it ends");
        }
        assert!(repeated(&daemon) < ALERTS, "nothing was left to do");
        lab.clear_faults();
        code(&ferry(&daemon.config(), &again), 0);
        for id in &ids {
            assert!(counts(&daemon)[id].1 >= 1, "{id} was lost, with the daemon running: {running}");
        }
        assert!(repeated(&daemon) <= ALERTS + PAGE, "{} of {ALERTS}, with the daemon running: {running}", repeated(&daemon));
    }
}

#[test]
fn a_killed_command_has_the_daemon_stop_and_a_second_replay_is_told_of_the_first() {
    let (lab, daemon, again, ids) = sent();
    slow(&lab, 150);
    let mut replay = begun(&daemon.config(), &again);
    wait_for_the_middle(&daemon);
    let told = code(&ferry(&daemon.config(), &again), 1);
    assert!(told.contains("is under way"), "{told}");
    replay.kill().expect("it runs");
    replay.wait().expect("it ends");
    let mut told = None;
    // Until the page in flight is through, the first one is still under way.
    lab.clear_faults();
    assert!(poll(GENEROUS, || {
        told = Some(ferry(&daemon.config(), &again));
        told.as_ref().is_some_and(|output| output.status.success())
    }));
    for id in &ids {
        assert_eq!(counts(&daemon)[id], (2, 1), "{id}: {}", told.as_ref().map(said).unwrap_or_default());
    }
}
