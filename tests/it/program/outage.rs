//! Two sinks, one of them dead: the other does not notice, and the dead one gets everything it missed, once.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{counts, once, parsed};
use crate::support::daemon::{Daemon, GENEROUS, Setup};
use crate::support::kafka::Broker;
use crate::support::lab::Lab;
use crate::support::ocsf;
use crate::support::rsyslog::Rsyslog;
use crate::support::service::poll;

const TENANTS: usize = 3;
const TOPIC: &str = "outage";

/// An alert may wait for its pass (1 s) and, on the first page that a sink does not take, for the patience of the pass (1 s); the
/// rest is for a slow machine. A dead sink that held the others up would cost them far more: a pass waits 30 s for a page.
const NOT_DELAYED: Duration = Duration::from_secs(15);

fn with(dead: &str, keys: &str, lab: &Lab) -> Setup {
    Setup::new(lab)
        .default("overlap", "\"10s\"")
        .default("sink_retry", "{ first = \"1s\", most = \"2s\" }")
        .file_sink("out")
        .sink(dead, keys)
}

fn kafka_keys(broker: &Broker) -> String {
    format!("kind = \"kafka\"\nbrokers = [\"{}\"]\ntopic = \"{TOPIC}\"", broker.address())
}

/// Lets alerts come in while `dead` is down, and sees them arrive in the file.
fn file_goes_on(daemon: &mut Daemon, lab: &Lab, dead: &str, rounds: usize) {
    let mut slow = Vec::new();
    for _ in 0..rounds {
        let fresh: Vec<String> = lab.tenants().iter().flat_map(|tenant| lab.generate(&tenant.name, 4)).collect();
        let start = Instant::now();
        daemon.wait_until("alerts in the file", |daemon| {
            let there = counts(&daemon.lines("out"));
            fresh.iter().all(|id| there.contains_key(id))
        });
        slow.push(start.elapsed());
        let up = daemon.metrics().sum("alertferry_sink_up", &[("sink", dead)]);
        assert_eq!(up, 0, "{dead} is down");
    }
    assert!(slow.iter().all(|time| *time < NOT_DELAYED), "the file waited for {dead}: {slow:?}");
    // All the others look at the feed again and again meanwhile.
    assert_eq!(daemon.metrics().sum("alertferry_sink_up", &[("sink", "out")]), 1);
}

fn down(daemon: &mut Daemon, sink: &str) {
    daemon.wait_for_metrics("the sink being told as down", |metrics| {
        metrics.all("alertferry_sink_up", &[("sink", sink)]).any(|series| series.count() == 0)
    });
}

fn everything(lab: &Lab) -> BTreeSet<String> {
    lab.tenants().iter().flat_map(|tenant| lab.readable(&tenant.name)).collect()
}

/// Waits until the dead one has everything that there is, then ends the daemon: each once, in both.
fn caught_up(mut daemon: Daemon, lab: &Lab, dead: &str, events: impl Fn() -> Vec<Value>) {
    let all = everything(lab);
    daemon.wait_for_metrics("the dead one taking alerts", |metrics| {
        metrics.sum("alertferry_alerts_total", &[("sink", dead), ("outcome", "forwarded")]) >= 1
    });
    let came = poll(GENEROUS, || counts(&events()).len() >= all.len());
    let there = counts(&events());
    // With the place in the file: it tells whether they came before the sink died, meanwhile or after.
    let file = daemon.lines("out");
    let missing: Vec<_> = file.iter().map(super::id).enumerate().filter(|(_, id)| !there.contains_key(*id)).collect();
    assert!(came, "{} of {} are missing: {missing:?}; log:\n{}", missing.len(), all.len(), daemon.log());
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
    assert_eq!(once(&events()), all);
    assert_eq!(once(&daemon.lines("out")), all);
}

fn topic(broker: &Broker) -> Vec<Value> {
    let records = broker.read(TOPIC);
    for record in &records {
        ocsf::assert_valid(&record.value);
    }
    parsed(records.iter().map(|record| record.value.as_slice()))
}

#[test]
fn kafka_dead_from_the_start_delays_nobody_and_gets_everything_once_when_it_comes() {
    let lab = Lab::quiet(TENANTS);
    let mut broker = Broker::start(&[]);
    broker.kill();
    let mut daemon = with("kafka", &kafka_keys(&broker), &lab).start();
    file_goes_on(&mut daemon, &lab, "kafka", 4);
    broker.restart();
    caught_up(daemon, &lab, "kafka", || topic(&broker));
}

#[test]
fn kafka_killed_in_the_middle_delays_nobody_and_gets_everything_once_when_it_comes_back() {
    let lab = Lab::quiet(TENANTS);
    let mut broker = Broker::start(&[]);
    let mut daemon = with("kafka", &kafka_keys(&broker), &lab).start();
    lab.tenants().iter().for_each(|tenant| drop(lab.generate(&tenant.name, 10)));
    // In both sinks, so that nothing is in flight when the broker dies: that could be repeated.
    daemon.wait_for_metrics("the first alerts", |metrics| {
        metrics.sum("alertferry_alerts_total", &[("outcome", "forwarded")]) >= 60
    });
    // A broker that is killed within milliseconds of a topic's first alerts has been seen to lose what it had acknowledged.
    let read = poll(GENEROUS, || topic(&broker).len() == 30);
    assert!(read, "an independent reader gets {} of the first 30 alerts: {}", topic(&broker).len(), daemon.log());
    broker.kill();
    let first: Vec<String> = lab.tenants().iter().flat_map(|tenant| lab.generate(&tenant.name, 4)).collect();
    let start = Instant::now();
    daemon.wait_until("alerts in the file", |daemon| {
        let there = counts(&daemon.lines("out"));
        first.iter().all(|id| there.contains_key(id))
    });
    assert!(start.elapsed() < NOT_DELAYED, "the file waited for the dying broker: {:?}", start.elapsed());
    down(&mut daemon, "kafka");
    file_goes_on(&mut daemon, &lab, "kafka", 4);
    broker.restart();
    caught_up(daemon, &lab, "kafka", || topic(&broker));
}

#[test]
fn rsyslog_is_caught_up_although_the_daemon_was_restarted_while_it_was_down() {
    let lab = Lab::quiet(TENANTS);
    let mut rsyslog = Rsyslog::start();
    let keys = format!("kind = \"syslog\"\naddress = \"{}\"\ntransport = \"tcp\"", rsyslog.address());
    let mut daemon = with("soc", &keys, &lab).start();
    lab.tenants().iter().for_each(|tenant| drop(lab.generate(&tenant.name, 10)));
    daemon.wait_for_metrics("the first alerts", |metrics| {
        metrics.sum("alertferry_alerts_total", &[("outcome", "forwarded")]) >= 60
    });
    rsyslog.stop();
    lab.tenants().iter().for_each(|tenant| drop(lab.generate(&tenant.name, 4)));
    down(&mut daemon, "soc");
    file_goes_on(&mut daemon, &lab, "soc", 2);
    assert_eq!(daemon.stop(), Some(0), "a dead sink is no unclean end: {}", daemon.log());
    daemon.restart();
    down(&mut daemon, "soc");
    file_goes_on(&mut daemon, &lab, "soc", 2);
    rsyslog.start_again();
    caught_up(daemon, &lab, "soc", || {
        let messages = rsyslog.messages();
        parsed(messages.iter().map(|message| {
            let payload = message.windows(3).position(|three| three == b"] {").expect("a payload behind the structured data");
            &message[payload + 2..]
        }))
    });
}
