//! Signing in that fails for a while or has to be done again and again: what came meanwhile comes, and the operator knows.

use std::time::Duration;

use alertferry::simulator::{CLIENT_ID, Settings};
use secrecy::SecretString;

use super::scene::{TENANT, cloud, due, due_of, history, set, setup};
use super::score::Score;
use super::tail::Tail;
use super::{size, told};
use crate::support::keys::replace;
use crate::support::lab::Lab;
use crate::support::service::poll;

const LIMIT: Duration = Duration::from_mins(5);
const OTHER: &str = "tenant-02";

fn hasty(tenants: usize) -> Lab {
    cloud(Settings { token_life: Duration::from_secs(4), ..history(tenants, 10) }, &[])
}

#[test]
fn what_came_while_the_secret_was_expired_comes_once_there_is_a_new_one() {
    let lab = hasty(2);
    let daemon = setup(&lab).start();
    let mut out = Tail::of(&daemon, "out");
    out.settle(&daemon, &due(&lab), LIMIT);
    lab.identity().expire_secrets(CLIENT_ID);
    let broken = told::state(&daemon, TENANT, "graph-alerts", "broken");
    let advised =
        broken.as_deref().is_some_and(|told| told.contains("AADSTS7000222") && told.contains("make a new client secret"));
    assert!(advised, "{broken:?}");
    let refusals = || lab.requests().with_status(401);
    for _ in 0..size(2, 20) {
        lab.tenants().iter().for_each(|tenant| drop(lab.generate(&tenant.name, 3)));
        let before = refusals();
        assert!(poll(LIMIT, || refusals() > before), "it no longer tries");
    }
    let next = "the-next-planted-secret-value";
    lab.identity().add_secret(CLIENT_ID, SecretString::from(next), None);
    replace(&daemon.folder().join("client-secret"), next.as_bytes());
    let mended = alertferry::clock::now();
    let due = due(&lab);
    let arrivals = out.settle(&daemon, &due, LIMIT);
    Score::of("secret-expired").mended(mended).add(&due, arrivals).told(broken).keep();
}

#[test]
fn what_came_while_consent_was_withdrawn_comes_once_it_is_given_again() {
    let lab = hasty(2);
    let daemon = setup(&lab).start();
    let mut out = Tail::of(&daemon, "out");
    out.settle(&daemon, &due(&lab), LIMIT);
    set(&lab, &format!("missing-roles@{OTHER}"));
    let missing = told::state(&daemon, OTHER, "graph-alerts", "needs_consent");
    assert!(missing.as_deref().is_some_and(|told| told.contains("consent")), "{missing:?}");
    for _ in 0..size(2, 20) {
        lab.tenants().iter().for_each(|tenant| drop(lab.generate(&tenant.name, 3)));
        // The other tenant does not notice.
        let theirs = due_of(&lab, TENANT);
        out.wait_for(&theirs, LIMIT);
    }
    lab.clear_faults();
    let mended = alertferry::clock::now();
    let due = due(&lab);
    let arrivals = out.settle(&daemon, &due, LIMIT);
    Score::of("consent-withdrawn").mended(mended).add(&due, arrivals).told(missing).keep();
}

#[test]
fn a_scan_outlives_its_tokens_also_those_that_end_before_their_time() {
    let life = size(3, 12);
    let settings = Settings { token_life: Duration::from_secs(life), ..history(1, size(300, 1_000)) };
    let lab = cloud(settings, &["slow=150ms"]);
    let started = alertferry::clock::now();
    let daemon = setup(&lab).default("page_size", "{ graph-alerts = 10 }").start();
    let due = due(&lab);
    let mut out = Tail::of(&daemon, "out");
    // The daemon believes what it was told about their end; these end at once.
    for part in [3, 6] {
        assert!(poll(LIMIT, || out.look().len() >= due.len() * part / 10), "nothing arrives");
        set(&lab, "revoke-tokens");
    }
    out.wait_for(&due, LIMIT);
    let lasted = alertferry::clock::now().duration_since(started);
    assert!(lasted.as_secs() > i64::try_from(life).unwrap(), "the scan was over after {lasted:?}");
    let arrivals = out.settle(&daemon, &due, LIMIT);
    Score::of("token-shorter-than-scan").add(&due, arrivals).nothing_to_tell().keep();
}
