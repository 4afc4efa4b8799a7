//! No sink and no tenant holds up another.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::cloud::{Cloud, Fault};
use super::desk::{Desk, Mood};
use super::rig::{Rig, SECOND, life};
use crate::pipeline::schedule::Sweep;

fn sorted(desk: &Desk) -> Vec<String> {
    let mut ids = desk.ids();
    ids.sort();
    ids
}

/// A new alert every ten seconds, `s000` and on, from noon on.
fn stream(cloud: &Cloud, count: i64) -> Vec<String> {
    let name = |n: i64| format!("s{n:03}");
    (0..count).for_each(|n| cloud.add(&name(n), n * 10));
    (0..count).map(name).collect()
}

/// How long after it appeared each alert of a stream arrived, at the most.
fn slowest(desk: &Desk, noon: Instant) -> Duration {
    let late = |got: &super::desk::Got| {
        let at: u32 = got.id.trim_start_matches('s').parse().unwrap();
        got.at.saturating_duration_since(noon + 10 * at * SECOND)
    };
    desk.got().iter().map(late).max().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_dead_sink_delays_the_healthy_one_by_no_more_than_a_moment_and_gets_everything_once_when_it_returns() {
    for mood in [Mood::Fails, Mood::Hangs, Mood::FailsAfter(20 * SECOND), Mood::Panics, Mood::TakesAfter(5 * SECOND)] {
        let mut rig = Rig::new();
        let (cloud, well, ill) = (rig.cloud(), rig.desk("well"), rig.desk("ill"));
        let noon = Instant::now();
        let all = stream(&cloud, 360);
        ill.lastingly(mood.clone());
        if matches!(mood, Mood::Hangs) {
            ill.next_batches([Mood::FailsAfter(2000 * SECOND)]);
        }
        rig.start(&cloud, &[&well, &ill]);
        sleep(3000 * SECOND).await;
        assert!(slowest(&well, noon) <= 65 * SECOND, "{mood:?}: {:?}", slowest(&well, noon));
        ill.lastingly(Mood::Takes);
        if matches!(mood, Mood::Hangs) {
            continue; // its page is under way for ever
        }
        sleep(900 * SECOND).await;
        assert_eq!(sorted(&well), all, "{mood:?}");
        assert_eq!(sorted(&ill), all, "{mood:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_sink_is_not_put_off_once_it_has_finished_its_page() {
    let mut rig = Rig::new();
    let (cloud, well, slow) = (rig.cloud(), rig.desk("well"), rig.desk("slow"));
    cloud.page_size(1);
    cloud.latency(SECOND);
    (0..20).for_each(|n| cloud.add(&format!("s{n:03}"), n - 100));
    slow.lastingly(Mood::TakesAfter(3 * SECOND));
    rig.start(&cloud, &[&well, &slow]);
    // The healthy one needs 20 requests, the slow one 3 s a page; a minute of waiting for each page would be 20 minutes.
    sleep(400 * SECOND).await;
    assert_eq!(sorted(&well).len(), 20);
    assert_eq!(sorted(&slow).len(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_route_far_behind_catches_up_while_the_other_is_always_due() {
    let mut rig = Rig::new();
    let (cloud, well, ill) = (rig.cloud(), rig.desk("well"), rig.desk("ill"));
    let noon = Instant::now();
    cloud.page_size(5);
    let all = stream(&cloud, 400);
    ill.lastingly(Mood::Fails);
    // A pass takes longer than the interval: the overlap alone fills a dozen pages.
    rig.plan.interval = SECOND;
    cloud.latency(SECOND / 5);
    rig.start(&cloud, &[&well, &ill]);
    sleep(3000 * SECOND).await;
    ill.lastingly(Mood::Takes);
    sleep(1100 * SECOND).await;
    assert_eq!(sorted(&well), all);
    assert_eq!(sorted(&ill), all);
    assert!(slowest(&well, noon) <= 15 * SECOND, "{:?}", slowest(&well, noon));
}

#[test]
fn a_sweep_with_nobody_to_serve_waits_instead_of_spinning() {
    let (done, ended) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        life(async {
            let mut rig = Rig::new();
            let (cloud, ill) = (rig.cloud(), rig.desk("ill"));
            cloud.add("a", -50);
            ill.lastingly(Mood::Hangs);
            rig.plan.sweep = Sweep { every: 600 * SECOND, reach: 1800 * SECOND };
            rig.start(&cloud, &[&ill]);
            sleep(3000 * SECOND).await;
        });
        done.send(())
    });
    // A feed that spins never lets paused time go on.
    ended.recv_timeout(30 * SECOND).expect("fifty minutes of paused time pass at once");
}

#[tokio::test(start_paused = true)]
async fn a_tenant_whose_reader_or_sink_panics_starts_over_alone() {
    let mut rig = Rig::new();
    let calm = Cloud::new("22222222-2222-4222-8222-222222222222", &rig.tape);
    let (cloud, one, other) = (rig.cloud(), rig.desk("one"), rig.desk("other"));
    let noon = Instant::now();
    let all = stream(&cloud, 60);
    for n in 0..60 {
        calm.show(&format!("s{n:03}"), n * 10, n * 10, "new", &calm.tenant);
    }
    cloud.page_size(2);
    cloud.next_requests((0..40).map(|n| (n % 3 == 2).then_some(Fault::Panic)));
    one.next_batches([Mood::Takes, Mood::Panics, Mood::Takes, Mood::TakesAfter(40 * SECOND), Mood::Panics]);
    rig.start(&cloud, &[&one]);
    rig.start(&calm, &[&other]);
    sleep(3600 * SECOND).await;
    assert_eq!(sorted(&one), all);
    assert_eq!(sorted(&other), all);
    assert!(slowest(&other, noon) <= 65 * SECOND);
}
