//! The ledger dies at its points where no pass of a test reaches them in time: while it forgets, and carries its log over.

use std::env;
use std::path::Path;
use std::process::Command;

use alertferry::ledger::{Known, Ledger, RouteKey, Seen, SeenKey, Step};

use super::build::{self, FEED, at, embedded, letter, sink, tenant};
use crate::faults::died_at;

/// The folder of the ledger with which a process started by these tests works until it dies.
const FOLDER: &str = "ALERTFERRY_TEST_POINTS_FOLDER";
/// Where these tests have it die.
pub const POINTS: &[&str] = &[FORGETTING[0], FORGETTING[1], CHECKPOINTED];
const FORGETTING: [&str; 2] = ["ledger.forgetting", "ledger.forgotten"];
const CHECKPOINTED: &str = "ledger.checkpointed";

const OLD: usize = 4_500;
const YOUNG: usize = 300;

fn route() -> RouteKey {
    RouteKey { tenant: tenant("t"), feed: FEED, sink: Some(sink("siem")) }
}

fn step(ids: impl Iterator<Item = String>, revision: &str) -> Step {
    let known = Known { revision: Some(at(revision)), resolved: false };
    let seen = ids.map(|id| Seen { key: SeenKey { id, created: Some(at("2026-03-01T00:00:00Z")) }, known });
    Step { route: route(), seen: seen.collect(), ..build::step() }
}

async fn known(ledger: &dyn Ledger, ids: impl Iterator<Item = String>) -> usize {
    let keys = ids.map(|id| SeenKey { id, created: Some(at("2026-03-01T00:00:00Z")) }).collect();
    let route = route();
    let known = ledger.known(&route.tenant, route.sink.as_ref(), keys).await.unwrap();
    known.into_iter().flatten().count()
}

fn old() -> impl Iterator<Item = String> {
    (0..OLD).map(|number| format!("old-{number}"))
}

fn young() -> impl Iterator<Item = String> {
    (0..YOUNG).map(|number| format!("young-{number}"))
}

/// Runs a test of this file in a process of its own, to die at a point.
fn die(test: &str, folder: &Path, point: &str) {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", &format!("ledger::points::{test}"), "--nocapture"])
        .env(FOLDER, folder)
        .env("ALERTFERRY_CRASH_AT", point)
        .output()
        .unwrap();
    died_at(point, output.status, &String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn a_death_while_forgetting_keeps_what_is_young_and_every_count() {
    if let Some(folder) = env::var_os(FOLDER) {
        embedded(Path::new(&folder)).forget(at("2026-03-03T00:00:00Z")).await.unwrap();
        return;
    }
    for point in &FORGETTING {
        let folder = tempfile::tempdir().unwrap();
        let ledger = embedded(folder.path());
        ledger.record(step(old(), "2026-03-02T00:00:00Z")).await.unwrap();
        ledger.record(step(young(), "2026-03-04T00:00:00Z")).await.unwrap();
        ledger.close().await.unwrap();
        // Each start forgets the rest of what the one before left: at its second stride there is always something.
        let mut left = OLD;
        for arrival in [1, 2, 1] {
            die("a_death_while_forgetting_keeps_what_is_young_and_every_count", folder.path(), &format!("{point}:{arrival}"));
            let ledger = embedded(folder.path());
            assert_eq!(known(&*ledger, young()).await, YOUNG);
            let still = known(&*ledger, old()).await;
            let strides = if *point == FORGETTING[1] { arrival } else { arrival - 1 };
            assert_eq!(still < left, strides > 0 && left > 0, "{point}:{arrival}: {left} were left, {still} are");
            left = still;
            assert_eq!(ledger.figures().await.unwrap().ids, (YOUNG + left) as u64, "{point}:{arrival}");
            ledger.close().await.unwrap();
        }
        let ledger = embedded(folder.path());
        ledger.forget(at("2026-03-03T00:00:00Z")).await.unwrap();
        assert_eq!((known(&*ledger, old()).await, known(&*ledger, young()).await), (0, YOUNG));
        assert_eq!(ledger.figures().await.unwrap().ids, YOUNG as u64);
    }
}

#[tokio::test]
async fn a_death_after_the_log_was_carried_over_keeps_every_step() {
    if let Some(folder) = env::var_os(FOLDER) {
        let ledger = embedded(Path::new(&folder));
        for number in 0.. {
            let mut step = step(std::iter::once(format!("step-{number}")), "2026-03-04T00:00:00Z");
            let mut letter = letter(&format!("step-{number}"), "refused");
            letter.body = "x".repeat(3 << 20);
            step.dead.push(letter);
            ledger.record(step).await.unwrap();
        }
    }
    let folder = tempfile::tempdir().unwrap();
    // The log holds 8 MB and is carried over with the third step and about every third from then on.
    for arrival in [2, 3, 4, 7] {
        die("a_death_after_the_log_was_carried_over_keeps_every_step", folder.path(), &format!("{CHECKPOINTED}:{arrival}"));
        let ledger = embedded(folder.path());
        assert_eq!(known(&*ledger, (0..arrival).map(|number| format!("step-{number}"))).await, arrival);
        ledger.close().await.unwrap();
    }
}
