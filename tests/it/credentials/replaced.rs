//! A credential that is replaced while the daemon runs counts at the next sign-in: no restart, no gap.

use std::time::Duration;

use alertferry::simulator::CLIENT_ID;
use secrecy::SecretString;

use super::{SUBJECT, ends_silent, feed, forwards, hasty, setup, sign_ins, state, trust};
use crate::support::daemon::{Daemon, Setup};
use crate::support::keys::{KeyPair, PASSPHRASE, replace};
use crate::support::lab::Lab;

const BOTH: [&str; 2] = ["tenant-01", "tenant-02"];

/// Sees sign-ins with the new credential after the old one was withdrawn; there was not one refusal, ever.
fn no_gap(lab: &Lab, setup: Setup, put_new: impl FnOnce(&Daemon), withdraw_old: impl FnOnce()) -> Daemon {
    let mut daemon = setup.start();
    forwards(&mut daemon, lab, &BOTH);
    put_new(&daemon);
    // Whoever had read the old file has been answered by now: two sign-ins of each tenant have begun since.
    let signed_in = |tenant| sign_ins(lab, Some(tenant), 200);
    let enough: Vec<u64> = BOTH.map(|tenant| signed_in(tenant) + 2).to_vec();
    daemon
        .wait_until("sign-ins with the new one", |_| BOTH.iter().zip(&enough).all(|(tenant, count)| signed_in(tenant) >= *count));
    withdraw_old();
    let enough: Vec<u64> = BOTH.map(|tenant| signed_in(tenant) + 2).to_vec();
    daemon.wait_until("sign-ins without the old one", |_| {
        BOTH.iter().zip(&enough).all(|(tenant, count)| signed_in(tenant) >= *count)
    });
    forwards(&mut daemon, lab, &BOTH);
    let refused: Vec<_> = lab.requests().recent.into_iter().filter(|request| request.status != 200).collect();
    assert_eq!(refused, [], "not one request failed");
    assert!(BOTH.iter().all(|tenant| state(&daemon.metrics(), tenant) == "ok"));
    daemon
}

#[test]
fn a_client_secret_is_rotated_without_a_gap() {
    let lab = hasty(2);
    let next = "the-next-planted-secret-value";
    let put_new = |daemon: &Daemon| {
        lab.identity().add_secret(CLIENT_ID, SecretString::from(next), None);
        replace(&daemon.folder().join("client-secret"), next.as_bytes());
    };
    let withdraw_old = || lab.identity().keep_secret(CLIENT_ID, next);
    let daemon = no_gap(&lab, setup(&lab), put_new, withdraw_old);
    ends_silent(daemon, &[next.to_owned()]);
}

#[test]
fn a_certificate_and_its_passphrase_are_rotated_without_a_gap() {
    let (lab, old, new) = (hasty(2), KeyPair::new(), KeyPair::new());
    let identity = lab.identity();
    identity.remove_secrets(CLIENT_ID);
    identity.add_certificate(CLIENT_ID, &old.certificate_pem());
    let keys = "certificate = { file = \"{folder}/secret-cert\", passphrase = { file = \"{folder}/secret-passphrase\" } }";
    let setup = setup(&lab).credential(keys);
    std::fs::write(setup.folder().join("secret-cert"), old.pfx()).unwrap();
    std::fs::write(setup.folder().join("secret-passphrase"), PASSPHRASE).unwrap();
    let put_new = |daemon: &Daemon| {
        identity.add_certificate(CLIENT_ID, &new.certificate_pem());
        // From PFX to PEM: what the file is, is told by its content.
        replace(&daemon.folder().join("secret-cert"), &new.pem());
    };
    let withdraw_old = || identity.remove_oldest_certificate(CLIENT_ID);
    let daemon = no_gap(&lab, setup, put_new, withdraw_old);
    ends_silent(daemon, &[old.telltale(), new.telltale()]);
}

#[test]
fn a_federated_token_is_read_for_each_exchange() {
    let lab = hasty(2);
    let identity = lab.identity();
    identity.remove_secrets(CLIENT_ID);
    trust(&lab, CLIENT_ID, SUBJECT);
    let setup = setup(&lab).credential("federated = { file = \"{folder}/secret-token\" }");
    let hour = Duration::from_hours(1);
    std::fs::write(setup.folder().join("secret-token"), identity.service_account_token(SUBJECT, hour)).unwrap();
    let moved = "system:serviceaccount:soc:moved";
    let put_new = |daemon: &Daemon| {
        trust(&lab, CLIENT_ID, moved);
        replace(&daemon.folder().join("secret-token"), identity.service_account_token(moved, hour).as_bytes());
    };
    let withdraw_old = || identity.keep_federated_credentials(CLIENT_ID, |credential| credential.subject == moved);
    let daemon = no_gap(&lab, setup, put_new, withdraw_old);
    ends_silent(daemon, &[]);
}

#[test]
fn a_wrong_one_breaks_all_tenants_of_its_app_and_no_others_until_the_right_one_is_there() {
    let lab = hasty(3);
    let second = "00000000-0000-4000-8000-000000000002";
    lab.identity().add_app(second);
    lab.identity().add_secret(second, SecretString::from("second-planted-value"), None);
    let setup = setup(&lab)
        .part(&format!("[apps.second]\nclient_id = {second:?}\nclient_secret = {{ file = \"{{folder}}/secret-second\" }}"))
        .tenant("tenant-01", "app = \"second\"")
        .tenant("tenant-02", "app = \"second\"");
    std::fs::write(setup.folder().join("secret-second"), "second-planted-value").unwrap();
    let mut daemon = setup.start();
    let all = ["tenant-01", "tenant-02", "tenant-03"];
    forwards(&mut daemon, &lab, &all);

    replace(&daemon.folder().join("secret-second"), b"a-wrong-planted-value");
    daemon.wait_for_metrics("both tenants broken", |metrics| BOTH.iter().all(|tenant| state(metrics, tenant) == "broken"));
    forwards(&mut daemon, &lab, &["tenant-03"]);
    assert_eq!(state(&daemon.metrics(), "tenant-03"), "ok");
    assert_eq!(sign_ins(&lab, Some("tenant-03"), 401), 0);
    assert!(feed(&daemon, "tenant-01")["last_error"].as_str().unwrap().contains("AADSTS7000215"));
    std::fs::remove_file(daemon.folder().join("secret-second")).unwrap();
    daemon.wait_until("word of the missing file", |daemon| {
        feed(daemon, "tenant-02")["last_error"].as_str().is_some_and(|error| error.contains("secret-second"))
    });

    replace(&daemon.folder().join("secret-second"), b"second-planted-value");
    daemon.wait_for_metrics("both mended", |metrics| BOTH.iter().all(|tenant| state(metrics, tenant) == "ok"));
    forwards(&mut daemon, &lab, &all);
    ends_silent(daemon, &["second-planted-value".to_owned(), "a-wrong-planted-value".to_owned()]);
}
