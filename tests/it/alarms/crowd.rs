//! Many tenants in the same trouble: a line for each, one for all, and silence after that.

use std::collections::BTreeMap;

use alertferry::simulator::{Fault, Scope};
use serde_json::Value;

use super::{goes, setup, standing, told};
use crate::support::lab::Lab;

const TENANTS: usize = 150;

#[test]
fn many_tenants_in_trouble_are_told_once_each_and_once_together_however_long_it_lasts() {
    let lab = Lab::quiet(TENANTS);
    lab.set_fault(&Scope::All, Fault::TokenError(700_016));
    let mut daemon = setup(&lab, "").file_sink("out").start();
    daemon.wait_until("an alarm for each", |daemon| standing(daemon).len() == TENANTS);
    // Each is tried again many times.
    let tries = daemon.metrics().sum("alertferry_alarms_raised_total", &[]);
    daemon.wait_until("further tries", |_| lab.requests().to("/token") > 5 * TENANTS as u64);
    assert_eq!(tries, TENANTS as u64);

    let lines = told(&daemon, "needs_consent", "An alarm came");
    let mut by_tenant: BTreeMap<&str, usize> = BTreeMap::new();
    for line in &lines {
        *by_tenant.entry(line["tenant"].as_str().unwrap()).or_default() += 1;
    }
    assert_eq!((by_tenant.len(), by_tenant.values().max()), (TENANTS, Some(&1)));
    let log = daemon.log();
    let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let trouble = lines.iter().filter(|line| line["message"].as_str().is_some_and(|text| text.contains("until somebody acts")));
    assert_eq!(trouble.count(), TENANTS, "the feed's own line comes once, too");
    let crowds = told(&daemon, "needs_consent", "Many alarms of one kind stand; look for the cause that they share first");
    assert!((1..=2).contains(&crowds.len()), "at ten and at a hundred: {crowds:?}");
    assert!(crowds.last().unwrap()["count"].as_u64().unwrap() >= 100, "{crowds:?}");

    lab.clear_faults();
    goes(&mut daemon, "needs_consent");
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}
