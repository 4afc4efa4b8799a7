//! Many tenants whose API answers with bodies without end, bombs and nonsense, all at once, beside one that is well.

use alertferry::simulator::{Fault, Scope, Settings};

use super::{MIB, assert_at_most, peak};
use crate::faults::size;
use crate::support::daemon::Setup;
use crate::support::lab::Lab;

/// However many answers are hostile: 128 MiB of large bodies on their way, each in a buffer that may be twice as large; two that are
/// inflated, 64 MiB each; and the program.
const MOST: u64 = 576 * MIB;

#[test]
fn hostile_answers_take_a_bounded_share_and_leave_the_others_alone() {
    let endless: usize = size(24, 100);
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
        .default("budget", "{ graph-alerts = \"10000/s\" }")
        .default("feed_retry", "{ first = \"200ms\", most = \"500ms\" }")
        .default("sweep", "{ every = \"0s\" }")
        .file_sink("out")
        .start();
    let times: u64 = size(2, 10);
    for round in 1..=times {
        lab.generate(&well, 5);
        daemon.wait_for_metrics("the alerts of the tenant that is well", |metrics| {
            metrics.outcome(&well, "forwarded") == 5 * round
        });
        daemon.wait_for_metrics("another hostile answer for each", |metrics| {
            let asked = |tenant| metrics.sum("alertferry_requests_total", &[("tenant", tenant)]);
            tenants[..hostile].iter().all(|tenant| asked(tenant.name.as_str()) >= 2 * round)
        });
    }
    let states = daemon.json("/api/v1/tenants");
    let well_off = states.as_array().unwrap().iter().filter(|tenant| tenant["feeds"][0]["state"] == "ok").count();
    assert!(well_off <= 2, "hostile answers are told of, all but nesting that an alert may have: {states}");
    assert_at_most(&format!("memory with {hostile} hostile tenants"), peak(&daemon), MOST);
}
