//! Throttling of one tenant slows that tenant alone.

use std::sync::Arc;

use tokio::time::{Instant, sleep};

use super::cloud::{Cloud, Fault, TENANT};
use super::desk::Desk;
use super::rig::{Rig, SECOND};
use crate::pipeline::state::FeedState;
use crate::source::Trouble;

#[tokio::test(start_paused = true)]
async fn of_several_tenants_a_throttled_one_waits_alone_and_the_time_is_told() {
    let mut rig = Rig::new();
    let noon = Instant::now();
    let tenants: Vec<(Arc<Cloud>, Arc<Desk>)> = (1..=5)
        .map(|n| {
            let name = TENANT.replace("4111-8111", &format!("4111-811{n}"));
            (Cloud::new(&name, &rig.tape), rig.desk("siem"))
        })
        .collect();
    for (cloud, _) in &tenants {
        for n in 0..60 {
            cloud.show(&format!("s{n:02}"), n * 10, n * 10, "new", &cloud.tenant);
        }
    }
    let throttled = &tenants[0];
    throttled.0.lastingly(Some(Fault::Trouble(Trouble::Throttled(Some(120 * SECOND)))));
    let boards: Vec<_> = tenants.iter().map(|(cloud, desk)| rig.start(cloud, &[desk])).collect();
    sleep(700 * SECOND).await;

    for ((cloud, desk), board) in tenants.iter().zip(&boards).skip(1) {
        let late = desk.got().into_iter().map(|got| {
            let at: u32 = got.id.trim_start_matches('s').parse().unwrap();
            got.at.saturating_duration_since(noon + 10 * at * SECOND)
        });
        assert!(late.max().unwrap() <= 65 * SECOND, "{}", cloud.tenant);
        assert_eq!((desk.ids().len(), board.report().state), (60, FeedState::Ok), "{}", cloud.tenant);
    }
    assert_eq!((throttled.1.ids().len(), boards[0].report().state), (0, FeedState::Throttled));
    let metrics = rig.ports.metrics.render();
    let told: Vec<_> = metrics.lines().filter(|line| line.starts_with("alertferry_throttled_seconds_total{")).collect();
    let [line] = told.as_slice() else { panic!("one tenant was throttled, not {told:?}") };
    let seconds: f64 = line.rsplit(' ').next().unwrap().parse().unwrap();
    assert!(line.contains(&throttled.0.tenant) && seconds >= 600.0, "{line}");

    throttled.0.lastingly(None);
    sleep(200 * SECOND).await;
    assert_eq!(throttled.1.ids().len(), 60, "nothing is lost");
}
