//! Certificates and federated tokens at the token endpoint, and credentials that change or vanish while we run.

use std::path::Path;

use alertferry::clock;
use alertferry::secret::Secret;
use alertferry::source::Trouble;
use alertferry::source::entra::certificate::Algorithm;
use alertferry::source::entra::{Certificate, Credential, Federated, Tokens};
use openssl::asn1::Asn1Time;
use openssl::base64;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::x509::X509;
use serde_json::Value;

use super::log::log;
use super::vendor::{TENANT, Vendor, after, app_with, document, granted, http, reply, sign_in, sign_in_with};

/// A certificate with its key as PEM, valid until so many days from now.
pub fn certificate_pem(days: i64) -> Vec<u8> {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let at = |days: i64| Asn1Time::from_unix(clock::now().as_second() + days * 86_400).unwrap();
    let mut builder = X509::builder().unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&at(-100)).unwrap();
    builder.set_not_after(&at(days)).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    [builder.build().to_pem().unwrap(), key.private_key_to_pem_pkcs8().unwrap()].concat()
}

pub fn certificate_at(path: &Path) -> Credential {
    let place = Secret::File(path.to_owned());
    Credential::Certificate(Certificate { place, passphrase: None, key: None, algorithm: Algorithm::Ps256 })
}

/// A part of a JWT.
fn part(assertion: &str, index: usize) -> Value {
    let part = assertion.split('.').nth(index).unwrap();
    let padded = format!("{part}{}", "=".repeat((4 - part.len() % 4) % 4)).replace('-', "+").replace('_', "/");
    serde_json::from_slice(&base64::decode_block(&padded).unwrap()).unwrap()
}

fn assertions(vendor: &Vendor) -> Vec<String> {
    vendor.sign_ins().iter().map(|heard| heard.form()["client_assertion"].clone()).collect()
}

#[tokio::test]
async fn a_certificate_signs_an_assertion_for_the_endpoint_of_each_customer() {
    let vendor = Vendor::with_sign_in(granted).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.pem");
    std::fs::write(&path, certificate_pem(90)).unwrap();
    let (tokens, ours) = (Tokens::new(http()), sign_in_with(&vendor.url, certificate_at(&path)));
    let other = alertferry::source::entra::SignIn { tenant: "22222222-2222-2222-2222-222222222222".into(), ..ours.clone() };
    for sign_in in [&ours, &other] {
        tokens.token(sign_in).await.unwrap();
    }

    let form = vendor.sign_ins()[0].form();
    let mut names: Vec<&str> = form.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["client_assertion", "client_assertion_type", "client_id", "grant_type", "scope"]);
    assert_eq!(form["grant_type"], "client_credentials");
    assert_eq!(form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    let endpoints: Vec<String> =
        assertions(&vendor).iter().map(|assertion| part(assertion, 1)["aud"].as_str().unwrap().to_owned()).collect();
    assert_eq!(
        endpoints,
        [TENANT, other.tenant.as_str()].map(|tenant| vendor.at(&format!("/{tenant}/oauth2/v2.0/token")).to_string())
    );
    assert!((part(&assertions(&vendor)[0], 1)["nbf"].as_i64().unwrap() - clock::now().as_second()).abs() < 60);
}

#[tokio::test]
async fn a_replaced_certificate_counts_from_the_next_sign_in_on() {
    let vendor = Vendor::with_sign_in(|count, heard| match count {
        1 => reply(401, document("invalid_client", 700_027, "not registered")),
        _ => granted(count, heard),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.pem");
    std::fs::write(&path, certificate_pem(90)).unwrap();
    let (tokens, sign_in) = (Tokens::new(http()), sign_in_with(&vendor.url, certificate_at(&path)));
    let error = tokens.token(&sign_in).await.unwrap_err();
    assert_eq!((error.number, error.whole_app, error.error.trouble), (Some(700_027), true, Trouble::Broken));
    assert!(error.error.advice.unwrap().contains("upload the certificate"));

    std::fs::write(&path, certificate_pem(90)).unwrap();
    tokens.token(&sign_in).await.unwrap();
    let thumbprints: Vec<Value> = assertions(&vendor).iter().map(|assertion| part(assertion, 0)["x5t#S256"].clone()).collect();
    assert_ne!(thumbprints[0], thumbprints[1]);
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_told_with_its_place_and_nothing_is_asked() {
    let vendor = Vendor::with_sign_in(granted).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.pem");
    for (content, words) in [(certificate_pem(-1), "expired at"), (b"-----BEGIN NOTHING".to_vec(), "main.pem")] {
        std::fs::write(&path, content).unwrap();
        let error = Tokens::new(http()).token(&sign_in_with(&vendor.url, certificate_at(&path))).await.unwrap_err();
        assert_eq!((error.error.trouble, error.whole_app), (Trouble::Broken, true));
        assert!(error.to_string().contains(words) && error.error.advice.is_some(), "{error}");
    }
    assert!(vendor.sign_ins().is_empty());
}

#[tokio::test]
async fn a_credential_that_vanishes_leaves_the_tokens_that_are_still_good_and_counts_at_once_when_it_is_back() {
    let (log, _guard) = log();
    let vendor = Vendor::with_sign_in(granted).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.pem");
    std::fs::write(&path, certificate_pem(90)).unwrap();
    let (tokens, sign_in) = (Tokens::new(http()), sign_in_with(&vendor.url, certificate_at(&path)));
    tokens.token(&sign_in).await.unwrap();
    std::fs::remove_file(&path).unwrap();
    after(3310).await;
    tokens.token(&sign_in).await.unwrap();
    assert!(log.text().contains("could not be renewed") && log.text().contains("main.pem"), "{}", log.text());
    after(290).await;
    let error = tokens.token(&sign_in).await.unwrap_err();
    assert!(error.to_string().contains("main.pem"), "{error}");
    std::fs::write(&path, certificate_pem(90)).unwrap();
    tokens.token(&sign_in).await.unwrap();
    assert_eq!(vendor.sign_ins().len(), 2);
}

#[tokio::test]
async fn a_federated_token_is_read_for_each_exchange_and_shown_as_it_is() {
    let vendor = Vendor::with_sign_in(granted).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let (tokens, sign_in) =
        (Tokens::new(http()), sign_in_with(&vendor.url, Credential::Federated(Federated { file: file.clone() })));
    for text in ["first.token.signature", "second.token.signature"] {
        std::fs::write(&file, format!("{text}\n")).unwrap();
        let token = tokens.token(&sign_in).await.unwrap();
        tokens.invalidate(&token);
    }
    assert_eq!(assertions(&vendor), ["first.token.signature", "second.token.signature"]);
    std::fs::remove_file(&file).unwrap();
    let error = tokens.token(&sign_in).await.unwrap_err();
    assert_eq!((error.error.trouble, error.whole_app), (Trouble::Broken, true));
    assert!(error.error.advice.unwrap().contains("azure.workload.identity/use"));
}

#[tokio::test]
async fn a_federated_credential_that_stays_unknown_becomes_an_alarm_after_a_quarter_of_an_hour() {
    let vendor = Vendor::with_sign_in(|count, heard| match count {
        4 => granted(count, heard),
        3 => reply(503, ""),
        _ => reply(401, document("invalid_client", 70_021, "No matching federated identity record found")),
    })
    .await;
    let (tokens, sign_in) = (Tokens::new(http()), sign_in(&vendor.url));
    let mut troubles = Vec::new();
    for seconds in [0, 600, 301] {
        after(seconds).await;
        let error = tokens.token(&sign_in).await.unwrap_err();
        troubles.push((error.error.trouble, error.whole_app));
    }
    assert_eq!(troubles, [(Trouble::Passing, false); 3], "a gateway's word is not Entra's");
    let token = tokens.token(&sign_in).await.unwrap();
    tokens.invalidate(&token);
    for (seconds, trouble) in [(0, Trouble::Passing), (880, Trouble::Passing), (30, Trouble::Broken)] {
        after(seconds).await;
        let error = tokens.token(&sign_in).await.unwrap_err();
        assert_eq!(error.error.trouble, trouble, "after {seconds} s");
        assert_eq!(error.whole_app, trouble == Trouble::Broken);
        assert!(error.error.advice.unwrap().contains("issuer"));
    }
}

#[tokio::test]
async fn an_assertion_that_is_echoed_whole_or_in_parts_is_blotted_out() {
    let (log, _guard) = log();
    let vendor = Vendor::with_sign_in(|_, heard| {
        let assertion = &heard.form()["client_assertion"];
        let (signed, signature) = assertion.rsplit_once('.').unwrap();
        reply(400, document("invalid_request", 50_027, &format!("{assertion} {signature} {signed}")))
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.pem");
    std::fs::write(&path, certificate_pem(90)).unwrap();
    let (tokens, sign_in) = (Tokens::new(http()), sign_in_with(&vendor.url, certificate_at(&path)));
    let error = tokens.token(&sign_in).await.unwrap_err();
    let shown = format!("{error} {error:?} {tokens:?} {sign_in:?} {:?} {}", app_with(certificate_at(&path)), log.text());
    let assertion = &assertions(&vendor)[0];
    for secret in assertion.split('.').chain([assertion.as_str()]) {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(error.to_string().contains("[REDACTED]"), "the test plants nothing: {error}");
}
