//! Peers that do what receivers and networks do on bad days.

use std::net::SocketAddr;
use std::time::Duration;

use alertferry::sink::Sink as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{Instant, sleep, timeout};

use super::{assert_delivered, assert_unknown, frames, page, sink};

/// Far more than any of these tests waits for when all is well.
const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(700);

/// A listener whose connections have room for little that nobody reads.
fn narrow() -> (TcpListener, String) {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
    let listener = socket.listen(64).expect("a listener");
    let address = listener.local_addr().expect("its address").to_string();
    (listener, address)
}

/// A delivery and what its peer does meanwhile.
async fn both<A, B>(delivery: impl Future<Output = A>, peer: impl Future<Output = B>) -> (A, B) {
    timeout(LONG, async { tokio::join!(delivery, peer) }).await.expect("an end to the delivery and to the peer")
}

async fn read(peer: &mut TcpStream, octets: usize) -> Vec<u8> {
    let mut read = vec![0; octets];
    timeout(LONG, peer.read_exact(&mut read)).await.expect("the octets come in time").expect("the octets come");
    read
}

#[tokio::test]
async fn a_peer_that_never_reads_fails_the_page_after_the_set_time() {
    let (listener, address) = narrow();
    let sink = sink(&address, SHORT);
    // Small enough for our own send buffer: the write itself succeeds, so only the acknowledgement is missing.
    let page = page("unread", 50, 5_000);
    let began = Instant::now();
    let delivery = timeout(LONG, sink.deliver(&page)).await.expect("an end to the waiting");
    let failure = assert_unknown(&delivery, &page);
    assert!(failure.contains(&address) && failure.contains("acknowledged nothing for 0.7 s"), "{failure}");
    assert!(began.elapsed() >= SHORT, "given up after {:?}", began.elapsed());
    drop(listener);
}

#[tokio::test]
async fn a_page_larger_than_every_buffer_fails_the_same_way() {
    let (_listener, address) = narrow();
    let sink = sink(&address, SHORT);
    let page = page("unread", 4_000, 5_000);
    let delivery = timeout(LONG, sink.deliver(&page)).await.expect("an end to the waiting");
    let failure = assert_unknown(&delivery, &page);
    assert!(failure.contains("acknowledged nothing for 0.7 s"), "{failure}");
}

#[tokio::test]
async fn a_peer_that_reads_slowly_is_waited_for() {
    let (listener, address) = narrow();
    let sink = sink(&address, SHORT);
    let page = page("slow", 50, 5_000);
    let frames = frames(&page);
    let reading = async {
        let (mut peer, _) = listener.accept().await.unwrap();
        let mut all = Vec::new();
        for piece in frames.chunks(frames.len() / 8 + 1) {
            sleep(SHORT / 4).await;
            all.extend(read(&mut peer, piece.len()).await);
        }
        (all, peer)
    };
    let began = Instant::now();
    let (delivery, (all, _peer)) = both(sink.deliver(&page), reading).await;
    assert_delivered(&delivery, &page);
    assert!(all == frames);
    assert!(began.elapsed() > SHORT, "the peer was not slow");
}

#[tokio::test]
async fn after_a_reset_in_mid_page_the_whole_page_goes_over_a_new_connection() {
    let (listener, address) = narrow();
    let sink = sink(&address, LONG);
    let page = page("half", 100, 5_000);
    let frames = frames(&page);
    let resetting = async {
        let (mut peer, _) = listener.accept().await.unwrap();
        read(&mut peer, frames.len() / 2).await;
        peer.set_zero_linger().unwrap();
    };
    let (delivery, ()) = both(sink.deliver(&page), resetting).await;
    let failure = assert_unknown(&delivery, &page);
    assert!(failure.contains(&address) && failure.contains("broke the connection"), "{failure}");

    let receiving = async {
        let (mut peer, _) = listener.accept().await.unwrap();
        (read(&mut peer, frames.len()).await, peer)
    };
    let (delivery, (all, _peer)) = both(sink.deliver(&page), receiving).await;
    assert_delivered(&delivery, &page);
    assert!(all == frames);
}

#[tokio::test]
async fn a_polite_close_between_pages_is_noticed_before_the_next_write() {
    let (listener, address) = narrow();
    let sink = sink(&address, LONG);
    for name in ["first", "second", "third"] {
        let page = page(name, 10, 500);
        let frames = frames(&page);
        // The peer reads one page, and closes once that counts as delivered.
        let receiving = async {
            let (mut peer, _) = timeout(LONG, listener.accept()).await.expect("a new connection").unwrap();
            (read(&mut peer, frames.len()).await, peer)
        };
        let (delivery, (all, peer)) = both(sink.deliver(&page), receiving).await;
        assert_delivered(&delivery, &page);
        assert!(all == frames);
        drop(peer);
    }
}

#[tokio::test]
async fn a_peer_that_closes_before_it_has_acknowledged_the_page_has_not_taken_it() {
    let (listener, address) = narrow();
    let sink = sink(&address, LONG);
    let page = page("closing", 50, 5_000);
    let frames = frames(&page);
    let closing = async {
        let (mut peer, _) = listener.accept().await.unwrap();
        read(&mut peer, frames.len() / 2).await;
        peer.shutdown().await.unwrap();
        // It reads on, so that everything is acknowledged in the end.
        let mut rest = Vec::new();
        let _ = peer.read_to_end(&mut rest).await;
    };
    let (delivery, ()) = both(sink.deliver(&page), closing).await;
    let failure = assert_unknown(&delivery, &page);
    assert!(failure.contains("closed the connection"), "{failure}");
}

#[tokio::test]
async fn a_refused_connection_fails_at_once_and_names_the_address() {
    let (listener, address) = narrow();
    drop(listener);
    let sink = sink(&address, LONG);
    let page = page("refused", 3, 100);
    let delivery = timeout(Duration::from_secs(5), sink.deliver(&page)).await.expect("a quick answer");
    let failure = assert_unknown(&delivery, &page);
    assert!(failure.starts_with("syslog sink soc: cannot connect to ") && failure.contains(&address), "{failure}");
    assert!(failure.contains("Connection refused"), "{failure}");
    assert_eq!(sink.probe().await.unwrap_err().message, failure);
}

#[tokio::test]
async fn a_probe_connects_and_sends_nothing_and_all_pages_use_its_connection() {
    let (listener, address) = narrow();
    let sink = sink(&address, LONG);
    sink.probe().await.unwrap();
    let (mut peer, _) = listener.accept().await.unwrap();
    for name in ["first", "second"] {
        let page = page(name, 3, 100);
        let (delivery, all) = both(sink.deliver(&page), read(&mut peer, frames(&page).len())).await;
        assert_delivered(&delivery, &page);
        assert!(all == frames(&page));
    }
}

#[tokio::test]
async fn those_who_wait_behind_a_stuck_page_fail_with_it_and_who_comes_later_tries_anew() {
    let (listener, address) = narrow();
    let sink = sink(&address, SHORT);
    let page = page("stuck", 50, 5_000);
    let crowd = futures_util::future::join_all((0..50).map(|_| sink.deliver(&page)));
    let began = Instant::now();
    for delivery in timeout(LONG, crowd).await.expect("all are answered") {
        assert_unknown(&delivery, &page);
    }
    assert!(began.elapsed() < 30 * SHORT, "fifty pages were tried in turn: {:?}", began.elapsed());
    let _stuck = listener.accept().await.unwrap();

    let receiving = async {
        let (mut peer, _) = listener.accept().await.unwrap();
        (read(&mut peer, frames(&page).len()).await, peer)
    };
    let (delivery, (all, _peer)) = both(sink.deliver(&page), receiving).await;
    assert_delivered(&delivery, &page);
    assert!(all == frames(&page));
}

#[tokio::test]
async fn a_page_abandoned_half_way_is_reset_and_the_next_starts_on_a_new_connection() {
    let (listener, address) = narrow();
    let sink = sink(&address, LONG);
    let (abandoned, next) = (page("abandoned", 50, 5_000), page("next", 5, 100));
    assert!(timeout(SHORT, sink.deliver(&abandoned)).await.is_err(), "the peer reads nothing");
    let (mut first, _) = listener.accept().await.unwrap();
    let mut rest = Vec::new();
    let ended = timeout(LONG, first.read_to_end(&mut rest)).await.expect("the old connection ends");
    assert!(ended.is_err(), "half a page looked like the end of an orderly stream");

    let receiving = async {
        let (mut peer, _) = listener.accept().await.unwrap();
        (read(&mut peer, frames(&next).len()).await, peer)
    };
    let (delivery, (all, _peer)) = both(sink.deliver(&next), receiving).await;
    assert_delivered(&delivery, &next);
    assert!(all == frames(&next));
}

#[tokio::test]
async fn a_peer_that_talks_back_is_read_and_does_not_hold_up_the_page() {
    let (listener, address) = narrow();
    let sink = sink(&address, LONG);
    let page = page("echo", 4_000, 5_000);
    let length = frames(&page).len();
    let echoing = async {
        let (mut peer, _) = listener.accept().await.unwrap();
        let mut buffer = vec![0; 65_536];
        let mut echoed = 0;
        while echoed < length {
            let octets = peer.read(&mut buffer).await.unwrap();
            peer.write_all(&buffer[..octets]).await.unwrap();
            echoed += octets;
        }
        peer
    };
    let (delivery, _peer) = both(sink.deliver(&page), echoing).await;
    assert_delivered(&delivery, &page);
}

#[tokio::test]
async fn closing_ends_the_stream_in_good_order() {
    let (listener, address) = narrow();
    let sink = sink(&address, LONG);
    let page = page("last", 3, 100);
    let receiving = async {
        let (mut peer, _) = listener.accept().await.unwrap();
        (read(&mut peer, frames(&page).len()).await, peer)
    };
    let (delivery, (_, mut peer)) = both(sink.deliver(&page), receiving).await;
    assert_delivered(&delivery, &page);
    sink.close(Instant::now() + LONG).await.unwrap();
    assert_eq!(peer.read(&mut [0; 16]).await.unwrap(), 0);
}

#[tokio::test]
async fn closing_does_not_wait_for_a_stuck_page_beyond_its_deadline() {
    let (_listener, address) = narrow();
    let sink = sink(&address, LONG);
    let page = page("stuck", 50, 5_000);
    let closing = async {
        tokio::task::yield_now().await;
        sink.close(Instant::now() + SHORT).await.unwrap_err()
    };
    tokio::select! {
        delivery = sink.deliver(&page) => panic!("delivered to a peer that reads nothing: {delivery:?}"),
        failure = closing => assert!(failure.message.contains("still under way"), "{failure}"),
    }
}
