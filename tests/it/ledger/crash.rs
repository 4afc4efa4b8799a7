//! A process that records steps is killed again and again; what it said was recorded is wholly there, and nothing is half there.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use alertferry::ledger::sqlite::dead_letters::Shelf;
use alertferry::ledger::{DeadLetter, KeptFilter, Known, Ledger, RouteKey, Seen, SeenKey, Step};
use jiff::{SignedDuration, Timestamp};

use super::build::{FEED, at, embedded, letter, sink, tenant};

/// The folder in which a process started by this test writes until it is killed.
const FOLDER: &str = "ALERTFERRY_TEST_CRASH_FOLDER";
const TENANTS: u32 = 3;
const IDS: u32 = 40;

fn cursor(number: u32) -> Timestamp {
    at("2026-03-01T00:00:00Z") + SignedDuration::from_secs(i64::from(number))
}

fn route(tenant_number: u32) -> RouteKey {
    RouteKey { tenant: tenant(&format!("t{tenant_number}")), feed: FEED, sink: Some(sink("siem")) }
}

/// Step `number` of a tenant: its own IDs, one of them kept aside, and a cursor that tells the number.
fn step(tenant_number: u32, number: u32) -> Step {
    let seen = (0..IDS).map(|id| Seen {
        // Spread over days, so that a step touches many parts of the file.
        key: SeenKey { id: format!("{number}-{id}"), created: Some(cursor(number) - SignedDuration::from_hours(i64::from(id))) },
        known: Known { revision: Some(cursor(number)), resolved: false },
    });
    let dead: Vec<DeadLetter> = vec![letter(&format!("{number}-0"), "refused")];
    Step { seen: seen.collect(), dead, cursor: Some(cursor(number)), ..Step::of(route(tenant_number)) }
}

/// How many steps of a tenant are behind its cursor.
async fn recorded(ledger: &dyn Ledger, tenant_number: u32) -> u32 {
    let cursors = ledger.cursors(&route(tenant_number).tenant, FEED).await.unwrap();
    cursors.first().map_or(0, |(_, at)| u32::try_from(at.duration_since(cursor(0)).as_secs()).unwrap())
}

/// What the killed process does: each tenant's steps one after the other, the tenants at once, each told after its commit.
async fn write_until_killed(folder: &Path) {
    let ledger = embedded(folder);
    let tenants = (0..TENANTS).map(|tenant_number| {
        let ledger = &ledger;
        async move {
            for number in recorded(&**ledger, tenant_number).await + 1.. {
                ledger.record(step(tenant_number, number)).await.unwrap();
                println!("\nrecorded {tenant_number} {number}");
            }
        }
    });
    futures_util::future::join_all(tenants).await;
}

/// The last step that each tenant was told of.
fn kill_one(folder: &Path) -> [u32; TENANTS as usize] {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "ledger::crash::whatever_was_recorded_survives_a_kill_and_nothing_is_half_there", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut told = [0; TENANTS as usize];
    let mut wanted = fastrand::u32(1..40);
    for line in lines {
        let line = line.unwrap();
        let Some((tenant_number, number)) = line.strip_prefix("recorded ").and_then(|rest| rest.split_once(' ')) else {
            continue;
        };
        told[tenant_number.parse::<usize>().unwrap()] = number.parse().unwrap();
        wanted = wanted.saturating_sub(1);
        if wanted == 0 {
            // Anywhere in the work that follows, so that the kill also meets the middle of a commit.
            let moment = Instant::now() + Duration::from_micros(fastrand::u64(..3000));
            while Instant::now() < moment {
                std::hint::spin_loop();
            }
            child.kill().unwrap();
            // What it had told by then is still in the pipe: read on to the end.
            wanted = u32::MAX;
        }
    }
    let status = child.wait().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9), "it ended before it was killed: {status}");
    told
}

async fn check(folder: &Path, told: [u32; TENANTS as usize]) {
    let ledger = embedded(folder);
    let mut ids = 0;
    for (tenant_number, told) in (0..).zip(told) {
        let reached = recorded(&*ledger, tenant_number).await;
        assert!(reached >= told, "tenant {tenant_number}: step {told} was told, the cursor is at {reached}");
        let route = route(tenant_number);
        for number in 1..=reached + 1 {
            let step = step(tenant_number, number);
            let keys = step.seen.iter().map(|seen| seen.key.clone()).collect();
            let known = ledger.known(&route.tenant, route.sink.as_ref(), keys).await.unwrap();
            let expected = if number <= reached { Some(step.seen[0].known) } else { None };
            assert!(
                known.iter().all(|known| *known == expected),
                "tenant {tenant_number}, step {number} of {reached}: {known:?}"
            );
        }
        let filter = KeptFilter { tenant: Some(route.tenant), ..KeptFilter::default() };
        let dead: Vec<String> =
            Shelf::open(folder).unwrap().list(&filter).unwrap().into_iter().map(|entry| entry.alert_id).collect();
        let expected: Vec<String> = (1..=reached).rev().map(|number| format!("{number}-0")).collect();
        assert_eq!(dead, expected, "tenant {tenant_number}");
        ids += u64::from(reached * IDS);
    }
    let figures = ledger.figures().await.unwrap();
    assert_eq!(figures.ids, ids);
    assert_eq!(figures.dead_letters.iter().map(|aside| aside.letters).sum::<u64>() * u64::from(IDS), ids);
    ledger.close().await.unwrap();
}

#[tokio::test]
async fn whatever_was_recorded_survives_a_kill_and_nothing_is_half_there() {
    if let Some(folder) = env::var_os(FOLDER) {
        return write_until_killed(Path::new(&folder)).await;
    }
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..25 {
        let told = kill_one(folder.path());
        assert!(told.iter().any(|told| *told > 0));
        check(folder.path(), told).await;
    }
}
