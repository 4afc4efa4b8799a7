//! Each way in which Entra refuses leads to its state and to advice that mends it, and concerns nobody else.

use std::time::Duration;

use alertferry::clock;
use alertferry::simulator::{CLIENT_ID, Fault, Scope};
use jiff::SignedDuration;
use secrecy::SecretString;

use super::{SUBJECT, ends_silent, feed, forwards, hasty, setup, state, trust};
use crate::support::keys::KeyPair;
use crate::support::lab::SECRET;

/// Tenant, AADSTS number, state, words of the advice.
const EXPECTED: [(&str, u32, &str, &str); 9] = [
    ("tenant-02", 7_000_215, "broken", "the secret's value"),
    ("tenant-03", 7_000_222, "broken", "make a new client secret"),
    ("tenant-04", 700_016, "needs_consent", "adminconsent"),
    ("tenant-05", 700_027, "broken", "upload the certificate"),
    ("tenant-06", 700_024, "broken", "clock"),
    ("tenant-07", 70_021, "degraded", "federated credential"),
    ("tenant-08", 7_000_112, "needs_consent", "enterprise application"),
    ("tenant-09", 53_003, "needs_consent", "access policies"),
    ("nobody", 90_002, "broken", "check tenant_id"),
];

#[test]
fn each_refusal_has_its_state_and_its_advice_and_apps_side_by_side_do_not_disturb_each_other() {
    let (lab, pair) = (hasty(9), KeyPair::new());
    let identity = lab.identity();
    let app = |number: u32| format!("00000000-0000-4000-8000-{number:012}");
    for number in [2, 3, 5, 6, 7] {
        identity.add_app(&app(number));
    }
    identity.add_secret(&app(2), SecretString::from("another"), None);
    identity.add_secret(&app(3), SecretString::from(SECRET), Some(clock::now() - SignedDuration::from_secs(1)));
    identity.add_certificate(&app(5), &KeyPair::new().certificate_pem());
    identity.add_certificate(&app(6), &pair.certificate_pem());
    // By the server's clock the assertions of this machine have ended.
    lab.set_fault(&Scope::Tenant("tenant-06".to_owned()), Fault::Skew(SignedDuration::from_hours(1)));
    lab.set_fault(&Scope::Tenant("tenant-08".to_owned()), Fault::TokenError(7_000_112));
    lab.set_fault(&Scope::Tenant("tenant-09".to_owned()), Fault::TokenError(53_003));

    let (secret, certificate, federated) = (
        "client_secret = { file = \"{folder}/client-secret\" }",
        "certificate = { file = \"{folder}/secret-both.pem\" }",
        "federated = { file = \"{folder}/secret-token\" }",
    );
    let mut setup = setup(&lab);
    for (number, credential) in [(2, secret), (3, secret), (4, secret), (5, certificate), (6, certificate), (7, federated)] {
        setup = setup
            .part(&format!("[apps.app{number}]\nclient_id = {:?}\n{credential}", app(number)))
            .tenant(&format!("tenant-0{number}"), &format!("app = \"app{number}\""));
    }
    let id = "11111111-1111-1111-1111-111111111111";
    setup = setup.part(&format!("[[tenants]]\nname = \"nobody\"\ntenant_id = {id:?}\napp = \"main\"\ncloud = \"lab\""));
    std::fs::write(setup.folder().join("secret-both.pem"), pair.pem()).unwrap();
    let token = identity.service_account_token(SUBJECT, Duration::from_hours(1));
    std::fs::write(setup.folder().join("secret-token"), &token).unwrap();

    let mut daemon = setup.start();
    daemon.wait_for_metrics("the state of every tenant", |metrics| {
        EXPECTED.iter().all(|(tenant, _, expected, _)| state(metrics, tenant) == *expected)
    });
    for (tenant, number, expected, words) in EXPECTED {
        let feed = feed(&daemon, tenant);
        let (error, advice) = (feed["last_error"].as_str().unwrap_or_default(), feed["advice"].as_str().unwrap_or_default());
        assert!(error.contains(&format!("AADSTS{number} ")), "{tenant}: {error}");
        assert!(feed["state"] == expected && advice.contains(words), "{tenant}: {feed}");
    }
    // The app of the settings goes on for its other tenant all the while.
    forwards(&mut daemon, &lab, &["tenant-01"]);
    assert_eq!(state(&daemon.metrics(), "tenant-01"), "ok");

    // What was amiss is mended at Entra and nowhere else: every feed finds out by itself.
    lab.clear_faults();
    for number in [2, 3, 4] {
        identity.add_app(&app(number));
        identity.add_secret(&app(number), SecretString::from(SECRET), None);
    }
    identity.add_certificate(&app(5), &pair.certificate_pem());
    trust(&lab, &app(7), SUBJECT);
    let mended: Vec<&str> = EXPECTED.iter().map(|(tenant, ..)| *tenant).filter(|tenant| *tenant != "nobody").collect();
    forwards(&mut daemon, &lab, &mended);
    daemon.wait_for_metrics("every state mended", |metrics| mended.iter().all(|tenant| state(metrics, tenant) == "ok"));
    assert_eq!(state(&daemon.metrics(), "nobody"), "broken");
    ends_silent(daemon, &[pair.telltale(), token.rsplit('.').next().unwrap().to_owned()]);
}

#[test]
fn a_federated_token_that_does_not_match_says_in_which_part() {
    let lab = hasty(1);
    let setup = setup(&lab).credential("federated = { file = \"{folder}/secret-token\" }");
    let place = setup.folder().join("secret-token");
    std::fs::write(&place, lab.identity().service_account_token(SUBJECT, Duration::from_hours(1))).unwrap();
    trust(&lab, CLIENT_ID, &SUBJECT.replace("soc", "SOC"));
    let mut daemon = setup.start();
    daemon.wait_for_metrics("its state", |metrics| state(metrics, "tenant-01") == "broken");
    let feed = feed(&daemon, "tenant-01");
    assert!(feed["last_error"].as_str().unwrap().contains("AADSTS700213"), "{feed}");
    assert!(feed["advice"].as_str().unwrap().contains("letter case"), "{feed}");
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}
