//! Alerts whose status changes: once for a sink of new alerts, each revision once for a sink of changes, over a restart.

use std::collections::BTreeMap;
use std::time::Duration;

use super::scene::{TENANT, cloud, due, history, id_of, setup};
use super::score::{Arrival, Due, Score};
use super::size;
use super::tail::{Tail, key};
use crate::support::kafka;
use crate::support::service::poll;

const LIMIT: Duration = Duration::from_mins(2);
const TOPIC: &str = "faults-status-changes";

#[test]
fn status_changes_go_out_once_each_where_they_are_asked_for_and_nowhere_else() {
    let lab = cloud(history(1, size(12, 200)), &[]);
    let broker = kafka::shared();
    let kafka = format!("kind = \"kafka\"\nformat = \"raw\"\nbrokers = [\"{}\"]\ntopic = \"{TOPIC}\"", broker.address());
    let mut daemon = setup(&lab)
        .sink("changes", "kind = \"file\"\nformat = \"raw\"\nsend = \"changes\"\npath = \"{folder}/changes.jsonl\"")
        .sink("siem", &format!("{kafka}\nsend = \"changes\""))
        .start();
    let (mut new, mut changes) = (Tail::of(&daemon, "out"), Tail::of(&daemon, "changes").with_revisions());
    daemon.wait_for_metrics("a topic", |metrics| {
        metrics.sum("alertferry_alerts_total", &[("sink", "siem"), ("outcome", "forwarded")]) > 0
    });
    // A record's own time is that of its alert.
    let arrival = |record: kafka::Record| Arrival { key: key(&record.value, true), at: None };
    let in_topic = || -> Vec<Arrival> { broker.read(TOPIC).into_iter().map(arrival).collect() };
    let tenant = id_of(&lab, TENANT);
    let mut revisions = BTreeMap::new();
    for round in 0..size(4, 12) {
        for truth in lab.truth(TENANT) {
            revisions.insert(format!("{tenant}/{}@{}", truth.id, truth.updated), truth.readable_at.max(lab.started));
        }
        // Each of these was there for every route to see, and only those are promised.
        changes.wait_for(&as_due(&revisions), LIMIT);
        poll(LIMIT, || in_topic().len() >= revisions.len());
        if round % 3 == 1 {
            assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
        }
        for (number, truth) in lab.truth(TENANT).into_iter().enumerate() {
            assert!(number % 3 == round % 3 || lab.change(TENANT, &truth.id));
        }
        if round % 3 == 1 {
            daemon.restart();
        }
    }
    for truth in lab.truth(TENANT) {
        revisions.insert(format!("{tenant}/{}@{}", truth.id, truth.updated), truth.readable_at.max(lab.started));
    }
    let revisions = as_due(&revisions);
    changes.settle(&daemon, &revisions, LIMIT);
    poll(LIMIT, || in_topic().len() >= revisions.len());
    Score::of("status-changes")
        .add(&due(&lab), new.look())
        .add(&revisions, changes.look())
        .add(&revisions, &in_topic())
        .nothing_to_tell()
        .keep();
}

fn as_due(revisions: &BTreeMap<String, jiff::Timestamp>) -> Vec<Due> {
    revisions.iter().map(|(key, since)| Due { key: key.clone(), since: *since }).collect()
}
