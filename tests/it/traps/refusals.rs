//! Refusals: throttling, tokens that end, consent that goes and comes.

use std::time::Duration;

use alertferry::simulator::{CLIENT_ID, Settings};

use super::bench::{TENANT, Watch as _, asked, cloud, each, history, seconds, set, setup, sign_ins};

#[test]
fn a_throttled_tenant_waits_alone_and_an_hour_is_cut_to_five_minutes() {
    let lab = cloud(Settings { tenants: 5, ..history(20) }, &["status=429:3600@tenant-01"]);
    let mut daemon = setup(&lab, 20).start();
    daemon.wait_for_state("throttled");
    let others = ["tenant-02", "tenant-03", "tenant-04", "tenant-05"];
    let expected = others
        .iter()
        .flat_map(|tenant| {
            lab.generate(tenant, 5);
            lab.readable(tenant)
        })
        .collect();
    daemon.wait_for(&expected);
    lab.clear_faults();
    for tenant in others {
        lab.generate(tenant, 5);
    }
    daemon.wait_for(&others.iter().flat_map(|tenant| lab.readable(tenant)).collect());
    assert_eq!(lab.requests().with_status(429), 1, "it is not asked again before its time");
    let told = daemon.told("it is tried again");
    assert_eq!(told.len(), 1, "{told:?}");
    let again = told[0]["again_s"].as_u64().unwrap();
    assert!((300..=330).contains(&again), "{again} s");
}

#[test]
fn retry_after_is_waited_for_and_then_everything_arrives() {
    let lab = cloud(history(20), &["status=429:3*1"]);
    let mut daemon = setup(&lab, 20).start();
    daemon.settle(&lab);
    let requests = asked(&lab);
    assert_eq!(requests[0].status, 429);
    let waited = seconds(requests[0].at, requests[1].at);
    assert!(waited >= 3.0, "{waited} s");
    assert_eq!(daemon.told("The feed works again").len(), 1);
}

#[test]
fn a_refused_token_is_replaced_once_and_the_same_page_asked_again() {
    let lab = cloud(history(40), &[]);
    let mut daemon = setup(&lab, 10).start();
    daemon.settle(&lab);
    let before = sign_ins(&lab);
    set(&lab, "reject-tokens*1");
    daemon.wait_for_a_pass();
    assert_eq!(lab.requests().with_status(401), 1);
    assert_eq!(sign_ins(&lab), before + 1);
    assert!(daemon.told("could not be read").is_empty() && daemon.told("until somebody acts").is_empty(), "nobody has to know");
}

#[test]
fn tokens_that_are_all_refused_are_not_replaced_in_a_loop() {
    let lab = cloud(history(10), &["reject-tokens"]);
    let mut daemon = setup(&lab, 10).default("recheck", "\"3s\"").start();
    let (error, advice) = daemon.wait_for_state("broken");
    assert!(error.contains("answered 401") && advice.contains("scope"), "{error}; {advice}");
    assert_eq!((lab.requests().with_status(401), sign_ins(&lab)), (2, 2), "one token, one more, and then a pause");
    lab.clear_faults();
    daemon.settle(&lab);
    daemon.wait_for_state("ok");
}

#[test]
fn a_token_that_ends_during_a_long_scan_is_renewed_ahead_of_its_end() {
    let lab = cloud(Settings { token_life: Duration::from_secs(3), ..history(100) }, &["slow=200ms"]);
    let mut daemon = setup(&lab, 5).start();
    daemon.wait_for(&lab.readable(TENANT));
    assert!(sign_ins(&lab) >= 2);
    assert_eq!(lab.requests().with_status(401), 0);
    lab.clear_faults();
    daemon.settle(&lab);
}

#[test]
fn tokens_revoked_during_a_long_scan_cost_one_request() {
    let lab = cloud(history(100), &["slow=100ms"]);
    let mut daemon = setup(&lab, 5).start();
    daemon.wait_until("a page", |daemon| !daemon.arrived().is_empty());
    set(&lab, "revoke-tokens");
    lab.clear_faults();
    daemon.settle(&lab);
    assert_eq!((lab.requests().with_status(401), sign_ins(&lab)), (1, 2));
}

#[test]
fn consent_that_is_withdrawn_is_told_with_its_link_and_restored_without_a_restart() {
    let lab = cloud(history(20), &[]);
    let id = lab.tenants()[0].tenant_id.clone();
    let mut daemon = setup(&lab, 20).start();
    daemon.settle(&lab);
    set(&lab, "missing-roles");
    // What is signed in for meanwhile stays without the permission: only a newer token can read again.
    set(&lab, "revoke-tokens");
    lab.generate(TENANT, 5);
    let (error, advice) = daemon.wait_for_state("needs_consent");
    assert!(error.contains("SecurityAlert.Read.All"), "{error}");
    assert!(advice.contains(&format!("/{id}/adminconsent?client_id={CLIENT_ID}")), "{advice}");
    let told = daemon.told("until somebody acts");
    assert_eq!((&told[0]["state"], &told[0]["tenant"]), (&"needs_consent".into(), &TENANT.into()));
    lab.clear_faults();
    daemon.settle(&lab);
    daemon.wait_for_state("ok");
    assert_eq!(daemon.told("The feed works again").len(), 1);
}

#[test]
fn a_tenant_without_the_product_is_told_about_licences() {
    let lab = cloud(history(5), &["not-provisioned"]);
    let mut daemon = setup(&lab, 20).start();
    let (_, advice) = daemon.wait_for_state("needs_consent");
    assert!(advice.contains("licence"), "{advice}");
    lab.clear_faults();
    daemon.settle(&lab);
}

#[test]
fn a_request_that_the_server_calls_wrong_does_not_move_the_cursor() {
    each(&["400", "404", "500"], |status| {
        let lab = cloud(history(20), &[&format!("status={status}")]);
        let mut daemon = setup(&lab, 20).start();
        daemon.wait_until("trouble", |daemon| daemon.feed(TENANT)["state"] != "ok");
        lab.clear_faults();
        daemon.settle(&lab);
    });
}
