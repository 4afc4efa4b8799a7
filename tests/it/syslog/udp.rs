//! UDP: one message a datagram, and what can be known of a receiver that is not there.

use std::time::Duration;

use alertferry::format::Encoder;
use alertferry::sink::settings::{Syslog, Transport};
use alertferry::sink::{Sink as _, Verdict};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use super::{assert_delivered, assert_unknown, expected, page, page_of, sink_with};

const LONG: Duration = Duration::from_secs(20);

fn settings(addresses: &[&str]) -> Syslog {
    let addresses = addresses.iter().map(ToString::to_string).collect();
    Syslog { addresses, transport: Transport::Udp, max_bytes: 100_000, ..Syslog::new("") }
}

async fn receiver() -> (UdpSocket, String) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap().to_string();
    (socket, address)
}

async fn nobody() -> String {
    receiver().await.1
}

async fn datagrams(socket: &UdpSocket, count: usize) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for _ in 0..count {
        let mut datagram = vec![0; 65_536];
        let octets = timeout(LONG, socket.recv(&mut datagram)).await.expect("a datagram in time").unwrap();
        all.push(datagram[..octets].to_vec());
    }
    all
}

#[tokio::test]
async fn each_message_is_one_datagram_and_nothing_else_is() {
    let (socket, address) = receiver().await;
    let sink = sink_with(&settings(&[&address]));
    sink.probe().await.unwrap();
    for name in ["first", "second"] {
        let page = page(name, 20, 900);
        assert_delivered(&sink.deliver(&page).await, &page);
        assert_eq!(datagrams(&socket, 20).await, expected(&page));
    }
    assert!(socket.try_recv(&mut [0]).is_err(), "something else was sent");
}

#[tokio::test]
async fn a_receiver_that_is_not_there_fails_the_page_until_it_is() {
    let address = nobody().await;
    let sink = sink_with(&settings(&[&address]));
    sink.probe().await.unwrap();
    let page = page("refused", 20, 900);
    for _ in 0..2 {
        let failure = assert_unknown(&sink.deliver(&page).await, &page);
        assert!(failure.starts_with(&format!("syslog sink soc: {address} (")), "{failure}");
        assert!(failure.contains("did not take a datagram: Connection refused"), "{failure}");
        assert_eq!(sink.probe().await.unwrap_err().message, failure, "nothing has shown that it is there since");
    }
    let socket = UdpSocket::bind(&address).await.unwrap();
    assert_delivered(&sink.deliver(&page).await, &page);
    assert_eq!(datagrams(&socket, 20).await, expected(&page));
    sink.probe().await.unwrap();
}

/// The refusal can only come after all has been sent.
#[tokio::test]
async fn a_single_message_that_nobody_takes_is_noticed_too() {
    let sink = sink_with(&settings(&[&nobody().await]));
    let page = page("alone", 1, 20);
    assert_unknown(&sink.deliver(&page).await, &page);
}

#[tokio::test]
async fn the_next_receiver_takes_over_and_keeps_the_work_until_it_goes() {
    let ((first, first_address), (second, second_address)) = (receiver().await, receiver().await);
    let sink = sink_with(&settings(&[&first_address, &second_address]));
    let pages: Vec<_> = ["one", "two", "three", "four"].iter().map(|name| page(name, 5, 100)).collect();
    assert_delivered(&sink.deliver(&pages[0]).await, &pages[0]);
    assert_eq!(datagrams(&first, 5).await, expected(&pages[0]));

    drop(first);
    let failure = assert_unknown(&sink.deliver(&pages[1]).await, &pages[1]);
    assert!(failure.contains(&first_address), "{failure}");
    sink.probe().await.unwrap();
    let first = UdpSocket::bind(&first_address).await.unwrap();
    for page in &pages[1..3] {
        assert_delivered(&sink.deliver(page).await, page);
        assert_eq!(datagrams(&second, 5).await, expected(page));
    }

    drop(second);
    assert_unknown(&sink.deliver(&pages[3]).await, &pages[3]);
    assert_delivered(&sink.deliver(&pages[3]).await, &pages[3]);
    assert_eq!(datagrams(&first, 5).await, expected(&pages[3]));
}

#[tokio::test]
async fn what_no_datagram_can_carry_is_refused_and_does_not_hold_up_the_others() {
    let (socket, address) = receiver().await;
    let sink = sink_with(&settings(&[&address]));
    let mut page = page("small", 2, 100);
    let long = page_of(Encoder::Raw, "long", 1, 66_000);
    let (about, payload) = long.messages().next().map(|message| (message.about.clone(), message.payload)).unwrap();
    page.push(about, |out| {
        out.extend_from_slice(payload);
        Ok::<(), std::convert::Infallible>(())
    })
    .unwrap();

    let delivery = sink.deliver(&page).await;
    assert!(delivery.failure.is_none(), "{delivery:?}");
    assert_eq!(delivery.verdicts[..2], [Verdict::Delivered, Verdict::Delivered]);
    let octets = expected(&page)[2].len();
    let reason = format!("its syslog message has {octets} octets, more than the 65507 that this sink sends");
    assert_eq!(delivery.verdicts[2], Verdict::Refused(reason));
    assert_eq!(datagrams(&socket, 2).await, expected(&page)[..2]);
    assert!(socket.try_recv(&mut [0]).is_err(), "a part of the long message was sent");
}
