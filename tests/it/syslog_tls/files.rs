//! Files of our own that are missing, damaged or do not belong together.

use std::fs;

use alertferry::secret::Secret;
use alertferry::sink::settings::{Identity, Tls};
use openssl::pkey::PKey;
use openssl::symm::Cipher;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::peer::LONG;
use super::{Desk, send};

/// What is said of settings before a single octet is sent.
async fn refused(settings: &Tls) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let told = send(settings, &address).await.unwrap_err();
    let (mut peer, _) = listener.accept().await.unwrap();
    let mut sent = Vec::new();
    timeout(LONG, peer.read_to_end(&mut sent)).await.expect("an end").unwrap();
    assert!(sent.is_empty(), "something was sent");
    told
}

#[tokio::test]
async fn a_bad_file_of_authorities_is_named() {
    let desk = Desk::new();
    let path = desk.folder.path().join("authorities");
    let settings = Tls { ca: Some(path.clone()), ..desk.trusting() };
    let file = format!("the CA file {}", path.display());
    assert!(refused(&settings).await.starts_with(&format!("{file} cannot be read: No such file")));
    for (text, words) in [
        ("", "holds no certificate: it must be in PEM form"),
        ("-----BEGIN CERTIFICATE-----\nAAAA", "is damaged: it must hold certificates in PEM form"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be used: "),
    ] {
        fs::write(&path, text).unwrap();
        let told = refused(&settings).await;
        assert!(told.contains(&file) && told.contains(words), "{told}");
    }
}

#[tokio::test]
async fn a_bad_key_is_named_and_never_shown() {
    let desk = Desk::new();
    let (certificate, key) = desk.authority.issue(&["sender.example"]).write(desk.folder.path(), "sender");
    let good = fs::read_to_string(&key).unwrap();
    let other = desk.authority.issue(&["sender.example"]).write(desk.folder.path(), "other").1;
    let private = PKey::private_key_from_pem(good.as_bytes()).unwrap();
    let encrypted = private.private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), b"planted").unwrap();
    let traditional = private.ec_key().unwrap().private_key_to_pem_passphrase(Cipher::aes_256_cbc(), b"planted").unwrap();
    let body = good.lines().nth(1).unwrap().to_owned();
    for (text, words) in [
        (fs::read(other).unwrap(), "does not belong to the first certificate in "),
        (encrypted, "is encrypted: store it without a passphrase"),
        (traditional, "is encrypted: store it without a passphrase"),
        (fs::read(&certificate).unwrap(), "holds no private key in PEM form"),
        (format!("-----BEGIN {body}\n").into_bytes(), "holds no private key in PEM form"),
        (good.replacen(&body, &body[8..], 1).into_bytes(), "is of no kind that TLS uses here"),
    ] {
        fs::write(&key, text).unwrap();
        let identity = Identity { certificate: certificate.clone(), key: Secret::File(key.clone()) };
        let told = refused(&Tls { identity: Some(identity), ..desk.trusting() }).await;
        assert!(told.contains(&format!("secret file {}", key.display())) && told.contains(words), "{told}");
        assert!(!told.contains(&body[8..24]), "{told}");
    }
    let identity = Identity { certificate: key.clone(), key: Secret::Env("NOT_SET_ANYWHERE".to_owned()) };
    let told = refused(&Tls { identity: Some(identity.clone()), ..desk.trusting() }).await;
    assert!(told.starts_with("the client certificate ") && told.contains("holds no certificate"), "{told}");
    let told = refused(&Tls { identity: Some(Identity { certificate, ..identity }), ..desk.trusting() }).await;
    assert_eq!(told, "the key of the client certificate cannot be read: environment variable NOT_SET_ANYWHERE is not set");
}

#[tokio::test]
async fn a_name_that_no_certificate_can_have_is_refused() {
    let settings = Tls { server_name: Some("not a name".to_owned()), ..Desk::new().trusting() };
    assert!(refused(&settings).await.starts_with("\"not a name\" is neither a DNS name nor an IP address"));
}
