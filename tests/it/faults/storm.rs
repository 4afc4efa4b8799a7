//! A bad day: all feeds, each of a tenant of its own, with one fault after the other at random, and restarts in between.

use std::time::Duration;

use alertferry::simulator::Settings;
use jiff::SignedDuration;

use super::scene::{cloud, history, id_of, set};
use super::score::{Due, Score};
use super::tail::Tail;
use super::{size, told};
use crate::feeds::{ALL, reading, shown};
use crate::support::lab::Lab;
use crate::support::service::poll;

const LIMIT: Duration = Duration::from_mins(3);

/// What any API does now and then.
const ANYWHERE: [&str; 16] = [
    "status=503*3",
    "status=500*2",
    "status=429:1*2",
    "hang-up*3",
    "cut*3",
    "html=403*2",
    "html=200*2",
    "broken-json*3",
    "slow=200ms",
    "duplicates",
    "no-date",
    "rows-move*5",
    "revoke-tokens",
    "token-status=503*2",
    "token-html*2",
    "expand-fails*4",
];

/// Habits of paging, where the walk by time has to do without what the API should do.
/// An order that changes from request to request is not among them: after trouble pages are small, and two or three rows
/// look sorted by chance, see docs/guarantees.md.
const PAGING: [&str; 9] = [
    "links=never",
    "links=always",
    "links=loop",
    "links=503",
    "links=offset",
    "order=newest",
    "skip=ignored",
    "filter=outside",
    "empty-page",
];

/// The feeds that are read by that walk alone.
const WALKED: [&str; 2] = ["graph-alerts", "mde-alerts"];

/// What each tenant's only feed shows by now.
fn due(lab: &Lab) -> Vec<Due> {
    let of = |(number, feed): (usize, &&str)| {
        let tenant = format!("tenant-{:02}", number + 1);
        let (id, ids) = (id_of(lab, &tenant), shown(lab, &tenant, feed));
        let truths = lab.truth(&tenant).into_iter().filter(move |truth| ids.contains(&truth.id));
        let due: Vec<_> =
            truths.map(|truth| Due { key: format!("{id}/{}", truth.id), since: truth.readable_at.max(lab.started) }).collect();
        due
    };
    ALL.iter().enumerate().flat_map(of).collect()
}

/// What the cloud knows of these, to search the log for.
fn truths(lab: &Lab, of: &[&Due]) -> Vec<String> {
    let known = lab
        .tenants()
        .into_iter()
        .flat_map(|tenant| lab.truth(&tenant.name).into_iter().map(move |truth| (tenant.name.clone(), truth)));
    let wanted = known.filter(|(_, truth)| of.iter().any(|one| one.key.ends_with(&truth.id)));
    wanted.map(|(tenant, truth)| format!("{tenant}: {truth:?}")).collect()
}

/// Where the dice start: at the same place each time, or where `ALERTFERRY_FAULTS_SEED` says.
fn seed() -> u64 {
    let told = std::env::var("ALERTFERRY_FAULTS_SEED").ok();
    told.map_or(20, |seed| seed.parse().expect("ALERTFERRY_FAULTS_SEED is a whole number"))
}

#[test]
fn a_day_of_random_faults_on_every_feed_loses_and_repeats_nothing() {
    let seed = seed();
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let lab = cloud(Settings { seed, ..history(ALL.len(), 30) }, &[]);
    let budget: Vec<String> = ALL.iter().map(|feed| format!("{feed} = \"10000/s\"")).collect();
    let mut setup = reading(&lab, &ALL)
        .default("budget", &format!("{{ {} }}", budget.join(", ")))
        .default("page_size", "{ graph-alerts = 7, mde-alerts = 7, graph-incidents = 5, xdr-incidents = 5, risk-detections = 5 }")
        .default("feed_retry", "{ first = \"100ms\", most = \"500ms\" }")
        .default("recheck", "\"1s\"")
        .default("sweep", "{ every = \"0s\" }")
        .default("filter", "{ kinds = [\"alert\"] }");
    for (tenant, feed) in lab.tenants().iter().zip(ALL) {
        setup = setup.tenant(&tenant.name, &format!("feeds = [{feed:?}]"));
    }
    let mut daemon = setup.start();
    let mut out = Tail::of(&daemon, "out");
    let mut played = Vec::new();
    for round in 1..=size(4, 60) {
        for (tenant, feed) in lab.tenants().iter().zip(ALL) {
            let paging = WALKED.contains(&feed) && random.bool();
            let fault = if paging { PAGING[random.usize(..PAGING.len())] } else { ANYWHERE[random.usize(..ANYWHERE.len())] };
            let fault = fault
                .split_once('*')
                .map_or(format!("{fault}@{}", tenant.name), |(kind, times)| format!("{kind}*{times}@{}", tenant.name));
            set(&lab, &fault);
            played.push(format!("{} {round}: {fault}", alertferry::clock::now()));
            for _ in 0..random.usize(..8) {
                // Late, within the overlap.
                let at = lab.now(&tenant.name) - SignedDuration::from_millis(random.i64(0..40_000));
                lab.generate_at(&tenant.name, random.usize(1..4), at);
            }
        }
        let asked = |tenant: &str| -> u64 {
            lab.requests().counts.iter().filter(|count| count.tenant.as_deref() == Some(tenant)).map(|count| count.count).sum()
        };
        let enough: Vec<_> = lab.tenants().into_iter().map(|one| (asked(&one.tenant_id) + 3, one.tenant_id)).collect();
        let went_on = poll(LIMIT, || enough.iter().all(|(enough, tenant)| asked(tenant) >= *enough));
        assert!(went_on, "seed {seed}: a feed stands still: {}\n{played:?}", daemon.json("/api/v1/tenants"));
        match round % 4 {
            0 => {
                assert_eq!(daemon.stop(), Some(0), "seed {seed}: {}", daemon.log());
                daemon.restart();
            }
            2 => lab.clear_faults(),
            _ => {}
        }
    }
    lab.clear_faults();
    let mended = alertferry::clock::now();
    let due = due(&lab);
    let arrivals = out.settle(&daemon, &due, LIMIT);
    println!("seed {seed}: {played:#?}");
    let missing = |one: &&Due| !arrivals.iter().any(|arrival| arrival.key == one.key);
    let lost: Vec<&Due> = due.iter().filter(missing).collect();
    if !lost.is_empty() {
        println!("not arrived: {:#?}\n{}", truths(&lab, &lost), daemon.log());
    }
    Score::of("bad-day")
        .mended(mended)
        .add(&due, arrivals)
        .told(told::log(&daemon, "WARN", "The feed could not be read; it is tried again"))
        .keep();
}
