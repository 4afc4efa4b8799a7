//! What real rsyslog receives, also when it is stopped or killed.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use alertferry::sink::Sink as _;
use syslog_loose::{Protocol, Variant, parse_message_with_year_exact};

use super::{assert_delivered, assert_unknown, expected, page, sink};
use crate::support::rsyslog::Rsyslog;
use crate::support::service::poll;

const PATIENCE: Duration = Duration::from_secs(30);
const SIZE: usize = 5_000;

#[tokio::test]
async fn every_message_arrives_once_in_order_and_byte_for_byte() {
    let rsyslog = Rsyslog::start();
    let sink = sink(&rsyslog.address(), PATIENCE);
    let (first, second) = (page("first", 1_000, SIZE), page("second", 3, 20));
    assert_delivered(&sink.deliver(&first).await, &first);
    assert_delivered(&sink.deliver(&second).await, &second);

    let sent = [expected(&first), expected(&second)].concat();
    rsyslog.wait_for(&sent);
    let received = rsyslog.messages();
    assert_eq!(received.len(), sent.len());
    for (received, sent) in received.iter().zip(&sent) {
        assert_eq!(String::from_utf8_lossy(received), String::from_utf8_lossy(sent));
    }
    let text = String::from_utf8(received[0].clone()).unwrap();
    let read = parse_message_with_year_exact(&text, |_| 2026, Variant::RFC5424).unwrap();
    assert_eq!(read.protocol, Protocol::RFC5424(1));
    assert_eq!(read.structured_data[0].params().nth(2).unwrap().1, "first-0");
}

#[tokio::test]
async fn a_restart_between_pages_loses_and_repeats_nothing() {
    let mut rsyslog = Rsyslog::start();
    let sink = sink(&rsyslog.address(), PATIENCE);
    let (before, after) = (page("before", 100, SIZE), page("after", 100, SIZE));
    assert_delivered(&sink.deliver(&before).await, &before);
    rsyslog.wait_for(&expected(&before));

    rsyslog.stop();
    let lost = assert_unknown(&sink.deliver(&after).await, &after);
    assert!(lost.contains(&rsyslog.address()) && lost.contains("Connection refused"), "{lost}");
    rsyslog.start_again();
    assert_delivered(&sink.deliver(&after).await, &after);

    let sent = [expected(&before), expected(&after)].concat();
    rsyslog.wait_for(&expected(&after));
    assert!(rsyslog.messages() == sent, "{} messages were received, {} sent", rsyslog.messages().len(), sent.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_polite_stop_in_mid_page_loses_nothing_and_repeats_at_most_that_page() {
    end_in_mid_page(Rsyslog::stop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_in_mid_page_loses_nothing_and_repeats_at_most_that_page() {
    end_in_mid_page(|rsyslog| rsyslog.service.kill()).await;
}

/// Ends rsyslog while a page is on its way that no receive buffer can swallow whole, starts it again and offers the page again.
async fn end_in_mid_page(end: impl FnOnce(&mut Rsyslog)) {
    let mut rsyslog = Rsyslog::start();
    let sink = sink(&rsyslog.address(), PATIENCE);
    let early = page("early", 100, SIZE);
    assert_delivered(&sink.deliver(&early).await, &early);
    rsyslog.wait_for(&expected(&early));

    // Frozen as soon as the first messages are out. More than the kernel may hold for rsyslog must still be on its way.
    let buffer = largest_receive_buffer();
    let count = 2 * buffer / SIZE + 1_000;
    let cut = Arc::new(page("cut", count, SIZE));
    let before = rsyslog.written();
    let delivery = tokio::spawn({
        let (sink, cut) = (sink.clone(), cut.clone());
        async move { sink.deliver(&cut).await }
    });
    assert!(poll(PATIENCE, || rsyslog.written() > before), "nothing of the page was written: {}", rsyslog.service.log());
    rsyslog.service.signal("STOP");
    let consumed = usize::try_from(rsyslog.written() - before).expect("a small number");
    assert!(consumed + buffer < count * SIZE, "rsyslog had read too much ({consumed}) before it was frozen");
    end(&mut rsyslog);

    let lost = assert_unknown(&delivery.await.expect("the delivery ends"), &cut);
    assert!(lost.contains(&rsyslog.address()), "{lost}");
    rsyslog.start_again();
    let late = page("late", 100, SIZE);
    assert_delivered(&sink.deliver(&cut).await, &cut);
    assert_delivered(&sink.deliver(&late).await, &late);
    let resent = [expected(&cut), expected(&late)].concat();
    rsyslog.wait_for(&resent);

    let received = rsyslog.messages();
    let early = expected(&early);
    let whole: BTreeSet<&Vec<u8>> = early.iter().chain(&resent).collect();
    assert!(received.iter().collect::<BTreeSet<_>>() == whole, "something was lost, cut or invented");
    let repeated = received.len() - whole.len();
    assert!(repeated > 0, "rsyslog was not ended in mid-page");
    assert!(repeated <= cut.len(), "{repeated} messages arrived again, the page has {}", cut.len());
}

/// The most that the kernel lets a TCP receive buffer grow to.
fn largest_receive_buffer() -> usize {
    let limits = fs::read_to_string("/proc/sys/net/ipv4/tcp_rmem").expect("the kernel's limits");
    limits.split_whitespace().last().and_then(|largest| largest.parse().ok()).expect("a number")
}
