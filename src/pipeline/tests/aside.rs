//! Records that no route could ever take: kept aside once, before any route records their page, and never forwarded.

use tokio::time::sleep;

use super::desk::Mood;
use super::rig::{Rig, SECOND};
use super::tape::Note;
use crate::pipeline::outcome::Outcome;

#[tokio::test(start_paused = true)]
async fn unreadable_and_foreign_records_are_kept_aside_once_before_any_route_records_the_page() {
    let mut rig = Rig::new();
    let (cloud, one, two) = (rig.cloud(), rig.desk("one"), rig.desk("two"));
    cloud.push("no-id", -50, -50, r#"{"title":"has no id"}"#.to_owned());
    cloud.show("foreign", -45, -45, "new", "99999999-9999-4999-8999-999999999999");
    cloud.show("foreign", -44, -44, "resolved", "99999999-9999-4999-8999-999999999999");
    cloud.show("shouting", -40, -40, "new", &super::cloud::TENANT.to_uppercase());
    two.next_batches([Mood::Fails, Mood::Fails]);
    rig.start(&cloud, &[&one, &two]);
    sleep(400 * SECOND).await;

    assert_eq!(one.ids(), ["shouting"]);
    assert_eq!(two.ids(), ["shouting"]);
    let of_the_feed = rig.tape.steps(None);
    let [Note::Recorded { seen, dead, cursor: None, .. }] = of_the_feed.as_slice() else { panic!("{of_the_feed:?}") };
    assert_eq!(seen, dead);
    assert_eq!(dead.len(), 2, "{dead:?}");
    assert!(dead[0].starts_with("sha256:") && dead[1] == "foreign", "{dead:?}");
    let notes = rig.tape.notes();
    let first = |wanted: &dyn Fn(&Note) -> bool| notes.iter().position(wanted).unwrap();
    let aside = first(&|note| matches!(note, Note::Recorded { sink: None, .. }));
    let delivered = first(&|note| matches!(note, Note::Taken { .. }));
    assert!(aside < delivered, "{notes:?}");
    assert!(rig.total(Outcome::DeadLettered) >= 2);
}
