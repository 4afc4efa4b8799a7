//! Sessions that never open, and the one sentence that says why.

use alertferry::sink::Sink as _;
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::peer::{Peer, Talk};
use super::{LONG, assert_delivered_only, both, page, sink};

async fn refused(behaves: impl AsyncFnOnce(&mut Talk)) -> String {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, LONG);
    let page = page("unopened", 3, 100);
    let (delivery, _talk) = both(&sink, &page, async {
        let mut talk = peer.accept().await;
        talk.hear().await.expect("a greeting");
        behaves(&mut talk).await;
        talk
    })
    .await;
    let failure = assert_delivered_only(&delivery, 0, &page);
    let prefix = format!("syslog sink soc: cannot connect to {0}: ", peer.address);
    failure.strip_prefix(&prefix).unwrap_or_else(|| panic!("{failure}")).to_owned()
}

#[tokio::test]
async fn a_receiver_that_refuses_is_quoted() {
    let told = refused(async |talk: &mut Talk| talk.say(1, "rsp", "500 not today").await).await;
    assert_eq!(told, "it refused the session with 500 not today: look into the receiver's configuration and log");
}

#[tokio::test]
async fn a_receiver_without_syslog_is_told_apart() {
    let told = refused(async |talk: &mut Talk| talk.say(1, "rsp", "200 OK\nrelp_version=0\ncommands=eventlog").await).await;
    assert_eq!(told, "it takes no syslog messages: look into the receiver's configuration and log");
}

#[tokio::test]
async fn another_service_is_told_apart() {
    let told = refused(async |talk: &mut Talk| talk.raw(b"HTTP/1.1 400 Bad Request\r\n\r\n").await).await;
    assert!(told.starts_with("it does not speak RELP as we know it (it sent a frame without a transaction number): "), "{told}");
}

#[tokio::test]
async fn a_service_that_closes_is_told_apart() {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, LONG);
    let (probed, ()) = tokio::join!(sink.probe(), async {
        peer.accept().await.hear().await;
    });
    let told = probed.unwrap_err().message;
    assert!(told.contains(": it closed the connection instead of opening a RELP session: "), "{told}");
}

#[tokio::test]
async fn a_service_that_says_nothing_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let sink = sink(&listener.local_addr().unwrap().to_string(), LONG);
    let told = timeout(LONG, sink.probe()).await.expect("an end").unwrap_err().message;
    assert!(told.contains(": it did not answer that it speaks RELP in time: "), "{told}");
}
