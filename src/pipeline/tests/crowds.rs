//! However many tenants have pages for a sink, and however slowly it takes them: so many bytes are in hand, and no more.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::cloud::{Cloud, TENANT};
use super::desk::{Desk, Mood};
use super::rig::{Rig, SECOND};
use crate::pipeline::hold::Room;
use crate::pipeline::outlet::Outlet;

const KIB: usize = 1024;
/// Room for first pages, and as much for further ones.
const HALF: usize = 256 * KIB;

/// Tenants with so many alerts each, of so many bytes, one to a page.
fn tenants(rig: &mut Rig, count: usize, alerts: i64, bytes: usize, outlets: &[Arc<Outlet>]) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..count {
        let cloud = Cloud::new(&TENANT.replace("4111-8111", &format!("4111-8{number:03}")), &rig.tape);
        cloud.page_size(1);
        for alert in 0..alerts {
            let id = format!("t{number:02}a{alert}");
            cloud.show(&id, alert - 100, 0, "new", &cloud.tenant);
            let filler = "x".repeat(bytes);
            cloud.change(&id, |raw| raw.replacen('{', &format!(r#"{{"title":"{filler}","#), 1));
            ids.push(id);
        }
        rig.start_towards(&cloud, outlets);
    }
    ids
}

/// A desk with little room before it.
fn small(rig: &Rig, desk: &Arc<Desk>) -> Arc<Outlet> {
    let mut outlet = Arc::into_inner(rig.outlet(desk)).expect("nobody else has it");
    outlet.hold = Room::of(u32::try_from(HALF / KIB).unwrap());
    Arc::new(outlet)
}

fn sorted(desk: &Desk) -> Vec<String> {
    let mut ids = desk.ids();
    ids.sort();
    ids
}

#[tokio::test(start_paused = true)]
async fn of_many_tenants_behind_a_sink_that_hangs_few_pages_are_in_hand_and_the_other_sinks_do_not_notice() {
    let mut rig = Rig::new();
    let (well, ill) = (rig.desk("well"), rig.desk("ill"));
    let outlets = [&well, &ill].map(|desk| small(&rig, desk));
    let noon = Instant::now();
    rig.plan.overlap = SECOND;
    ill.lastingly(Mood::FailsAfter(600 * SECOND));
    let all = tenants(&mut rig, 10, 1, 64 * KIB - 512, &outlets);
    sleep(120 * SECOND).await;
    assert_eq!(sorted(&well), all);
    let latest = well.got().iter().map(|got| got.at - noon).max().unwrap();
    assert!(latest <= Duration::from_secs(65), "a sink that hangs holds up another's pages: {latest:?}");
    assert!((HALF / 2..=HALF).contains(&ill.most_in_hand()), "{} KiB are in hand", ill.most_in_hand() / KIB);
    ill.lastingly(Mood::Takes);
    sleep(1200 * SECOND).await;
    assert_eq!(sorted(&ill), all, "nothing is lost by waiting");
}

#[tokio::test(start_paused = true)]
async fn the_backlogs_of_many_tenants_get_through_a_slow_sink_with_few_pages_in_hand() {
    let mut rig = Rig::new();
    let slow = rig.desk("slow");
    let outlets = [small(&rig, &slow)];
    rig.plan.overlap = SECOND;
    slow.lastingly(Mood::TakesAfter(20 * SECOND));
    let all = tenants(&mut rig, 10, 3, 64 * KIB - 512, &outlets);
    sleep(900 * SECOND).await;
    assert_eq!(sorted(&slow), all, "each once");
    assert!((HALF / 2..=2 * HALF).contains(&slow.most_in_hand()), "{} KiB were in hand", slow.most_in_hand() / KIB);
}
