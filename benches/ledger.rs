//! What a commit and a lookup cost when nothing, one million or twenty million IDs are remembered.
//!
//! `cargo bench --bench ledger` fills three ledgers in a temporary folder (about 2 GB, deleted at the end; `TMPDIR` chooses where)
//! and then asks them in turn, so that whatever else the machine does meets all three alike. At the end a day is forgotten. Numbers after `--` replace the two
//! sizes, in IDs: `cargo bench --bench ledger -- 1000000`.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alertferry::clock;
use alertferry::ledger::settings::{Bounds, Kind, Settings};
use alertferry::ledger::{self, Known, Ledger, RouteKey, Seen, SeenKey, Step};
use alertferry::source::FeedKind;
use alertferry::tenant::{SinkName, TenantId};
use futures_util::future::{Either, select};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

const DAYS: i64 = 30;
const TENANTS: u32 = 5000;
const ROUNDS: usize = 300;
/// IDs that one tenant adds at a time while a ledger is filled: pages as they come, not one sorted run, so that the
/// file is as full and as scattered as a lived-in one.
const PAGE: u64 = 20;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// A ledger and some of the keys it remembers.
struct Subject {
    ledger: Arc<dyn Ledger>,
    ids: u64,
    known: Vec<(u32, Vec<SeenKey>)>,
    times: [Vec<Duration>; MEASURES.len()],
}

const MEASURES: [&str; 5] = ["commit 100 new", "commit 500 new", "look up 500 new", "look up 20 known", "look up 500, 20 known"];

fn main() -> Outcome<()> {
    let given: Vec<u64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let sizes = if given.is_empty() { vec![1_000_000, 20_000_000] } else { given };
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut subjects = Vec::new();
    for (place, ids) in [0].into_iter().chain(sizes).enumerate() {
        let folder = folder.path().join(place.to_string());
        subjects.push(runtime.block_on(prepare(&folder, ids))?);
    }
    for _ in 0..ROUNDS {
        for subject in &mut subjects {
            runtime.block_on(measure(subject))?;
        }
    }
    report(&mut subjects);
    for subject in subjects {
        runtime.block_on(forget_a_day(&subject))?;
        runtime.block_on(subject.ledger.close())?;
    }
    Ok(())
}

async fn prepare(folder: &Path, ids: u64) -> Outcome<Subject> {
    let open = || {
        ledger::open(&Settings {
            kind: Kind::Embedded(folder.to_owned()),
            retention: Duration::from_hours(24 * 30),
            bounds: Bounds::default(),
        })
    };
    open()?.close().await?; // lays out the file
    let file = folder.join("ledger.sqlite3");
    let start = Instant::now();
    let known = fill(&file, ids)?;
    fs::File::open(&file)?.sync_all()?; // or the commits below would compete with the system that still writes this
    if let Some(bytes) = fs::metadata(&file)?.len().checked_div(ids) {
        println!("{ids} IDs filled in {:.0?}, {bytes} bytes an ID on disk", start.elapsed());
    }
    Ok(Subject { ledger: open()?, ids, known, times: Default::default() })
}

/// Writes IDs straight into the file, day by day, each day in pages of one tenant after the other.
fn fill(file: &Path, ids: u64) -> Outcome<Vec<(u32, Vec<SeenKey>)>> {
    let mut known = Vec::new();
    let mut connection = Connection::open(file)?;
    connection.execute_batch("PRAGMA journal_mode = delete; PRAGMA synchronous = off; PRAGMA cache_size = -262144;")?;
    let transaction = connection.transaction()?;
    for tenant in 0..TENANTS {
        transaction.execute(
            "INSERT INTO scopes (scope, tenant, sink) VALUES (?1, ?2, 'siem')",
            params![tenant, tenant_id(tenant).as_str()],
        )?;
    }
    let today = clock::now().as_second().div_euclid(86_400);
    let mut insert = transaction
        .prepare("INSERT INTO seen (day, scope, id, revision, nanos, resolved, recorded) VALUES (?1, ?2, ?3, ?4, 0, 0, NULL)")?;
    let pages = ids / u64::try_from(DAYS)? / PAGE;
    for day in today - DAYS + 1..=today {
        let created = Timestamp::from_second(day * 86_400)?;
        for page in 0..pages {
            let tenant = fastrand::u32(..TENANTS);
            let keys: Vec<SeenKey> = (0..PAGE).map(|_| SeenKey { id: id(), created: Some(created) }).collect();
            for key in &keys {
                insert.execute(params![day, tenant, key.id, day * 864_000_000_000])?;
            }
            if page % (pages / 100).max(1) == 0 {
                known.push((tenant, keys));
            }
        }
        transaction.execute(
            "INSERT INTO days (day, ids, oldest) VALUES (?1, ?2, ?3)",
            params![day, i64::try_from(pages * PAGE)?, day * 864_000_000_000],
        )?;
    }
    drop(insert);
    transaction.commit()?;
    fastrand::shuffle(&mut known);
    Ok(known)
}

async fn measure(subject: &mut Subject) -> Outcome<()> {
    let sink = SinkName::from("siem");
    for (place, count) in [(0, 100), (1, 500)] {
        let tenant = fastrand::u32(..TENANTS);
        let step = page(tenant, count);
        let start = Instant::now();
        subject.ledger.record(step).await?;
        subject.times[place].push(start.elapsed());
    }
    let tenant = fastrand::u32(..TENANTS);
    let new: Vec<SeenKey> = page(tenant, 500).seen.into_iter().map(|seen| seen.key).collect();
    // The empty ledger is asked as the others are; it just knows none of them.
    let (owner, old) = subject.known.pop().unwrap_or_else(|| (tenant, new[..20].to_vec()));
    let mixed = new[20..].iter().chain(&old).cloned().collect();
    for (place, tenant, keys) in [(2, tenant, new), (3, owner, old), (4, owner, mixed)] {
        let start = Instant::now();
        let known = subject.ledger.known(&tenant_id(tenant), Some(&sink), keys).await?;
        subject.times[place].push(start.elapsed());
        let expected = if place == 2 || subject.ids == 0 { 0 } else { 20 };
        assert_eq!(known.iter().flatten().count(), expected, "{}", MEASURES[place]);
    }
    Ok(())
}

/// Forgets the oldest day while pages go on being recorded, one after the other.
async fn forget_a_day(subject: &Subject) -> Outcome<()> {
    let days = clock::now().as_second().div_euclid(86_400) - DAYS + 2;
    let before = subject.ledger.figures().await?.ids;
    let start = Instant::now();
    let mut forgetting = subject.ledger.forget(Timestamp::from_second(days * 86_400)?);
    let mut times = Vec::new();
    let took = loop {
        let commit = Instant::now();
        let recorded = subject.ledger.record(page(fastrand::u32(..TENANTS), 100));
        match select(recorded, forgetting).await {
            Either::Left((recorded, rest)) => {
                recorded?;
                times.push(commit.elapsed());
                forgetting = rest;
            }
            Either::Right((forgotten, recorded)) => {
                forgotten?;
                recorded.await?;
                break start.elapsed();
            }
        }
    };
    let Some(gone) = (before + 100 * (times.len() as u64 + 1)).checked_sub(subject.ledger.figures().await?.ids) else {
        return Err("it forgot less than nothing".into());
    };
    times.sort_unstable();
    let [median, most] = [times.get(times.len() / 2), times.last()].map(|time| time.copied().unwrap_or_default());
    println!("of {before} IDs {gone} forgotten in {took:.1?}; commits of 100 meanwhile: median {median:.1?}, longest {most:.1?}");
    Ok(())
}

/// A page of new alerts of one tenant, with its cursor.
fn page(tenant: u32, count: usize) -> Step {
    let now = clock::now();
    let seen = (0..count).map(|_| {
        let created = now - SignedDuration::from_secs(fastrand::i64(0..600));
        Seen { key: SeenKey { id: id(), created: Some(created) }, known: Known { revision: Some(now), resolved: false } }
    });
    let route = RouteKey { tenant: tenant_id(tenant), feed: FeedKind::GraphAlerts, sink: Some(SinkName::from("siem")) };
    Step { seen: seen.collect(), cursor: Some(now), ..Step::of(route) }
}

fn tenant_id(number: u32) -> TenantId {
    TenantId::from(format!("{number:08x}-0000-4000-8000-000000000000"))
}

fn id() -> String {
    std::iter::repeat_with(fastrand::alphanumeric).take(40).collect()
}

fn report(subjects: &mut [Subject]) {
    println!("median of {ROUNDS} (and 9 in 10 are faster than), ratio of the medians to the empty ledger's");
    let mut empty = [Duration::ZERO; MEASURES.len()];
    for subject in subjects {
        println!("{:>10} IDs remembered", subject.ids);
        for (place, name) in MEASURES.iter().enumerate() {
            let times = &mut subject.times[place];
            times.sort_unstable();
            let (median, ninth) = (times[times.len() / 2], times[times.len() * 9 / 10]);
            if subject.ids == 0 {
                empty[place] = median;
            }
            println!(
                "    {name:<24} {median:>10.1?} ({ninth:>10.1?}) {:>6.2}",
                median.as_secs_f64() / empty[place].as_secs_f64()
            );
        }
    }
}
