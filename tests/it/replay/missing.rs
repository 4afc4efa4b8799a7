//! What a replay sends: exactly what is missing, or everything again.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{code, counts, ferry, is_marked, lab, last_hours, setup, some, wait_for, words};
use crate::support::daemon::Daemon;

/// Both ways of a replay, over alerts that were sent and others that were never read.
fn sends_what_is_missing_and_everything_again(daemon: &Daemon, arguments: &[String], (sent, missing): (&[String], &[String])) {
    let told = code(&ferry(&daemon.config(), arguments), 0);
    assert!(told.contains(&format!("{} alert(s) sent to out", missing.len())), "{told}");
    let after = counts(daemon);
    for id in sent {
        assert_eq!(after[id], (1, 0), "{id} had been sent, and was not marked");
    }
    for id in missing {
        assert_eq!(after[id], (1, 1), "{id} was missing, and is marked");
    }
    assert_eq!(after.len(), sent.len() + missing.len());

    let told = code(&ferry(&daemon.config(), arguments), 0);
    assert!(told.contains("0 alert(s) sent"), "{told}");
    assert_eq!(counts(daemon), after, "nothing is missing any more");

    let uids = |marked: bool| -> BTreeSet<String> {
        let events = daemon.lines("out").into_iter().filter(|event| is_marked(event) == marked);
        events.map(|event| event["metadata"]["uid"].as_str().expect("an ID of the event").to_owned()).collect()
    };
    let before = &uids(false) | &uids(true);
    let again: Vec<String> = arguments.iter().cloned().chain(words(&["--send-again", "--json"])).collect();
    let told = code(&ferry(&daemon.config(), &again), 0);
    let last: Value = serde_json::from_str(told.lines().last().expect("a last word")).expect("JSON");
    assert_eq!(last["end"]["outcome"], "done", "{told}");
    assert_eq!(last["end"]["counts"]["forwarded"], sent.len() + missing.len(), "{told}");
    assert!(told.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{told}");
    for (id, (times, marked)) in counts(daemon) {
        assert_eq!((times, marked), (2, 1 + usize::from(missing.contains(&id))), "{id}");
    }
    assert_eq!(&uids(false) | &uids(true), before, "an event keeps its ID");
}

#[test]
fn the_running_daemon_sends_a_sink_what_it_misses_and_goes_on() {
    let (lab, tenant) = lab();
    let missing = some(&lab, &tenant, 12, 5);
    let mut sent = some(&lab, &tenant, 12, 0);
    let mut daemon = setup(&lab).start();
    wait_for(&mut daemon, &sent);
    let arguments = last_hours(&lab, &tenant);
    sends_what_is_missing_and_everything_again(&daemon, &arguments, (&sent, &missing));
    sent = some(&lab, &tenant, 1, 0);
    wait_for(&mut daemon, &sent);
    assert_eq!(counts(&daemon)[&sent[0]], (1, 0), "what is new is not marked");
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}

#[test]
fn without_a_daemon_the_command_does_it_itself() {
    let (lab, tenant) = lab();
    let missing = some(&lab, &tenant, 12, 5);
    let sent = some(&lab, &tenant, 12, 0);
    let mut daemon = setup(&lab).start();
    wait_for(&mut daemon, &sent);
    let arguments = last_hours(&lab, &tenant);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    sends_what_is_missing_and_everything_again(&daemon, &arguments, (&sent, &missing));
}

#[test]
fn what_makes_no_sense_is_refused_with_what_would() {
    let (lab, tenant) = lab();
    let daemon = setup(&lab).start();
    let arguments = last_hours(&lab, &tenant);
    let with = |key: &str, value: &str| {
        let place = arguments.iter().position(|word| word == key).expect("an argument");
        let mut changed = arguments.clone();
        value.clone_into(&mut changed[place + 1]);
        changed
    };
    for (arguments, told) in [
        (with("--tenant", "nobody"), "tenants list"),
        (with("--sink", "nowhere"), "but to out"),
        (with("--to", "2020-01-01"), "ends (2020-01-01T00:00:00Z) before it begins"),
        (with("--from", "yesterday"), "expected a time"),
        ([arguments.clone(), words(&["--feed", "mde-alerts"])].concat(), "but through graph-alerts"),
        (words(&["dead-letters", "discard"]), "or --all"),
        (words(&["dead-letters", "discard", "--reason", ""]), "a value is required"),
        (words(&["dead-letters", "list", "--limit", "0"]), "0 is not in 1.."),
        (words(&["dead-letters", "retry", "--ledger", "/nowhere"]), "need the configuration"),
    ] {
        let refusal = code(&ferry(&daemon.config(), &arguments), 64);
        assert!(refusal.contains(told), "{arguments:?}: {refusal}");
    }
}
