//! Pages over TLS to peers that do what receivers do on good days and bad ones.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use alertferry::sink::settings::{Syslog, Tls, TlsVersion, Transport};
use alertferry::sink::{Batch, Sink as _};
use rustls::crypto::aws_lc_rs;
use rustls::{ServerConfig, SupportedProtocolVersion};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::{assert_delivered, assert_unknown, frames, page, sink_with};
use crate::support::authority::Authority;

const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(700);
const VERSIONS: [&SupportedProtocolVersion; 2] = [&rustls::version::TLS13, &rustls::version::TLS12];

/// A receiver whose connections have room for little that nobody reads, and what is set to reach it.
struct Receiver {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    settings: Syslog,
    _folder: TempDir,
}

impl Receiver {
    fn new(version: &'static SupportedProtocolVersion, patience: Duration) -> Self {
        let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new("Contoso Root"));
        let pair = authority.issue(&["127.0.0.1"]);
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(pair.chain(), pair.key())
            .unwrap();
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let listener = socket.listen(16).unwrap();
        let ca = Some(authority.write(folder.path(), "ca.pem"));
        let tls = Tls { ca, server_name: None, identity: None, min_version: TlsVersion::V1_2 };
        let address = listener.local_addr().unwrap().to_string();
        let settings = Syslog { transport: Transport::Tls(tls), patience, ..Syslog::new(address) };
        Self { listener, acceptor: TlsAcceptor::from(Arc::new(config)), settings, _folder: folder }
    }

    async fn accept(&self) -> TlsStream<TcpStream> {
        let (socket, _) = self.listener.accept().await.unwrap();
        self.acceptor.accept(socket).await.unwrap()
    }
}

async fn receive(peer: &mut TlsStream<TcpStream>, page: &Batch) {
    let mut all = vec![0; frames(page).len()];
    peer.read_exact(&mut all).await.unwrap();
    assert!(all == frames(page));
}

async fn both<A, B>(delivery: impl Future<Output = A>, peer: impl Future<Output = B>) -> (A, B) {
    timeout(LONG, async { tokio::join!(delivery, peer) }).await.expect("an end to the delivery and to the peer")
}

#[tokio::test]
async fn pages_arrive_over_one_connection_that_ends_with_a_goodbye() {
    for version in VERSIONS {
        let receiver = Receiver::new(version, LONG);
        let sink = sink_with(&receiver.settings);
        let pages = [page("large", 500, 5_000), page("small", 2, 20)];
        let receiving = async {
            let mut peer = receiver.accept().await;
            for page in &pages {
                receive(&mut peer, page).await;
            }
            peer
        };
        let sending = async {
            sink.probe().await.unwrap();
            for page in &pages {
                assert_delivered(&sink.deliver(page).await, page);
            }
        };
        let ((), mut peer) = both(sending, receiving).await;
        sink.close(Instant::now() + LONG).await.unwrap();
        // An end without close_notify would be an error.
        assert_eq!(peer.read(&mut [0; 16]).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_receiver_that_never_reads_fails_the_page_after_the_set_time() {
    for (count, version) in [(50, VERSIONS[0]), (2_000, VERSIONS[1])] {
        let receiver = Receiver::new(version, SHORT);
        let sink = sink_with(&receiver.settings);
        let page = page("unread", count, 5_000);
        let began = Instant::now();
        let (delivery, _peer) = both(sink.deliver(&page), receiver.accept()).await;
        let failure = assert_unknown(&delivery, &page);
        assert!(failure.contains("acknowledged nothing for 0.7 s"), "{failure}");
        assert!(began.elapsed() >= SHORT, "given up after {:?}", began.elapsed());
    }
}

#[tokio::test]
async fn a_receiver_that_reads_slowly_is_waited_for() {
    let receiver = Receiver::new(VERSIONS[0], SHORT);
    let sink = sink_with(&receiver.settings);
    let page = page("slow", 50, 5_000);
    let length = frames(&page).len();
    let reading = async {
        let mut peer = receiver.accept().await;
        let mut all = vec![0; length];
        for piece in all.chunks_mut(length / 8 + 1) {
            sleep(SHORT / 4).await;
            peer.read_exact(piece).await.unwrap();
        }
        (peer, all)
    };
    let began = Instant::now();
    let (delivery, (_peer, all)) = both(sink.deliver(&page), reading).await;
    assert_delivered(&delivery, &page);
    assert!(all == frames(&page));
    assert!(began.elapsed() > SHORT, "the receiver was not slow");
}

#[tokio::test]
async fn a_goodbye_between_pages_is_noticed_before_the_next_write() {
    for version in VERSIONS {
        let receiver = Receiver::new(version, LONG);
        let sink = sink_with(&receiver.settings);
        let mut open = Vec::new();
        for name in ["first", "second", "third"] {
            let page = page(name, 10, 500);
            let receiving = async {
                let mut peer = receiver.accept().await;
                receive(&mut peer, &page).await;
                peer
            };
            let (delivery, mut peer) = both(sink.deliver(&page), receiving).await;
            assert_delivered(&delivery, &page);
            // Only TLS says goodbye here: the connection below stays open.
            peer.get_mut().1.send_close_notify();
            peer.flush().await.unwrap();
            open.push(peer);
        }
    }
}

#[tokio::test]
async fn after_a_reset_in_mid_page_the_whole_page_goes_over_a_new_connection() {
    let receiver = Receiver::new(VERSIONS[0], LONG);
    let sink = sink_with(&receiver.settings);
    let page = page("half", 100, 5_000);
    let resetting = async {
        let mut peer = receiver.accept().await;
        peer.read_exact(&mut vec![0; frames(&page).len() / 2]).await.unwrap();
        peer.get_ref().0.set_zero_linger().unwrap();
    };
    let (delivery, ()) = both(sink.deliver(&page), resetting).await;
    let failure = assert_unknown(&delivery, &page);
    assert!(failure.contains("broke the connection"), "{failure}");

    let receiving = async {
        let mut peer = receiver.accept().await;
        receive(&mut peer, &page).await;
        peer
    };
    let (delivery, _peer) = both(sink.deliver(&page), receiving).await;
    assert_delivered(&delivery, &page);
}

#[tokio::test]
async fn a_receiver_that_talks_back_is_read_and_does_not_hold_up_the_page() {
    let receiver = Receiver::new(VERSIONS[0], LONG);
    let sink = sink_with(&receiver.settings);
    let page = page("echo", 500, 5_000);
    let length = frames(&page).len();
    let echoing = async {
        let mut peer = receiver.accept().await;
        let mut buffer = vec![0; 65_536];
        let mut echoed = 0;
        while echoed < length {
            let octets = peer.read(&mut buffer).await.unwrap();
            peer.write_all(&buffer[..octets]).await.unwrap();
            peer.flush().await.unwrap();
            echoed += octets;
        }
        peer
    };
    let (delivery, _peer) = both(sink.deliver(&page), echoing).await;
    assert_delivered(&delivery, &page);
}
