//! How often the API is asked: within its budget, one look at a time, and not by all tenants at once.

use std::time::Duration;

use alertferry::simulator::Settings;

use super::bench::{TENANT, Watch as _, asked, cloud, history, seconds, setup};

#[test]
fn no_tenant_is_asked_more_often_than_its_budget_allows() {
    let lab = cloud(Settings { tenants: 2, ..history(15) }, &[]);
    let mut daemon = setup(&lab, 2).default("budget", "{ graph-alerts = \"60/min\" }").start();
    daemon.wait_for(&lab.tenants().iter().flat_map(|tenant| lab.readable(&tenant.name)).collect());
    daemon.wait_for_a_pass();
    for tenant in lab.tenants() {
        let times: Vec<_> = asked(&lab)
            .into_iter()
            .filter(|request| request.tenant.as_ref() == Some(&tenant.tenant_id))
            .map(|request| request.at)
            .collect();
        // A fifth at once, and then one each 60 s / 49.
        let span = seconds(times[0], *times.last().unwrap());
        let allowed = (0..1000).take_while(|request| f64::from(*request) * 60.0 / 49.0 <= span).count() + 12;
        assert!(times.len() > 12, "the budget was never short");
        assert!(times.len() <= allowed, "{} requests within {span} s", times.len());
    }
    // It tells what it waited for.
    let metrics = daemon.metrics();
    let value = |name: &str, tenant: &str| -> f64 {
        let labels = [("tenant", tenant), ("feed", "graph-alerts")];
        metrics.all(name, &labels).next().unwrap_or_else(|| panic!("no {name} of {tenant}")).value.parse().unwrap()
    };
    for tenant in lab.tenants() {
        assert!(value("alertferry_budget_wait_seconds_total", &tenant.name) > 0.5, "{}", tenant.name);
        assert!((value("alertferry_budget_limit_requests_per_second", &tenant.name) - 1.0).abs() < 1e-9);
        assert!((0.0..=1.0).contains(&value("alertferry_budget_used_ratio", &tenant.name)));
        assert!(value("alertferry_throttled_seconds_total", &tenant.name).abs() < 1e-9, "nobody was throttled");
    }
}

#[test]
fn a_feed_is_looked_at_once_at_a_time() {
    let slow = Duration::from_millis(300);
    let lab = cloud(history(50), &["slow=300ms"]);
    let mut daemon = setup(&lab, 10)
        .sink("other", "kind = \"file\"\nformat = \"raw\"\npath = \"{folder}/other.jsonl\"")
        .default("overlap", "\"5s\"")
        .default("sweep", "{ every = \"1s\", reach = \"1h\" }")
        .start();
    daemon.settle(&lab);
    lab.generate(TENANT, 10);
    daemon.settle(&lab);
    let times: Vec<_> = asked(&lab).into_iter().map(|request| request.at).collect();
    assert!(times.len() >= 10, "{}", times.len());
    for pair in times.windows(2) {
        let apart = seconds(pair[0], pair[1]);
        assert!(apart >= slow.as_secs_f64() * 0.98, "asked again {apart} s later, before the answer");
    }
}

#[test]
fn first_looks_are_spread_over_the_interval() {
    let lab = cloud(Settings { tenants: 40, ..Settings::default() }, &[]);
    let mut daemon = setup(&lab, 10).default("interval", "\"4s\"").start();
    daemon.wait_until("a request of each tenant", |_| {
        lab.tenants().iter().all(|tenant| asked(&lab).iter().any(|request| request.tenant.as_ref() == Some(&tenant.tenant_id)))
    });
    let mut first: Vec<_> = lab
        .tenants()
        .iter()
        .filter_map(|tenant| asked(&lab).into_iter().find(|request| request.tenant.as_ref() == Some(&tenant.tenant_id)))
        .map(|request| request.at)
        .collect();
    first.sort_unstable();
    // Of 40 random moments within four seconds the tenth and the thirtieth are about two seconds apart.
    let middle = seconds(first[10], first[30]);
    assert!(middle > 0.8, "half of all tenants were first asked within {middle} s");
}
