//! Our own certificate: shown, missed and refused, also by receivers that judge it only after the handshake.

use alertferry::sink::settings::Tls;
use openssl::ssl::{SslAcceptor, SslFiletype, SslMethod, SslVerifyMode, SslVersion};
use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};
use std::io::Read as _;
use tokio::time::timeout;

use super::peer::{LONG, Receiver};
use super::{Desk, assert_refused, assert_sent, send};
use crate::support::authority::Authority;

const EACH: [&[&SupportedProtocolVersion]; 2] = [&[&TLS12], &[&TLS13]];

#[tokio::test]
async fn a_receiver_that_wants_a_certificate_takes_ours() {
    let desk = Desk::new();
    let pair = desk.authority.issue(&["127.0.0.1"]);
    let identity = desk.identity(&desk.authority.issue(&["sender.example"]));
    let settings = Tls { identity: Some(identity), ..desk.trusting() };
    for versions in EACH {
        for tickets in [0, 2] {
            let clients = Some(&desk.authority);
            assert_sent(&settings, &Receiver { versions, clients, tickets, ..Receiver::new(&pair) }.listen().await).await;
        }
    }
    // Who does not ask does not get it.
    assert_sent(&settings, &Receiver::new(&pair).listen().await).await;
}

#[tokio::test]
async fn a_missing_certificate_is_noticed_before_anything_is_sent() {
    let desk = Desk::new();
    let pair = desk.authority.issue(&["127.0.0.1"]);
    for versions in EACH {
        for tickets in [0, 2] {
            let clients = Some(&desk.authority);
            let peer = Receiver { versions, clients, tickets, ..Receiver::new(&pair) }.listen().await;
            let told = assert_refused(&desk.trusting(), &peer, "it wants a client certificate, and refused us without one").await;
            assert!(told.ends_with("with the alert CertificateRequired: set tls.certificate and tls.key"), "{told}");
        }
    }
}

#[tokio::test]
async fn a_refused_certificate_is_noticed_before_anything_is_sent() {
    let desk = Desk::new();
    let pair = desk.authority.issue(&["127.0.0.1"]);
    let identity = desk.identity(&Authority::new("Fabrikam Root").issue(&["sender.example"]));
    let settings = Tls { identity: Some(identity), ..desk.trusting() };
    for versions in EACH {
        let peer = Receiver { versions, clients: Some(&desk.authority), ..Receiver::new(&pair) }.listen().await;
        let told = assert_refused(&settings, &peer, "it refused our client certificate ").await;
        assert!(told.contains("sender.pem with the alert ") && told.contains("trusts its issuer"), "{told}");
    }
}

#[tokio::test]
async fn a_rotated_certificate_is_shown_at_the_next_connection() {
    let desk = Desk::new();
    let pair = desk.authority.issue(&["127.0.0.1"]);
    let identity = desk.identity(&Authority::new("Fabrikam Root").issue(&["sender.example"]));
    let settings = Tls { identity: Some(identity), ..desk.trusting() };
    let peer = Receiver { clients: Some(&desk.authority), ..Receiver::new(&pair) }.listen().await;
    assert_refused(&settings, &peer, "it refused our client certificate ").await;
    desk.identity(&desk.authority.issue(&["sender.example"]));
    assert_sent(&settings, &peer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openssl_is_understood_when_it_misses_a_certificate() {
    let desk = Desk::new();
    let (certificate, key) = desk.authority.issue(&["127.0.0.1"]).write(desk.folder.path(), "receiver");
    for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
        let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
        acceptor.set_certificate_file(&certificate, SslFiletype::PEM).unwrap();
        acceptor.set_private_key_file(&key, SslFiletype::PEM).unwrap();
        acceptor.set_ca_file(desk.ca()).unwrap();
        acceptor.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
        acceptor.set_min_proto_version(Some(version)).unwrap();
        acceptor.set_max_proto_version(Some(version)).unwrap();
        let acceptor = acceptor.build();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let receiving = tokio::task::spawn_blocking(move || {
            let (socket, _) = listener.accept().unwrap();
            let mut plain = Vec::new();
            acceptor.accept(socket).map(|mut stream| stream.read_to_end(&mut plain)).is_ok()
        });
        let told = timeout(LONG, send(&desk.trusting(), &address)).await.expect("an end").unwrap_err();
        assert!(told.starts_with("it wants a client certificate, and refused us without one with the alert "), "{told}");
        assert!(!receiving.await.unwrap(), "the receiver took us without a certificate");
    }
}
