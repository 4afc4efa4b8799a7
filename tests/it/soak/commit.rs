//! What a commit costs in two ledgers, asked in turn, so that whatever else the machine does meets both alike.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use alertferry::clock;
use alertferry::ledger::settings::{Bounds, Kind, Settings};
use alertferry::ledger::{self, Known, RouteKey, Seen, SeenKey, Step};
use alertferry::source::FeedKind;
use alertferry::tenant::{SinkName, TenantId};

/// A disk of a busy machine does not answer more evenly than this.
pub const CHANCE: Duration = Duration::from_micros(300);

const ROUNDS: u32 = 15;
const COMMITS: usize = 20;
const IDS: u32 = 50;

/// The least of the rounds' medians, for each of two ledgers.
pub fn costs(folders: [PathBuf; 2]) -> [Duration; 2] {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let retention = Duration::from_hours(48);
    let settings = folders.map(|folder| Settings { kind: Kind::Embedded(folder), retention, bounds: Bounds::default() });
    let ledgers = settings.map(|settings| ledger::open(&settings).expect("a ledger that was in use is a ledger"));
    let mut least = [Duration::MAX; 2];
    for round in 0..ROUNDS {
        let mut times = [Vec::new(), Vec::new()];
        for commit in 0..COMMITS {
            for (ledger, times) in ledgers.iter().zip(&mut times) {
                let step = step(&format!("{round}-{commit}"));
                let began = Instant::now();
                runtime.block_on(ledger.record(step)).expect("room on the disk");
                times.push(began.elapsed());
            }
        }
        for (times, least) in times.iter_mut().zip(&mut least) {
            times.sort_unstable();
            *least = times[COMMITS / 2].min(*least);
        }
    }
    for ledger in &ledgers {
        runtime.block_on(ledger.close()).expect("it closes");
    }
    least
}

fn step(name: &str) -> Step {
    let now = clock::now();
    let known = Known { revision: Some(now), resolved: false };
    let seen = |number| Seen { key: SeenKey { id: format!("soak-{name}-{number}"), created: Some(now) }, known };
    let route = RouteKey { tenant: TenantId::from("soak"), feed: FeedKind::GraphAlerts, sink: Some(SinkName::from("siem")) };
    Step { seen: (0..IDS).map(seen).collect(), cursor: Some(now), ..Step::of(route) }
}
