//! Dead letters that are taken up again or thrown away.

use serde_json::{Value, json};

use super::{code, ferry, lab, last_hours, words};
use crate::support::daemon::{Daemon, Setup};
use crate::support::lab::Lab;
use crate::support::rsyslog::Rsyslog;
use crate::support::spool::Listen;

/// RELP to a receiver, with room for so much, and what does not fit kept aside.
fn sink(rsyslog: &Rsyslog, most: usize) -> String {
    format!(
        "kind = \"syslog\"\naddress = \"{}\"\ntransport = \"relp\"\nformat = \"raw\"\noversize = \"dead-letter\"\nmax_bytes = {most}",
        rsyslog.address()
    )
}

const LONG: [&str; 3] = ["da-long-1", "da-long-2", "da-long-3"];

/// A daemon that has sent what was short, and kept aside what was long.
fn kept_aside(lab: &Lab, tenant: &str, rsyslog: &Rsyslog) -> Daemon {
    for id in LONG {
        lab.add(tenant, &json!({"id": id, "description": "long ".repeat(4000), "evidence": []}));
    }
    lab.add(tenant, &json!({"id": "da-short", "evidence": []}));
    let mut daemon = Setup::new(lab)
        .default("sweep", "{ every = \"0s\" }")
        .sink("out", &sink(rsyslog, 16_000))
        .sink("other", &sink(rsyslog, 16_000))
        .start();
    daemon.wait_for_metrics("dead letters of both sinks", |metrics| metrics.outcome(tenant, "dead_lettered") == 6);
    daemon
}

fn listed(daemon: &Daemon, more: &[&str]) -> Vec<Value> {
    let list = [&["dead-letters", "list", "--json"], more].concat();
    let output = ferry(&daemon.config(), &words(&list));
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn arrived(rsyslog: &Rsyslog, id: &str) -> usize {
    let quoted = format!("\"{id}\"");
    rsyslog.messages().iter().filter(|message| String::from_utf8_lossy(message).contains(&quoted)).count()
}

#[test]
fn a_retry_sends_each_once_when_there_is_room_and_leaves_it_where_there_is_none() {
    let (lab, tenant) = lab();
    let rsyslog = Rsyslog::listening(Listen::Relp(None));
    let mut daemon = kept_aside(&lab, &tenant, &rsyslog);
    let before = listed(&daemon, &[]);
    let told = code(&ferry(&daemon.config(), &words(&["dead-letters", "retry", "--sink", "out"])), 0);
    assert!(told.contains("of 3 dead letter(s), 0 sent") && told.contains("3 stay"), "{told}");
    assert_eq!(listed(&daemon, &[]), before, "letters that stay are the same");

    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    daemon.setup.set_sink("out", &sink(&rsyslog, 200_000));
    daemon.restart();
    let told = code(&ferry(&daemon.config(), &words(&["dead-letters", "retry", "--sink", "out", "--alert", LONG[0]])), 0);
    assert!(told.contains("of 1 dead letter(s), 1 sent"), "{told}");
    assert_eq!(listed(&daemon, &["--sink", "out"]).len(), 2);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    // Without the daemon, the rest of that sink.
    let told =
        code(&ferry(&daemon.config(), &words(&["dead-letters", "retry", "--tenant", &tenant, "--sink", "out", "--json"])), 0);
    let last: Value = serde_json::from_str(told.lines().last().expect("a last word")).expect("JSON");
    assert_eq!(last["end"]["counts"]["forwarded"], 2, "{told}");
    assert_eq!(listed(&daemon, &["--sink", "out"]), Vec::<Value>::new());
    assert_eq!(listed(&daemon, &["--sink", "other"]).len(), 3, "the other sink's are its own");
    for id in LONG {
        assert_eq!(arrived(&rsyslog, id), 1, "{id}");
    }
    assert_eq!(arrived(&rsyslog, "da-short"), 2, "one for each sink");

    // They are known now: neither the daemon nor a replay sends them once more.
    daemon.restart();
    let told = code(&ferry(&daemon.config(), &last_hours(&lab, &tenant)), 0);
    assert!(told.contains("0 alert(s) sent"), "{told}");
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    for id in LONG {
        assert_eq!(arrived(&rsyslog, id), 1, "{id}");
    }
}

#[test]
fn a_replay_sends_what_was_only_kept_aside_and_settles_it() {
    let (lab, tenant) = lab();
    let rsyslog = Rsyslog::listening(Listen::Relp(None));
    let mut daemon = kept_aside(&lab, &tenant, &rsyslog);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    daemon.setup.set_sink("out", &sink(&rsyslog, 200_000));
    daemon.restart();
    let told = code(&ferry(&daemon.config(), &last_hours(&lab, &tenant)), 0);
    assert!(told.contains("3 alert(s) sent to out"), "{told}");
    assert_eq!(listed(&daemon, &["--sink", "out"]), Vec::<Value>::new());
    let told = code(&ferry(&daemon.config(), &words(&["dead-letters", "retry", "--sink", "out"])), 0);
    assert!(told.contains("of 0 dead letter(s)"), "{told}");
    for id in LONG {
        assert_eq!(arrived(&rsyslog, id), 1, "{id}");
    }
}

#[test]
fn what_is_discarded_is_gone_and_what_was_not_meant_stays() {
    let (lab, tenant) = lab();
    let rsyslog = Rsyslog::listening(Listen::Relp(None));
    let mut daemon = kept_aside(&lab, &tenant, &rsyslog);
    let discard = |daemon: &Daemon, more: &[&str]| {
        let told = code(&ferry(&daemon.config(), &words(&[&["dead-letters", "discard"], more].concat())), 0);
        told.split_whitespace().next().and_then(|count| count.parse::<usize>().ok()).unwrap_or_else(|| panic!("{told}"))
    };
    assert_eq!(discard(&daemon, &["--reason", "no such reason"]), 0);
    assert_eq!(discard(&daemon, &["--until", "2020-01-01"]), 0);
    assert_eq!(discard(&daemon, &["--tenant", &tenant, "--sink", "other", "--reason", "MAX_BYTES"]), 3);
    assert_eq!(listed(&daemon, &["--sink", "out"]).len(), 3);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    assert_eq!(discard(&daemon, &["--since", "1h", "--alert", LONG[1]]), 1);
    assert_eq!(discard(&daemon, &["--all"]), 2);
    assert_eq!(listed(&daemon, &[]), Vec::<Value>::new());
    for id in LONG {
        assert_eq!(arrived(&rsyslog, id), 0, "{id}");
    }
}
