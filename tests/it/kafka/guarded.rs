//! TLS, client certificates and SCRAM: who proves what gets in, and everybody else reads one clear sentence.

use std::path::Path;

use alertferry::secret::Secret;
use alertferry::sink::Sink as _;
use alertferry::sink::settings::{Kafka as Settings, KafkaOption};
use secrecy::SecretString;

use super::{assert_complete, batch, connect, deliver, settings, tenant};
use crate::support::guarded_kafka::shared;
use crate::support::kafka::USER;

/// Part of every secret here. No message may hold it.
const PLANTED: &str = "correct horse";

fn scram(address: &str, ca: &Path, mechanism: &str, password: &str) -> Settings {
    let ca = ca.display().to_string();
    let options =
        [("security.protocol", "SASL_SSL"), ("sasl.mechanism", mechanism), ("sasl.username", USER.0), ("ssl.ca.location", &ca)];
    let mut settings = settings(address, "guarded", &options);
    let password = KafkaOption::Secret(Secret::Plain(SecretString::from(password)));
    settings.options.insert("sasl.password".to_owned(), password);
    settings
}

fn mtls(pair: Option<&Path>) -> Settings {
    let guarded = shared();
    let ca = guarded.ca().display().to_string();
    let mut settings =
        settings(&guarded.broker.address_of("mtls"), "guarded-mtls", &[("security.protocol", "SSL"), ("ssl.ca.location", &ca)]);
    if let Some(pair) = pair {
        let location = pair.display().to_string();
        settings.options.insert("ssl.certificate.location".to_owned(), KafkaOption::Plain(location));
        settings.options.insert("ssl.key.pem".to_owned(), KafkaOption::Secret(Secret::File(pair.to_owned())));
    }
    settings
}

#[tokio::test(flavor = "multi_thread")]
async fn scram_of_either_strength_and_client_certificates_let_alerts_through() {
    let guarded = shared();
    let address = guarded.broker.address_of("scram");
    for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-512"] {
        let sink = connect(&scram(&address, &guarded.ca(), mechanism, USER.1)).unwrap();
        assert_complete(&deliver(&sink, &batch(&tenant("contoso"), [mechanism.to_owned()])).await);
    }
    assert_eq!(guarded.broker.read("guarded").len(), 2);
    let sink = connect(&mtls(Some(&guarded.client_pair()))).unwrap();
    assert_complete(&deliver(&sink, &batch(&tenant("contoso"), ["1".to_owned()])).await);
    assert_eq!(guarded.broker.read("guarded-mtls").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_to_be_refused_is_one_clear_message_without_a_secret() {
    let guarded = shared();
    let address = guarded.broker.address_of("scram");
    let expired = guarded.broker.address_of("expired");
    let by_name = address.replace("127.0.0.1", "localhost");
    let (ca, other) = (guarded.ca(), guarded.other_ca());
    let other_password = format!("{PLANTED} battery");
    let mut plain = scram(&address, &ca, "SCRAM-SHA-512", USER.1);
    plain.options.insert("security.protocol".to_owned(), KafkaOption::Plain("SASL_PLAINTEXT".to_owned()));
    let mut wrong = Vec::new();
    for (what, settings, words, advice) in [
        ("a wrong password", scram(&address, &ca, "SCRAM-SHA-512", &other_password), "uthentication", "sasl.password"),
        ("an unknown authority", scram(&address, &other, "SCRAM-SHA-512", USER.1), "certificate", "ssl.ca.location"),
        ("another host name", scram(&by_name, &ca, "SCRAM-SHA-512", USER.1), "certificate", "name"),
        ("an expired certificate", scram(&expired, &ca, "SCRAM-SHA-512", USER.1), "certificate", "expired"),
        ("no client certificate", mtls(None), "certificate", "ssl.certificate.location"),
        ("a mechanism that is not offered", scram(&address, &ca, "PLAIN", USER.1), "mechanism", "sasl.mechanism"),
        ("no TLS", plain, "", "security.protocol"),
    ] {
        let trouble = connect(&settings).unwrap().probe().await.expect_err(what);
        let told = trouble.advice.clone().unwrap_or_default();
        let message = &trouble.message;
        let clear = message.starts_with("kafka sink siem (") && message.contains(words) && told.contains(advice);
        if !clear || message.contains('\n') || format!("{trouble:?}").contains(PLANTED) {
            wrong.push(format!("{what}: {trouble:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
