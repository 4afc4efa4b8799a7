//! Peers that vanish: their machine is gone or the way to it is, so that nothing answers any more, not even to say so.

use std::time::Duration;

use alertferry::sink::Sink as _;
use alertferry::sink::settings::Syslog;
use socket2::{SockFilter, SockRef};
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use super::{assert_delivered, assert_unknown, frames, page, sink_with};

const LONG: Duration = Duration::from_secs(30);

/// From now on the kernel drops whatever comes for this socket before TCP sees it, so nothing is acknowledged.
fn vanish(peer: &TcpStream) {
    const RETURN_A_CONSTANT: u16 = 0x06; // BPF_RET | BPF_K; the constant is how many octets are let through
    SockRef::from(peer).attach_filter(&[SockFilter::new(RETURN_A_CONSTANT, 0, 0, 0)]).expect("a filter");
}

/// A sink that soon notices, and its peer after a first page.
async fn after_a_page(listener: &TcpListener) -> (std::sync::Arc<alertferry::sink::syslog::Syslog>, TcpStream) {
    let second = Duration::from_secs(1);
    let address = listener.local_addr().unwrap().to_string();
    let sink = sink_with(&Syslog { patience: second, keepalive: second, ..Syslog::new(address) });
    let page = page("first", 5, 100);
    let receiving = async {
        let (mut peer, _) = listener.accept().await.unwrap();
        peer.read_exact(&mut vec![0; frames(&page).len()]).await.unwrap();
        peer
    };
    let (delivery, peer) = timeout(LONG, async { tokio::join!(sink.deliver(&page), receiving) }).await.expect("an end");
    assert_delivered(&delivery, &page);
    (sink, peer)
}

#[tokio::test]
async fn a_page_sent_to_a_vanished_peer_fails_and_arrives_over_a_new_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (sink, peer) = after_a_page(&listener).await;
    vanish(&peer);
    let page = page("second", 5, 100);
    let delivery = timeout(LONG, sink.deliver(&page)).await.expect("an end to the waiting");
    let failure = assert_unknown(&delivery, &page);
    let outstanding = format!("acknowledged nothing for 1 s, with {} octets outstanding", frames(&page).len());
    assert!(failure.contains(&outstanding), "{failure}");

    let receiving = async {
        let (mut peer, _) = listener.accept().await.unwrap();
        let mut all = vec![0; frames(&page).len()];
        peer.read_exact(&mut all).await.unwrap();
        (peer, all)
    };
    let (delivery, (_peer, all)) = timeout(LONG, async { tokio::join!(sink.deliver(&page), receiving) }).await.expect("an end");
    assert_delivered(&delivery, &page);
    assert!(all == frames(&page));
}

#[tokio::test]
async fn a_peer_that_vanished_between_pages_is_noticed_without_traffic() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (sink, peer) = after_a_page(&listener).await;
    vanish(&peer);
    // A probe sends nothing; it finds the connection broken once the kernel's own questions went unanswered.
    let probing = async {
        loop {
            sink.probe().await.unwrap();
            sleep(Duration::from_millis(50)).await;
        }
    };
    let again = async { listener.accept().await.unwrap() };
    timeout(LONG, async {
        tokio::select! { () = probing => {}, _ = again => {} }
    })
    .await
    .expect("a new connection");
}
