//! Credentials that end, and alerts that were kept aside.

use alertferry::simulator::{CLIENT_ID, Fault, Scope};
use jiff::SignedDuration;

use super::{comes, goes, kinds, setup};
use crate::support::daemon::alertferry;
use crate::support::keys::{KeyPair, replace};
use crate::support::lab::Lab;

const EXPIRES: &str = "ALERTFERRY__APPS__MAIN__CLIENT_SECRET_EXPIRES";

#[test]
fn a_credential_that_ends_within_the_bound_is_told_with_its_day_and_a_later_one_is_not() {
    let lab = Lab::quiet(1);
    let day = |days: i64| (lab.now("tenant-01") + SignedDuration::from_hours(24 * days)).to_string()[..10].to_owned();
    let mut daemon = setup(&lab, "credential_before = \"14d\"").file_sink("out").env(EXPIRES, &day(10)).start();
    let alarm = comes(&mut daemon, "credential_ending", &[("app", "main")]);
    let message = alarm["message"].as_str().unwrap();
    assert!(message.contains(&day(10)) && message.contains("app main ends in"), "{message}");
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());

    let mut later = setup(&lab, "credential_before = \"14d\"").file_sink("out").env(EXPIRES, &day(20)).start();
    later.wait_for_metrics("a look", |metrics| metrics.sum("alertferry_requests_total", &[("status", "200")]) >= 3);
    assert_eq!(kinds(&later), Vec::<String>::new());
    assert_eq!(later.stop(), Some(0), "{}", later.log());
}

/// A certificate says itself when it ends, and is read anew while the daemon runs.
#[test]
fn a_certificate_that_ends_is_told_until_another_is_in_its_place() {
    let lab = Lab::quiet(1);
    let (ending, fresh) = (KeyPair::valid(-86_400, 10 * 86_400), KeyPair::new());
    lab.identity().remove_secrets(CLIENT_ID);
    for pair in [&ending, &fresh] {
        lab.identity().add_certificate(CLIENT_ID, &pair.certificate_pem());
    }
    let setup = setup(&lab, "credential_before = \"14d\"").file_sink("out");
    let setup = setup.credential("certificate = { file = \"{folder}/secret-cert\" }");
    let file = setup.folder().join("secret-cert");
    std::fs::write(&file, ending.pem()).unwrap();
    let mut daemon = setup.start();
    let alarm = comes(&mut daemon, "credential_ending", &[("app", "main")]);
    assert!(alarm["message"].as_str().unwrap().contains("app main ends in"), "{alarm}");
    assert_eq!(kinds(&daemon), ["credential_ending"]);
    replace(&file, &fresh.pem());
    goes(&mut daemon, "credential_ending");
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}

#[test]
fn dead_letters_are_told_by_tenant_with_the_command_that_shows_them_until_they_are_gone() {
    let lab = Lab::quiet(2);
    lab.generate("tenant-01", 1);
    lab.set_fault(&Scope::Tenant("tenant-01".to_owned()), Fault::ForeignRecord);
    let mut daemon = setup(&lab, "").file_sink("out").start();
    let alarm = comes(&mut daemon, "dead_letters", &[("tenant", "tenant-01")]);
    assert!(alarm["sink"].is_null(), "of the feed itself: {alarm}");
    assert!(alarm["advice"].as_str().unwrap().contains("alertferry dead-letters list"), "{alarm}");
    assert_eq!(kinds(&daemon), ["dead_letters"]);
    lab.clear_faults();
    let discard = ["--config", &daemon.config(), "dead-letters", "discard", "--tenant", "tenant-01"];
    let output = alertferry(&discard);
    assert!(output.status.success(), "{output:?}");
    goes(&mut daemon, "dead_letters");
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}
