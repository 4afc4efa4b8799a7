//! The token endpoint takes an assertion for nothing but what it is: each part of it, bent, is refused with its number.

use std::time::Duration;

use alertferry::clock;
use alertferry::simulator::{CLIENT_ID, Fault, FederatedCredential, ManagedIdentity, Scope, Settings};
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::{Bench, GRAPH, bench};
use crate::support::keys::KeyPair;

const BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const SUBJECT: &str = "system:serviceaccount:soc:alertferry";

/// 0 for a token, else the AADSTS number.
async fn present(bench: &Bench, assertion: &str) -> u64 {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", CLIENT_ID),
        ("client_assertion_type", BEARER),
        ("client_assertion", assertion),
        ("scope", GRAPH),
    ];
    let body: Value = bench.ask_token(&bench.tenant, &form).await.json().await.expect("JSON");
    if body["access_token"].is_string() { 0 } else { body["error_codes"][0].as_u64().expect("a number") }
}

fn good(bench: &Bench) -> Value {
    let now = clock::now().as_second();
    json!({
        "aud": format!("{}/{}/oauth2/v2.0/token", bench.cloud.base_url(), bench.tenant),
        "iss": CLIENT_ID,
        "sub": CLIENT_ID,
        "jti": Uuid::new_v4().to_string(),
        "nbf": now,
        "iat": now,
        "exp": now + 600,
    })
}

fn bent(bench: &Bench, changes: &Value) -> Value {
    let mut claims = good(bench);
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    claims
}

#[tokio::test]
async fn a_registered_certificate_signs_in_by_either_algorithm_and_each_assertion_once() {
    let (bench, pair) = (bench(Settings::default()).await, KeyPair::new());
    let first = pair.assertion("PS256", &good(&bench));
    assert_eq!(present(&bench, &first).await, 700_027);
    bench.cloud.identity().add_certificate(CLIENT_ID, &pair.certificate_pem());
    assert_eq!(present(&bench, &first).await, 0);
    assert_eq!(present(&bench, &first).await, 50_013);
    assert_eq!(present(&bench, &pair.assertion("RS256", &good(&bench))).await, 0);
    bench.cloud.identity().remove_oldest_certificate(CLIENT_ID);
    assert_eq!(present(&bench, &pair.assertion("PS256", &good(&bench))).await, 700_027);
}

#[tokio::test]
async fn an_assertion_of_which_one_thing_is_wrong_is_refused_with_the_number_that_says_what() {
    let (bench, pair, stranger) = (bench(Settings::default()).await, KeyPair::new(), KeyPair::new());
    bench.cloud.identity().add_certificate(CLIENT_ID, &pair.certificate_pem());
    let now = clock::now().as_second();
    let aud = good(&bench)["aud"].as_str().unwrap().to_owned();
    for (changes, number) in [
        (json!({}), 0),
        (json!({"sub": "someone"}), 50_048),
        (json!({"iss": "someone", "sub": "someone"}), 50_027),
        (json!({"aud": aud.replace("/v2.0", "")}), 50_027),
        (json!({"aud": aud.replace(&bench.tenant, "tenant-01.example")}), 50_027),
        (json!({"aud": aud.replace("127.0.0.1", "localhost")}), 50_027),
        (json!({"aud": [aud]}), 50_027),
        (json!({"jti": null}), 50_027),
        (json!({"nbf": null}), 50_027),
        (json!({"exp": null}), 50_027),
        (json!({"nbf": now - 900, "exp": now - 301}), 700_024),
        (json!({"nbf": now + 360, "exp": now + 600}), 700_024),
        (json!({"nbf": now, "exp": now + 601}), 700_024),
        (json!({"nbf": now, "exp": now}), 700_024),
    ] {
        for algorithm in ["PS256", "RS256"] {
            let assertion = pair.assertion(algorithm, &bent(&bench, &changes));
            assert_eq!(present(&bench, &assertion).await, number, "{algorithm}, {changes}");
        }
    }
    let named = |algorithm: &str| {
        let assertion = pair.assertion(algorithm, &good(&bench));
        let header = openssl::base64::decode_block(&padded(assertion.split('.').next().unwrap())).unwrap();
        serde_json::from_slice::<Value>(&header).unwrap()
    };
    let (pss, rsa) = (named("PS256"), named("RS256"));
    let x5t = &rsa["x5t"];
    for (what, assertion, number) in [
        ("another's signature under our thumbprint", stranger.sign(&pss, &good(&bench)), 700_027),
        ("another's thumbprint", stranger.assertion("PS256", &good(&bench)), 700_027),
        ("no thumbprint", pair.sign(&json!({"alg": "PS256"}), &good(&bench)), 50_027),
        ("the older thumbprint with the newer algorithm", pair.sign(&json!({"alg": "PS256", "x5t": x5t}), &good(&bench)), 50_027),
        ("no algorithm", pair.sign(&json!({"alg": "none", "x5t#S256": pss["x5t#S256"]}), &good(&bench)), 50_027),
        ("another algorithm", pair.sign(&json!({"alg": "RS512", "x5t#S256": pss["x5t#S256"]}), &good(&bench)), 50_027),
        ("no token", "nonsense".to_owned(), 50_027),
    ] {
        assert_eq!(present(&bench, &assertion).await, number, "{what}");
    }
    let mut tampered = pair.assertion("PS256", &good(&bench)).into_bytes();
    let middle = tampered.len() - 100;
    tampered[middle] = if tampered[middle] == b'A' { b'B' } else { b'A' };
    assert_eq!(present(&bench, &String::from_utf8(tampered).unwrap()).await, 700_027);
}

fn padded(part: &str) -> String {
    format!("{}{}", part.replace('-', "+").replace('_', "/"), "=".repeat((4 - part.len() % 4) % 4))
}

#[tokio::test]
async fn a_certificate_counts_while_it_lasts_by_the_servers_clock() {
    let bench = bench(Settings::default()).await;
    for (from, until, number) in [(-86_400, 3_600, 0), (-86_400, -1, 700_027), (3_600, 86_400, 700_027)] {
        let pair = KeyPair::valid(from, until);
        bench.cloud.identity().add_certificate(CLIENT_ID, &pair.certificate_pem());
        assert_eq!(present(&bench, &pair.assertion("PS256", &good(&bench))).await, number, "{from}..{until}");
    }
    let pair = KeyPair::new();
    bench.cloud.identity().add_certificate(CLIENT_ID, &pair.certificate_pem());
    bench.cloud.set_fault(&Scope::All, Fault::Skew(jiff::SignedDuration::from_hours(1)));
    assert_eq!(present(&bench, &pair.assertion("PS256", &good(&bench))).await, 700_024);
}

#[tokio::test]
async fn a_service_account_is_known_by_issuer_subject_and_audience_to_the_letter() {
    let bench = bench(Settings::default()).await;
    let identity = bench.cloud.identity();
    let life = Duration::from_hours(1);
    let token = identity.service_account_token(SUBJECT, life);
    assert_eq!(present(&bench, &token).await, 70_021);
    let issuer = identity.issuer("cluster");
    let right = [issuer.as_str(), SUBJECT, "api://AzureADTokenExchange"];
    for (part, other, number) in [
        (0, issuer.to_uppercase(), 700_211),
        (0, format!("{issuer}/"), 700_211),
        (1, SUBJECT.replace("soc", "SOC"), 700_213),
        (2, "api://azureadtokenexchange".to_owned(), 700_212),
    ] {
        let mut parts = right.map(ToOwned::to_owned);
        parts[part] = other;
        let [issuer, subject, audience] = parts;
        identity.keep_federated_credentials(CLIENT_ID, |_| false);
        identity.add_federated_credential(CLIENT_ID, FederatedCredential { issuer, subject, audience });
        assert_eq!(present(&bench, &token).await, number);
    }
    let [issuer, subject, audience] = right.map(ToOwned::to_owned);
    identity.add_federated_credential(CLIENT_ID, FederatedCredential { issuer, subject, audience });
    assert_eq!((present(&bench, &token).await, present(&bench, &token).await), (0, 0), "one token serves many exchanges");
    let forged = KeyPair::new().sign(
        &json!({"alg": "RS256", "kid": "simulator-key"}),
        &json!({"iss": right[0], "sub": SUBJECT, "aud": right[2], "nbf": 0, "exp": i64::MAX}),
    );
    assert_eq!(present(&bench, &forged).await, 50_013);
    bench.cloud.set_fault(&Scope::All, Fault::Skew(jiff::SignedDuration::from_mins(66)));
    assert_eq!(present(&bench, &token).await, 700_024);
}

#[tokio::test]
async fn an_issuers_published_key_verifies_the_tokens_that_it_issues() {
    let bench = bench(Settings::default()).await;
    let get = async |url: String| bench.http.get(url).send().await.unwrap().json::<Value>().await.unwrap();
    let issuer = bench.cloud.identity().issuer("cluster");
    let document = get(format!("{issuer}/.well-known/openid-configuration")).await;
    assert_eq!(document["issuer"], issuer);
    let keys = get(document["jwks_uri"].as_str().unwrap().to_owned()).await;
    let number = |name: &str| {
        let bytes = openssl::base64::decode_block(&padded(keys["keys"][0][name].as_str().unwrap())).unwrap();
        openssl::bn::BigNum::from_slice(&bytes).unwrap()
    };
    let key =
        openssl::pkey::PKey::from_rsa(openssl::rsa::Rsa::from_public_components(number("n"), number("e")).unwrap()).unwrap();
    let token = bench.cloud.identity().service_account_token(SUBJECT, Duration::from_hours(1));
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let mut verifier = openssl::sign::Verifier::new(openssl::hash::MessageDigest::sha256(), &key).unwrap();
    let signature = openssl::base64::decode_block(&padded(signature)).unwrap();
    assert!(verifier.verify_oneshot(&signature, signed.as_bytes()).unwrap());
}

#[tokio::test]
async fn a_managed_identity_gets_a_token_that_an_app_may_trust() {
    let bench = bench(Settings::default()).await;
    let identity = bench.cloud.identity();
    let (client_id, principal_id) = ("aaaaaaaa-0000-4000-8000-00000000000a", "aaaaaaaa-0000-4000-8000-00000000000b");
    identity.add_managed_identity(ManagedIdentity {
        client_id: client_id.to_owned(),
        principal_id: principal_id.to_owned(),
        token_life: Duration::from_hours(24),
    });
    let ask = async |header: bool, query: &str| {
        let url = format!("{}/metadata/identity/oauth2/token?{query}", bench.cloud.base_url());
        let request = bench.http.get(url);
        let response = if header { request.header("Metadata", "true") } else { request }.send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let whole = format!("api-version=2018-02-01&resource=api://AzureADTokenExchange&client_id={client_id}");
    for (header, query, words) in [
        (false, whole.as_str(), "metadata header"),
        (true, &whole.replace("api-version", "version"), "api-version"),
        (true, &whole.replace("resource", "r"), "AADSTS50001"),
        (true, &whole.replace(client_id, principal_id), "Identity not found"),
    ] {
        let (status, body) = ask(header, query).await;
        assert_eq!(status, 400, "{query}");
        assert!(body["error_description"].as_str().unwrap().contains(words), "{body}");
    }
    let (status, body) = ask(true, &whole).await;
    assert_eq!(status, 200);
    let ends: i64 = body["expires_on"].as_str().expect("a number as a text").parse().unwrap();
    assert!((86_000..=86_400).contains(&(ends - clock::now().as_second())));
    let token = body["access_token"].as_str().unwrap();
    assert_eq!(present(&bench, token).await, 70_021);
    identity.add_federated_credential(
        CLIENT_ID,
        FederatedCredential {
            issuer: format!("{}/{}/v2.0", bench.cloud.base_url(), identity.home_tenant()),
            subject: principal_id.to_owned(),
            audience: "api://AzureADTokenExchange".to_owned(),
        },
    );
    assert_eq!(present(&bench, token).await, 0);
}
