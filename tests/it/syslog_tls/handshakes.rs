//! Versions that do not meet, and peers that do not speak TLS at all.

use alertferry::sink::settings::{Tls, TlsVersion};
use openssl::ssl::{SslAcceptor, SslFiletype, SslMethod, SslVersion};
use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::peer::{LONG, Receiver};
use super::{Desk, assert_refused, assert_sent, send};

#[tokio::test]
async fn a_receiver_below_the_least_version_is_refused() {
    let desk = Desk::new();
    let pair = desk.authority.issue(&["127.0.0.1"]);
    let old = Receiver { versions: &[&TLS12], ..Receiver::new(&pair) }.listen().await;
    let new = Receiver { versions: &[&TLS13], ..Receiver::new(&pair) }.listen().await;
    assert_sent(&desk.trusting(), &old).await;
    assert_sent(&desk.trusting(), &new).await;
    let strict = Tls { min_version: TlsVersion::V1_3, ..desk.trusting() };
    assert_sent(&strict, &new).await;
    let told = assert_refused(&strict, &old, "it does not agree to TLS 1.3: ").await;
    assert!(told.ends_with("set tls.min_version = \"1.2\""), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openssl_at_an_older_version_is_refused() {
    let desk = Desk::new();
    let (certificate, key) = desk.authority.issue(&["127.0.0.1"]).write(desk.folder.path(), "receiver");
    for (version, least, words) in [
        (SslVersion::TLS1_2, TlsVersion::V1_3, "it does not agree to TLS 1.3: "),
        (SslVersion::TLS1_1, TlsVersion::V1_2, "it agrees to neither TLS 1.2 nor TLS 1.3 "),
    ] {
        let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
        acceptor.set_certificate_file(&certificate, SslFiletype::PEM).unwrap();
        acceptor.set_private_key_file(&key, SslFiletype::PEM).unwrap();
        acceptor.set_min_proto_version(Some(version)).unwrap();
        acceptor.set_max_proto_version(Some(version)).unwrap();
        acceptor.set_security_level(0);
        acceptor.set_cipher_list("ALL:@SECLEVEL=0").unwrap();
        let acceptor = acceptor.build();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let receiving = tokio::task::spawn_blocking(move || acceptor.accept(listener.accept().unwrap().0).is_ok());
        let told =
            timeout(LONG, send(&Tls { min_version: least, ..desk.trusting() }, &address)).await.expect("an end").unwrap_err();
        assert!(told.starts_with(words), "{told}");
        assert!(!receiving.await.unwrap());
    }
}

#[tokio::test]
async fn a_peer_that_answers_in_plain_text_is_told_apart() {
    let told = refused_by(async |mut peer: TcpStream| {
        peer.write_all(b"220 mail.example ESMTP\r\n").await.unwrap();
        let mut rest = Vec::new();
        let _ = peer.read_to_end(&mut rest).await;
        rest
    })
    .await;
    assert!(told.starts_with("it answered with something that is not TLS: "), "{told}");
}

#[tokio::test]
async fn a_peer_that_closes_during_the_handshake_is_told_apart() {
    let told = refused_by(async |mut peer: TcpStream| {
        let mut greeting = vec![0; 64];
        peer.read_exact(&mut greeting).await.unwrap();
        // What is unread is read, so that it closes in good order.
        while peer.try_read(&mut [0; 4096]).is_ok() {}
        greeting
    })
    .await;
    assert!(told.starts_with("it closed the connection during the TLS handshake: "), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let told = send(&Desk::new().trusting(), &address).await.unwrap_err();
    assert_eq!(told, "it did not finish the TLS handshake in time: check that this port expects TLS");
}

/// What is said of a peer that does not speak TLS. It got our greeting, and not in any words of ours.
async fn refused_by(behave: impl AsyncFnOnce(TcpStream) -> Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let peer = async { behave(listener.accept().await.unwrap().0).await };
    let desk = Desk::new();
    let settings = desk.trusting();
    let (sent, greeting) = timeout(LONG, async { tokio::join!(send(&settings, &address), peer) }).await.expect("an end");
    assert_eq!(greeting[..2], [22, 3], "no TLS handshake: {greeting:02x?}");
    sent.unwrap_err()
}
