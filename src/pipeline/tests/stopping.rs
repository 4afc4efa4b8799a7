//! Being asked to stop: what is in flight is finished and recorded, and nothing new begins.

use tokio::time::{Instant, sleep, timeout};

use super::desk::Mood;
use super::rig::{Rig, SECOND};
use super::tape::Note;

#[tokio::test(start_paused = true)]
async fn the_page_in_flight_is_delivered_and_recorded_and_no_further_one_is_asked_for() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.page_size(1);
    cloud.add("a", -50);
    cloud.add("b", -40);
    desk.lastingly(Mood::TakesAfter(8 * SECOND));
    rig.start(&cloud, &[&desk]);
    while rig.tape.asked().is_empty() {
        sleep(SECOND / 10).await;
    }
    sleep(SECOND).await;
    rig.ports.stopping.cancel();
    timeout(SECOND, async { while rig.running.join_next().await.is_some() {} }).await.expect("the feed ends at once");
    rig.ports.tasks.close();
    rig.ports.tasks.wait().await;
    assert_eq!(desk.ids(), ["a"]);
    assert_eq!(rig.tape.asked().len(), 1);
    let last = rig.tape.notes().pop();
    assert!(matches!(&last, Some(Note::Recorded { seen, cursor: Some(_), .. }) if seen == &["a"]), "{last:?}");
}

#[tokio::test(start_paused = true)]
async fn a_request_under_way_is_dropped_at_once() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.latency(500 * SECOND);
    rig.start(&cloud, &[&desk]);
    sleep(100 * SECOND).await;
    assert_eq!(rig.tape.asked().len(), 1);
    let asked_to_stop = Instant::now();
    rig.ports.stopping.cancel();
    while rig.running.join_next().await.is_some() {}
    assert!(asked_to_stop.elapsed() < SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_was_given_up_is_sent_nothing_more() {
    let mut rig = Rig::new();
    let (cloud, desk) = (rig.cloud(), rig.desk("siem"));
    cloud.add("a", -50);
    desk.next_batches([Mood::Hangs]);
    let outlet = rig.outlet(&desk);
    rig.start_towards(&cloud, std::slice::from_ref(&outlet));
    sleep(100 * SECOND).await;
    outlet.give_up();
    sleep(300 * SECOND).await;
    assert!(desk.ids().is_empty());
    assert!(rig.ports.tasks.is_empty(), "nobody waits for it");
}
