//! Feeds that somebody must act for, that stand still, or whose cursors grow old.

use alertferry::simulator::{Fault, Scope, Spec};

use super::{comes, goes, kinds, setup};
use crate::support::lab::Lab;

const TENANT: &str = "tenant-01";

fn strike(lab: &Lab, fault: &str) {
    let spec: Spec = fault.parse().unwrap_or_else(|error| panic!("{error}"));
    lab.set_fault(&spec.scope, spec.fault);
}

#[test]
fn consent_that_was_withdrawn_and_a_secret_that_expired_are_told_apart_and_end_when_mended() {
    let lab = Lab::quiet(3);
    lab.set_fault(&Scope::Tenant("tenant-01".to_owned()), Fault::TokenError(700_016));
    lab.set_fault(&Scope::Tenant("tenant-02".to_owned()), Fault::TokenError(7_000_222));
    let mut daemon = setup(&lab, "").file_sink("out").start();
    let consent = comes(&mut daemon, "needs_consent", &[("tenant", "tenant-01"), ("feed", "graph-alerts")]);
    assert!(consent["message"].as_str().unwrap().contains("AADSTS700016"), "{consent}");
    assert!(consent["advice"].as_str().unwrap().contains("consent"), "{consent}");
    let broken = comes(&mut daemon, "broken", &[("tenant", "tenant-02")]);
    assert!(broken["message"].as_str().unwrap().contains("AADSTS7000222"), "{broken}");
    assert_eq!(kinds(&daemon), ["needs_consent", "broken"], "tenant-03 is well");
    lab.clear_faults();
    goes(&mut daemon, "needs_consent");
    goes(&mut daemon, "broken");
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}

#[test]
fn a_feed_that_comes_no_further_is_stalled_until_it_does() {
    let lab = Lab::quiet(2);
    strike(&lab, &format!("status=500@{TENANT}"));
    let mut daemon = setup(&lab, "stalled_after = \"8s\"").file_sink("out").start();
    let alarm = comes(&mut daemon, "stalled", &[("tenant", TENANT)]);
    assert!(alarm["message"].as_str().unwrap().contains("has not come any further"), "{alarm}");
    assert_eq!(kinds(&daemon), ["stalled"]);
    lab.clear_faults();
    goes(&mut daemon, "stalled");
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}

#[test]
fn a_cursor_that_grows_old_is_behind_until_it_has_caught_up_and_a_tenant_may_be_given_more_time() {
    let lab = Lab::quiet(2);
    let patient = "alarms = { behind_after = \"1h\" }";
    let mut daemon = setup(&lab, "behind_after = \"8s\"").file_sink("out").tenant("tenant-02", patient).start();
    daemon.wait_for_metrics("both being read", |metrics| {
        metrics.all("alertferry_feed_freshness_seconds", &[]).filter(|series| series.value.parse::<f64>().unwrap() < 2.0).count()
            == 2
    });
    lab.set_fault(&Scope::All, Fault::HangUp);
    let alarm = comes(&mut daemon, "behind", &[("tenant", TENANT), ("feed", "graph-alerts"), ("sink", "out")]);
    assert!(alarm["message"].as_str().unwrap().contains("towards out is complete only up to"), "{alarm}");
    assert_eq!(kinds(&daemon), ["behind"], "tenant-02 has more time");
    lab.clear_faults();
    goes(&mut daemon, "behind");
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}
