//! What the demo says at its start and at its end.

use std::net::SocketAddr;

use crate::pipeline::outcome::Outcome;
use crate::simulator::Simulator;
use crate::telemetry::Metrics;

pub(super) fn opening(tenants: u16, cloud: &Simulator, admin: SocketAddr) -> String {
    format!(
        "alertferry demo: {tenants} tenants of a simulated cloud at {}; the status page is at http://{admin}/. Ctrl-C ends it.",
        cloud.base_url()
    )
}

/// What the simulated cloud really holds.
pub(super) struct Made {
    readable: u64,
    not_yet: u64,
}

impl Made {
    pub(super) fn of(cloud: &Simulator) -> Self {
        let mut made = Self { readable: 0, not_yet: 0 };
        for tenant in cloud.tenants() {
            let now = cloud.now(&tenant.tenant_id);
            for truth in cloud.truth(&tenant.tenant_id) {
                *(if truth.readable_at <= now { &mut made.readable } else { &mut made.not_yet }) += 1;
            }
        }
        made
    }
}

/// The outcomes of all alerts, which add up to what was read.
pub(super) fn closing(made: &Made, metrics: &Metrics, repeated: Option<u64>) -> String {
    let [forwarded, duplicate, filtered, dead] = Outcome::ALL.map(|outcome| metrics.total(outcome));
    let repeated = repeated.map(|repeated| format!(", {repeated} of them twice")).unwrap_or_default();
    format!(
        "
The cloud held {} alerts that could be read; {} of them came too late for a last look, {} more were still hidden.
Read      {:>8}   each look at an alert counts, overlaps and status changes included
= forwarded   {forwarded:>8}{repeated}
+ duplicate   {duplicate:>8}   known already
+ filtered    {filtered:>8}
+ dead letter {dead:>8}",
        made.readable,
        made.readable.saturating_sub(forwarded + filtered + dead),
        made.not_yet,
        metrics.total_read(),
    )
}
