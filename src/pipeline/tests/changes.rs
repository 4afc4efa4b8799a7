//! `send = "changes"`: each revision that a poll saw, once, in order, with what it says about the alert.

use tokio::time::sleep;

use super::cloud::TENANT;
use super::desk::{Desk, Mood};
use super::rig::{Rig, SECOND};
use crate::format::{Encoder, Format};
use crate::sink::Revisions;
use crate::sink::Verdict;

/// The OCSF activities that arrived for an alert: 1 create, 2 update, 3 close.
fn activities(desk: &Desk, id: &str) -> Vec<u64> {
    let of_alert = desk.got().into_iter().filter(|got| got.id == id);
    of_alert
        .map(|got| serde_json::from_str::<serde_json::Value>(&got.payload).unwrap()["activity_id"].as_u64().unwrap())
        .collect()
}

fn rig() -> Rig {
    Rig { revisions: Revisions::Changes, encoder: Encoder::of(Format::Ocsf), ..Rig::new() }
}

#[tokio::test(start_paused = true)]
async fn each_revision_is_sent_once_as_create_update_and_close() {
    let mut rig = rig();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.show("a", -50, -50, "new", TENANT);
    rig.start(&cloud, &[&desk]);
    sleep(100 * SECOND).await;
    cloud.show("a", 90, 90, "inProgress", TENANT);
    sleep(100 * SECOND).await;
    cloud.show("a", 190, 190, "resolved", TENANT);
    sleep(400 * SECOND).await;
    cloud.show("a", 590, 590, "resolved", TENANT);
    sleep(200 * SECOND).await;
    assert_eq!(activities(&desk, "a"), [1, 2, 3, 2]);
}

#[tokio::test(start_paused = true)]
async fn two_revisions_in_one_page_go_out_in_their_order() {
    let mut rig = rig();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.newest_first();
    cloud.show("a", -50, -50, "new", TENANT);
    cloud.show("b", -45, -45, "new", TENANT);
    cloud.show("a", -40, -40, "resolved", TENANT);
    rig.start(&cloud, &[&desk]);
    sleep(400 * SECOND).await;
    assert_eq!(desk.ids(), ["a", "b", "a"]);
    assert_eq!(activities(&desk, "a"), [1, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_revision_that_did_not_arrive_is_not_hidden_by_a_later_one_that_did() {
    let mut rig = rig();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.show("a", -50, -50, "new", TENANT);
    cloud.show("a", -40, -40, "resolved", TENANT);
    // Judges the first message of `a` only.
    desk.next_batches([Mood::Judges(vec![("a", Verdict::Unknown)])]);
    rig.start(&cloud, &[&desk]);
    sleep(400 * SECOND).await;
    assert_eq!(activities(&desk, "a"), [3, 1, 3], "the later one is repeated, the earlier one not lost");
}

#[tokio::test(start_paused = true)]
async fn a_refused_revision_is_a_dead_letter_once_and_the_next_one_goes_out() {
    let mut rig = rig();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.show("a", -50, -50, "new", TENANT);
    cloud.show("a", -40, -40, "resolved", TENANT);
    desk.next_batches([Mood::Judges(vec![("a", Verdict::Refused("too large".to_owned()))])]);
    rig.start(&cloud, &[&desk]);
    sleep(400 * SECOND).await;
    assert_eq!(activities(&desk, "a"), [3]);
    let steps = rig.tape.steps(Some("siem"));
    let dead = steps.iter().filter(|step| matches!(step, super::tape::Note::Recorded { dead, .. } if !dead.is_empty()));
    assert_eq!(dead.count(), 1, "{steps:?}");
}
