//! Several feeds of one tenant, and what they bring: the same alerts, and incidents.

use std::sync::Arc;

use jiff::SignedDuration;
use tokio::time::sleep;

use super::cloud::{Cloud, TENANT};
use super::desk::{Desk, Mood};
use super::rig::{Rig, SECOND};
use super::tape::Note;
use crate::alert::Kind;
use crate::pipeline::filter::Filter;
use crate::pipeline::outcome::Outcome;
use crate::sink::{Revisions, Verdict};
use crate::source::FeedKind::{MdeAlerts, XdrIncidents};

/// Two feeds of one tenant towards one sink.
fn start(rig: &mut Rig, desk: &Arc<Desk>) -> (Arc<Cloud>, Arc<Cloud>) {
    let (one, other, outlet) = (rig.cloud(), rig.cloud(), [rig.outlet(desk)]);
    rig.start_feed(MdeAlerts, &one, &outlet);
    rig.start_feed(XdrIncidents, &other, &outlet);
    (one, other)
}

#[tokio::test(start_paused = true)]
async fn the_same_alert_through_two_feeds_at_the_same_time_reaches_a_sink_once() {
    let mut rig = Rig::new();
    let desk = rig.desk("siem");
    // Each page is under way for longer than the other feed needs to come with the same alerts.
    desk.lastingly(Mood::TakesAfter(3 * SECOND));
    rig.plan.interval = SECOND;
    let (one, other) = start(&mut rig, &desk);
    let names: Vec<String> = (0..30).map(|n| format!("a{n:02}")).collect();
    for (name, at) in names.iter().zip((0..).step_by(5)) {
        one.add(name, at);
        other.add(name, at);
    }
    sleep(600 * SECOND).await;
    let mut ids = desk.ids();
    ids.sort();
    assert_eq!(ids, names);
    assert_eq!(rig.total(Outcome::Forwarded), 30);
    assert!(rig.total(Outcome::Duplicate) >= 30, "what the second feed brought was looked up");
}

/// Shows an alert whose last update has milliseconds.
fn show(cloud: &Cloud, at: i64, millis: &str) {
    cloud.show("a", at, at, "new", TENANT);
    cloud.change("a", |raw| raw.replace("Z\",\"severity\"", &format!("{millis}Z\",\"severity\"")));
}

#[tokio::test(start_paused = true)]
async fn a_revision_that_two_feeds_write_differently_is_sent_once_whichever_comes_first() {
    for (earlier, later) in [(".126", ".13"), (".13", ".126"), (".134", ".13"), (".13", ".134")] {
        let mut rig = Rig { revisions: Revisions::Changes, grain: SignedDuration::from_millis(10), ..Rig::new() };
        let desk = rig.desk("siem");
        let (one, other) = start(&mut rig, &desk);
        show(&one, 5, earlier);
        sleep(120 * SECOND).await;
        show(&other, 5, later);
        sleep(120 * SECOND).await;
        assert_eq!(desk.ids(), ["a"], "{earlier} then {later}");
        show(&other, 200, ".15");
        sleep(200 * SECOND).await;
        assert_eq!(desk.ids(), ["a", "a"], "a true revision is sent");
    }
}

#[tokio::test(start_paused = true)]
async fn an_incident_goes_out_with_each_revision_where_alerts_go_out_once_and_after_its_alerts() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.show("incident:412", -60, -60, "active", TENANT);
    cloud.show("a", -50, -50, "new", TENANT);
    rig.start(&cloud, &[&desk]);
    sleep(100 * SECOND).await;
    assert_eq!(desk.ids(), ["a", "incident:412"]);
    cloud.show("incident:412", 100, 100, "active", TENANT);
    cloud.show("a", 101, 101, "inProgress", TENANT);
    sleep(100 * SECOND).await;
    cloud.show("incident:412", 200, 200, "resolved", TENANT);
    sleep(100 * SECOND).await;
    assert_eq!(desk.ids(), ["a", "incident:412", "incident:412", "incident:412"]);
}

#[tokio::test(start_paused = true)]
async fn a_filter_picks_alerts_or_incidents_and_the_rest_is_counted() {
    for (kinds, expected) in [(vec![Kind::Alert], "a"), (vec![Kind::Incident], "incident:412")] {
        let mut rig = Rig { filter: Filter { kinds, ..Filter::default() }, ..Rig::new() };
        let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
        cloud.add("a", -50);
        cloud.add("incident:412", -40);
        rig.start(&cloud, &[&desk]);
        sleep(70 * SECOND).await;
        assert_eq!(desk.ids(), [expected]);
        assert!(rig.total(Outcome::Filtered) >= 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_incident_is_a_dead_letter_under_its_own_id_and_its_next_revision_goes_out() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.add("incident:412", -50);
    desk.next_batches([Mood::Judges(vec![("incident:412", Verdict::Refused("too large".to_owned()))])]);
    rig.start(&cloud, &[&desk]);
    sleep(100 * SECOND).await;
    cloud.add("incident:412", 100);
    sleep(100 * SECOND).await;
    assert_eq!(desk.ids(), ["incident:412"]);
    assert_eq!((rig.total(Outcome::DeadLettered), rig.total(Outcome::Forwarded)), (1, 1));
    let steps = rig.tape.steps(Some("siem"));
    let dead = |step: &Note| matches!(step, Note::Recorded { dead, .. } if dead == &["incident:412"]);
    assert!(steps.iter().any(dead), "{steps:?}");
}
