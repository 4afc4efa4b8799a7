//! Each kind of credential carries alerts of several tenants, sign-in after sign-in, and is never seen.

use std::time::Duration;

use alertferry::simulator::{CLIENT_ID, FederatedCredential, ManagedIdentity};

use super::{SUBJECT, ends_silent, forwards, hasty, setup, sign_ins, trust};
use crate::support::daemon::Setup;
use crate::support::keys::{KeyPair, PASSPHRASE};
use crate::support::lab::{Lab, SECRET};

/// Two tenants, alerts twice with a renewed token between, no refused sign-in, and not a word of the secret.
fn carries(lab: &Lab, setup: Setup, telltales: &[String]) {
    let mut daemon = setup.start();
    forwards(&mut daemon, lab, &["tenant-01", "tenant-02"]);
    let before = sign_ins(lab, None, 200);
    daemon.wait_until("renewed tokens", |_| sign_ins(lab, None, 200) >= before + 4);
    forwards(&mut daemon, lab, &["tenant-01", "tenant-02"]);
    let refused = lab.requests().recent.into_iter().find(|request| request.path.ends_with("/token") && request.status != 200);
    assert_eq!(refused, None);
    ends_silent(daemon, telltales);
}

/// A lab whose app has a certificate and no secret, and a setup with these files in its folder.
fn with_certificate(keys: &str, files: impl Fn(&KeyPair) -> Vec<(&'static str, Vec<u8>)>) {
    let (lab, pair) = (hasty(2), KeyPair::new());
    lab.identity().remove_secrets(CLIENT_ID);
    lab.identity().add_certificate(CLIENT_ID, &pair.certificate_pem());
    let setup = setup(&lab);
    for (name, content) in files(&pair) {
        std::fs::write(setup.folder().join(name), content).unwrap();
    }
    carries(&lab, setup.credential(keys), &[pair.telltale()]);
}

#[test]
fn a_client_secret() {
    let lab = hasty(2);
    let setup = setup(&lab);
    carries(&lab, setup, &[]);
}

#[test]
fn a_certificate_as_pem_with_its_key_signs_with_pss() {
    with_certificate("certificate = { file = \"{folder}/secret-both.pem\" }", |pair| vec![("secret-both.pem", pair.pem())]);
}

#[test]
fn a_certificate_signs_the_older_way_where_it_is_told_to() {
    with_certificate("certificate = { file = \"{folder}/secret-both.pem\", algorithm = \"RS256\" }", |pair| {
        vec![("secret-both.pem", pair.pem())]
    });
}

#[test]
fn a_certificate_as_pfx_with_a_passphrase_from_a_file() {
    let keys = "certificate = { file = \"{folder}/secret-cert.pfx\", passphrase = { file = \"{folder}/secret-passphrase\" } }";
    with_certificate(keys, |pair| vec![("secret-cert.pfx", pair.pfx()), ("secret-passphrase", PASSPHRASE.into())]);
}

#[test]
fn a_certificate_whose_encrypted_key_stands_in_a_file_of_its_own() {
    let keys = "certificate = { file = \"{folder}/public.pem\", key = { file = \"{folder}/secret-key.pem\" }, \
                passphrase = { file = \"{folder}/secret-passphrase\" } }";
    with_certificate(keys, |pair| {
        vec![
            ("public.pem", pair.certificate_pem()),
            ("secret-key.pem", pair.encrypted_key_pem()),
            ("secret-passphrase", PASSPHRASE.into()),
        ]
    });
}

#[test]
fn a_federated_token() {
    let lab = hasty(2);
    lab.identity().remove_secrets(CLIENT_ID);
    trust(&lab, CLIENT_ID, SUBJECT);
    let setup = setup(&lab).credential("federated = { file = \"{folder}/secret-token\" }");
    let token = lab.identity().service_account_token(SUBJECT, Duration::from_hours(1));
    std::fs::write(setup.folder().join("secret-token"), &token).unwrap();
    carries(&lab, setup, &[token.rsplit('.').next().unwrap().to_owned()]);
}

#[test]
fn a_federated_token_whose_place_kubernetes_tells() {
    let lab = hasty(2);
    lab.identity().remove_secrets(CLIENT_ID);
    trust(&lab, CLIENT_ID, SUBJECT);
    let setup = setup(&lab).credential("federated = {}");
    let place = setup.folder().join("secret-token");
    std::fs::write(&place, lab.identity().service_account_token(SUBJECT, Duration::from_hours(1))).unwrap();
    let mut daemon = setup.env("AZURE_FEDERATED_TOKEN_FILE", &place.display().to_string()).start();
    forwards(&mut daemon, &lab, &["tenant-01", "tenant-02"]);
    assert_eq!(daemon.stop(), Some(0), "{}", daemon.log());
}

#[test]
fn a_managed_identity_whose_token_all_tenants_share() {
    let lab = hasty(2);
    let (client_id, principal) = ("aaaaaaaa-0000-4000-8000-00000000000a", "aaaaaaaa-0000-4000-8000-00000000000b");
    lab.identity().remove_secrets(CLIENT_ID);
    lab.identity().add_managed_identity(ManagedIdentity {
        client_id: client_id.to_owned(),
        principal_id: principal.to_owned(),
        token_life: Duration::from_hours(24),
    });
    lab.identity().add_federated_credential(
        CLIENT_ID,
        FederatedCredential {
            issuer: lab.identity().entra_issuer(),
            subject: principal.to_owned(),
            audience: "api://AzureADTokenExchange".to_owned(),
        },
    );
    let keys = format!("managed_identity = {{ client_id = {client_id:?}, endpoint = {:?} }}", lab.base_url());
    carries(&lab, setup(&lab).credential(&keys), &[]);
    assert_eq!(lab.requests().to("/metadata/identity/oauth2/token"), 1, "the metadata service throttles who asks often");
}

#[test]
fn a_refresh_token_of_a_public_client() {
    let lab = hasty(2);
    lab.identity().make_public(CLIENT_ID);
    let setup = setup(&lab).credential("refresh_token = { file = \"{folder}/secret-refresh\" }");
    std::fs::write(setup.folder().join("secret-refresh"), lab.identity().add_refresh_token(CLIENT_ID, "ann@soc.example"))
        .unwrap();
    carries(&lab, setup, &[]);
}

#[test]
fn a_refresh_token_beside_the_secret_of_a_confidential_client() {
    let lab = hasty(2);
    let keys = "refresh_token = { file = \"{folder}/secret-refresh\" }\nclient_secret = { file = \"{folder}/client-secret\" }";
    let setup = setup(&lab).credential(keys);
    assert_eq!(std::fs::read_to_string(setup.folder().join("client-secret")).unwrap().trim(), SECRET);
    std::fs::write(setup.folder().join("secret-refresh"), lab.identity().add_refresh_token(CLIENT_ID, "ann@soc.example"))
        .unwrap();
    carries(&lab, setup, &[]);
}
