//! One tenant of fifty is told to wait: it waits, and nobody else does.

use std::time::Duration;

use super::scene::{asked, cloud, due, due_of, history, id_of, set, setup};
use super::score::Score;
use super::tail::{Tail, of_tenant};
use super::{size, told};
use crate::support::service::poll;

const LIMIT: Duration = Duration::from_mins(5);
const TENANTS: usize = 50;
const ONE: &str = "tenant-07";

#[test]
fn a_tenant_that_is_throttled_waits_as_told_and_the_other_49_do_not() {
    let (times, wait) = (size(2, 5), size(8, 30));
    let lab = cloud(history(TENANTS, 3), &[]);
    let daemon = setup(&lab).default("interval", "\"3s\"").start();
    let mut out = Tail::of(&daemon, "out");
    out.settle(&daemon, &due(&lab), LIMIT);

    set(&lab, &format!("status=429:{wait}*{times}@{ONE}"));
    for tenant in lab.tenants() {
        lab.generate(&tenant.name, 2);
    }
    let throttled = told::state(&daemon, ONE, "graph-alerts", "throttled");
    let refused = || asked(&lab, ONE).into_iter().filter(|request| request.status == 429).map(|request| request.at);
    assert!(poll(LIMIT, || refused().count() == times), "it is not asked again: {:?}", told::feed(&daemon, ONE, "graph-alerts"));
    let last = refused().next_back().expect("a refusal");
    let due = due(&lab);
    let one = id_of(&lab, ONE);
    let others: Vec<_> = due.iter().filter(|due| !due.key.starts_with(&one)).cloned().collect();
    out.wait_for(&others, LIMIT);
    let mended = last + Duration::from_secs(wait);
    assert!(alertferry::clock::now() < mended, "the others waited for the one that was throttled");

    let arrivals = out.settle(&daemon, &due, LIMIT).to_vec();
    let requests = asked(&lab, ONE);
    for pair in requests.windows(2).filter(|pair| pair[0].status == 429) {
        let apart = pair[1].at.duration_since(pair[0].at).as_secs_f64();
        assert!(apart >= f64::from(u32::try_from(wait).unwrap()), "asked again {apart} s after being told to wait {wait} s");
    }
    let (ours, theirs): (Vec<_>, Vec<_>) = arrivals.into_iter().partition(|arrival| arrival.key.starts_with(&one));
    Score::of("one-tenant-throttled")
        .pace(Duration::from_secs(3))
        .add(&others, &theirs)
        .mended(mended)
        .add(&due_of(&lab, ONE), &of_tenant(&ours, &one))
        .told(throttled)
        .told(told::metric(&daemon, "alertferry_requests_total", &[("tenant", ONE), ("status", "429")]))
        .keep();
}
