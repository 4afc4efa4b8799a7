//! Several receivers: which is used, and what is said when none can be.

use std::net::SocketAddr;
use std::time::Duration;

use alertferry::sink::settings::Syslog;
use alertferry::sink::{Batch, Sink as _};
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;

use super::{assert_delivered, assert_unknown, frames, page, sink_with};

const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(700);

fn settings(addresses: &[SocketAddr]) -> Syslog {
    Syslog { addresses: addresses.iter().map(ToString::to_string).collect(), patience: SHORT, ..Syslog::new("") }
}

/// Its connections have room for little that nobody reads. A port can be listened on again after it was let go.
fn listen(address: SocketAddr) -> (TcpListener, SocketAddr) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.bind(address).unwrap();
    let listener = socket.listen(16).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn anywhere() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// The page arrives at the listener, over a new connection, which is returned.
async fn arrives(sink: &impl alertferry::sink::Sink, page: &Batch, listener: &TcpListener) -> TcpStream {
    let receiving = async {
        let (mut peer, _) = listener.accept().await.unwrap();
        receive(&mut peer, page).await;
        peer
    };
    let (delivery, peer) = timeout(LONG, async { tokio::join!(sink.deliver(page), receiving) }).await.expect("an end");
    assert_delivered(&delivery, page);
    peer
}

async fn receive(peer: &mut TcpStream, page: &Batch) {
    let mut all = vec![0; frames(page).len()];
    peer.read_exact(&mut all).await.unwrap();
    assert!(all == frames(page));
}

#[tokio::test]
async fn the_next_receiver_is_used_until_it_breaks_and_then_the_first_again() {
    let ((first, first_address), (second, second_address)) = (listen(anywhere()), listen(anywhere()));
    drop(first);
    let sink = sink_with(&settings(&[first_address, second_address]));
    let pages: Vec<_> = ["one", "two", "three"].iter().map(|name| page(name, 5, 100)).collect();
    let mut peer = arrives(&*sink, &pages[0], &second).await;

    // The first is back, but the second works.
    let (first, _) = listen(first_address);
    let (delivery, ()) = tokio::join!(sink.deliver(&pages[1]), receive(&mut peer, &pages[1]));
    assert_delivered(&delivery, &pages[1]);

    drop(peer);
    arrives(&*sink, &pages[2], &first).await;
}

#[tokio::test]
async fn when_none_can_be_reached_each_is_named_with_what_it_said() {
    let addresses = [listen(anywhere()).1, listen(anywhere()).1];
    let names =
        Syslog { addresses: addresses.iter().map(ToString::to_string).chain(["no-port".to_owned()]).collect(), ..settings(&[]) };
    let sink = sink_with(&names);
    let page = page("lost", 2, 100);
    let failure = assert_unknown(&sink.deliver(&page).await, &page);
    for address in addresses {
        assert!(failure.contains(&format!("{address}: {address}: Connection refused")), "{failure}");
    }
    assert!(failure.contains("; no-port: the name cannot be resolved"), "{failure}");
    assert!(failure.starts_with(&format!("syslog sink soc: cannot connect to {}", addresses[0])), "{failure}");
}

#[tokio::test]
async fn a_receiver_that_accepts_but_reads_nothing_does_not_keep_the_next_from_being_tried() {
    let ((stuck, stuck_address), (good, good_address)) = (listen(anywhere()), listen(anywhere()));
    let sink = sink_with(&settings(&[stuck_address, good_address]));
    let pages = [page("one", 50, 5_000), page("two", 5, 100)];
    let delivery = timeout(LONG, sink.deliver(&pages[0])).await.expect("an end to the waiting");
    let failure = assert_unknown(&delivery, &pages[0]);
    assert!(failure.contains(&format!("{stuck_address} ({stuck_address}) has acknowledged nothing for 0.7 s")), "{failure}");
    let peer = arrives(&*sink, &pages[0], &good).await;

    // A page got through: the list begins at its head again.
    drop(peer);
    let _stuck = stuck.accept().await.unwrap();
    arrives(&*sink, &pages[1], &stuck).await;
}

#[tokio::test]
async fn a_silent_receiver_leaves_time_for_the_next() {
    // A full accept queue drops further SYNs: the nearest thing to a black hole on loopback.
    let silent = TcpSocket::new_v4().unwrap();
    silent.bind(anywhere()).unwrap();
    let silent = silent.listen(0).unwrap();
    let black_hole = silent.local_addr().unwrap();
    let _fills_the_queue = TcpStream::connect(black_hole).await.unwrap();

    let (good, good_address) = listen(anywhere());
    let sink = sink_with(&settings(&[black_hole, good_address]));
    arrives(&*sink, &page("late", 5, 100), &good).await;
}
