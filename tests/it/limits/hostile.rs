//! Many tenants whose API answers with bodies without end, bombs and nonsense, all at once, beside one that is well.

use alertferry::simulator::{Fault, Scope, Settings};

use super::{AS_DEPLOYED, MIB, assert_at_most};
use crate::faults::size;
use crate::support::daemon::Setup;
use crate::support::lab::Lab;
use crate::support::scrape::Metrics;

/// 256 MiB of large bodies are alive at most, however many answers are hostile: four of 32 MiB on their way, and two of 64 MiB that are
/// inflated. The rest is the program. That the allocator gives memory back at once is part of how the program is deployed: without
/// `MIMALLOC_PURGE_DELAY=0` there is up to about as much again that was just freed.
const LARGE: u64 = (256 + 128) * MIB;
/// The first MiB of each body needs no place.
const EACH: u64 = 2 * MIB;

#[test]
fn hostile_answers_take_a_bounded_share_and_leave_the_others_alone() {
    let endless: usize = size(16, 100);
    let others = [
        Fault::GzipBomb(512),
        Fault::GzipBomb(512),
        Fault::GzipBomb(512),
        Fault::Deep(100_000),
        Fault::Html(200),
        Fault::BrokenJson,
    ];
    let hostile = endless + others.len();
    let lab = Lab::start(Settings { tenants: hostile + 1, ..Settings::default() });
    let tenants = lab.tenants();
    for (index, tenant) in tenants[..hostile].iter().enumerate() {
        let fault = index.checked_sub(endless).map_or(Fault::Endless, |index| others[index].clone());
        lab.generate(&tenant.name, 1);
        lab.set_fault(&Scope::Tenant(tenant.name.clone()), fault);
    }
    let well = tenants[hostile].name.clone();
    let mut daemon = Setup::new(&lab)
        .env(AS_DEPLOYED.0, AS_DEPLOYED.1)
        .default("budget", "{ graph-alerts = \"10000/s\" }")
        .default("feed_retry", "{ first = \"200ms\", most = \"500ms\" }")
        .default("sweep", "{ every = \"0s\" }")
        .file_sink("out")
        .start();
    // The well one's alerts arrive while the others are at it, round after round.
    for round in 1..=size(1, 10) {
        lab.generate(&well, 5);
        daemon.wait_for_metrics("the alerts of the tenant that is well", |metrics| {
            metrics.outcome(&well, "forwarded") == 5 * round
        });
        let asked = |metrics: &Metrics, tenant: &str| metrics.sum("alertferry_requests_total", &[("tenant", tenant)]);
        daemon.wait_for_metrics("an answer of each hostile one", |metrics| {
            // The second request of those without end says that the first was cut off, or gave up waiting for room.
            tenants[..hostile].iter().all(|tenant| asked(metrics, &tenant.name) >= 2 * round)
        });
        // Large bodies take turns, so not all of them are known to have no end yet; and deep nesting is no trouble.
        daemon.wait_until("trouble with hostile ones", |daemon| {
            let states = daemon.json("/api/v1/tenants");
            let trouble = |tenant: &&serde_json::Value| tenant["feeds"][0]["last_error"].is_string();
            states.as_array().is_some_and(|tenants| tenants.iter().filter(trouble).count() >= others.len() - 1)
        });
    }
    let most = LARGE + u64::try_from(hostile).unwrap() * EACH;
    assert_at_most(&format!("memory with {hostile} hostile tenants"), daemon.peak(), most);
}
