//! `demo`: what somebody sees who has nothing but this program.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Output};

use crate::support::daemon::{BINARY, GENEROUS, alertferry};
use crate::support::ocsf;
use crate::support::service::Service;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn demo(arguments: &[&str]) -> Output {
    let output = alertferry(&[&["demo"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    output
}

/// The numbers of the summary by their first word.
fn summary(output: &Output) -> BTreeMap<String, u64> {
    numbers(&text(&output.stderr))
}

fn numbers(text: &str) -> BTreeMap<String, u64> {
    let numbers = text.lines().filter_map(|line| {
        let line = line.trim_start_matches(['=', '+', ' ']);
        let number = line.split_whitespace().find_map(|word| word.trim_end_matches(',').parse().ok())?;
        Some((line.split_whitespace().next()?.to_lowercase(), number))
    });
    numbers.collect()
}

fn assert_adds_up(summary: &BTreeMap<String, u64>) {
    let of = |word: &str| *summary.get(word).unwrap_or_else(|| panic!("no {word} in {summary:?}"));
    assert_eq!(of("read"), of("forwarded") + of("duplicate") + of("filtered") + of("dead"), "{summary:?}");
}

#[test]
fn alerts_of_25_tenants_flow_each_once_and_the_summary_adds_up() {
    let output = demo(&["--for", "5s", "--tenants", "25"]);
    let (lines, summary) = (text(&output.stdout), summary(&output));
    let mut seen = BTreeSet::new();
    let mut tenants = BTreeSet::new();
    for line in lines.lines() {
        let tenant = line.split_whitespace().nth(1).expect("a tenant");
        let (_, id) = line.rsplit_once('(').expect("an ID in brackets");
        assert!(seen.insert((tenant.to_owned(), id.to_owned())), "twice: {line}");
        tenants.insert(tenant.to_owned());
    }
    let expected: BTreeSet<String> = (1..=25).map(|number| format!("tenant-{number:02}")).collect();
    assert_eq!(tenants, expected, "alerts of all tenants");
    assert_eq!(summary["forwarded"], seen.len() as u64, "{summary:?}");
    assert!(text(&output.stderr).contains("0 of them twice"), "{}", text(&output.stderr));
    assert_adds_up(&summary);
}

#[test]
fn ctrl_c_ends_it_cleanly_with_a_summary_that_adds_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(BINARY);
    command.args(["demo", "--tenants", "3"]);
    let mut demo = Service::start(&command, folder.path());
    demo.wait_until("an alert of each tenant", GENEROUS, || {
        let log = std::fs::read_to_string(folder.path().join("service.log")).unwrap_or_default();
        ["tenant-01", "tenant-02", "tenant-03"].iter().all(|tenant| log.contains(tenant))
    });
    demo.signal("INT");
    assert!(demo.wait(GENEROUS).success(), "{}", demo.log());
    assert_adds_up(&numbers(&demo.log()));
}

#[test]
fn with_a_format_standard_output_holds_nothing_but_its_documents() {
    let output = demo(&["--for", "3s", "--tenants", "5", "--format", "ocsf"]);
    let lines = text(&output.stdout);
    assert!(lines.lines().count() >= 15, "{lines}");
    lines.lines().for_each(|line| ocsf::assert_valid(line.as_bytes()));
    let summary = summary(&output);
    assert_eq!(summary["forwarded"], lines.lines().count() as u64);
    assert_adds_up(&summary);
}

#[cfg(feature = "kafka")]
#[test]
fn it_sends_to_a_real_kafka() {
    let broker = crate::support::kafka::shared();
    let output = demo(&["--for", "5s", "--tenants", "5", "--sink", &format!("kafka://{}/demo", broker.address())]);
    let records = broker.read("demo");
    let summary = summary(&output);
    assert!(summary["forwarded"] >= 15, "{summary:?}");
    assert_eq!(summary["forwarded"], records.len() as u64);
    for record in &records {
        ocsf::assert_valid(&record.value);
    }
    assert_adds_up(&summary);
}

#[test]
fn it_sends_to_a_real_rsyslog() {
    let rsyslog = crate::support::rsyslog::Rsyslog::start();
    let output = demo(&["--for", "3s", "--tenants", "5", "--sink", &format!("syslog://{}", rsyslog.address())]);
    let summary = summary(&output);
    assert!(summary["forwarded"] >= 15, "{summary:?}");
    let arrived = crate::support::service::poll(crate::support::daemon::GENEROUS, || {
        rsyslog.messages().len() as u64 >= summary["forwarded"]
    });
    assert!(arrived, "{} of {summary:?}", rsyslog.messages().len());
    assert_eq!(summary["forwarded"], rsyslog.messages().len() as u64);
    assert_adds_up(&summary);
}
