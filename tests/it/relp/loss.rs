//! A receiver that is lost in mid-page: what it answered for stays delivered, and only the rest is sent again.

use std::time::Duration;

use tokio::time::Instant;

use alertferry::sink::Sink as _;

use super::peer::{Peer, Talk};
use super::{LONG, SHORT, assert_delivered, assert_delivered_only, both, expected, numbered, page, sink};

/// The receiver answers for the first 40 of 300 messages, hears as many more as the window has room for, and then `goes`: that
/// the last of them came shows that we have its answers.
async fn lost_by(goes: impl AsyncFnOnce(Talk), words: &str) {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, LONG);
    let whole = page("half", 300, 100);
    let (delivery, ()) = both(&sink, &whole, async {
        let mut talk = peer.session().await;
        talk.take(40).await;
        for _ in 0..128 {
            talk.message().await;
        }
        goes(talk).await;
    })
    .await;
    let failure = assert_delivered_only(&delivery, 40, &whole);
    assert!(failure.starts_with(&format!("syslog sink soc: {} ", peer.address)) && failure.contains(words), "{failure}");
    assert!(
        failure.ends_with("; 260 of the 300 messages of the page it was being sent are not known to have arrived"),
        "{failure}"
    );

    let rest = numbered("half", 40..300, 100);
    let (delivery, taken) = both(&sink, &rest, async { peer.session().await.take(260).await }).await;
    assert_delivered(&delivery, &rest);
    assert_eq!(taken, expected(&whole)[40..]);
}

#[tokio::test]
async fn by_closing() {
    lost_by(async |talk| drop(talk), " closed the connection").await;
}

#[tokio::test]
async fn by_a_reset() {
    lost_by(async |talk: Talk| talk.reset(), " broke the connection: ").await;
}

#[tokio::test]
async fn by_saying_that_it_goes() {
    lost_by(async |mut talk: Talk| talk.say(0, "serverclose", "").await, "said that it is going away").await;
}

#[tokio::test]
async fn a_receiver_that_never_answers_fails_the_page_after_the_set_time() {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, SHORT);
    let page = page("silent", 10, 100);
    let began = Instant::now();
    let (delivery, _talk) = both(&sink, &page, async {
        let mut talk = peer.session().await;
        talk.take(3).await;
        for _ in 0..7 {
            talk.message().await;
        }
        talk
    })
    .await;
    let failure = assert_delivered_only(&delivery, 3, &page);
    assert!(failure.contains("has answered nothing for 0.7 s, with 7 messages unanswered"), "{failure}");
    assert!(began.elapsed() >= SHORT, "given up after {:?}", began.elapsed());
}

#[tokio::test]
async fn the_time_between_pages_is_not_held_against_the_receiver() {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, SHORT);
    let (first, second) = (page("first", 1, 100), page("second", 1, 100));
    let (delivery, mut talk) = both(&sink, &first, async {
        let mut talk = peer.session().await;
        talk.take(1).await;
        talk
    })
    .await;
    assert_delivered(&delivery, &first);
    tokio::time::sleep(SHORT + Duration::from_millis(100)).await;
    let (delivery, ()) = both(&sink, &second, async {
        let (txnr, _) = talk.message().await;
        tokio::time::sleep(SHORT / 4).await;
        talk.ok(txnr).await;
    })
    .await;
    assert_delivered(&delivery, &second);
}

#[tokio::test]
async fn a_receiver_that_is_not_there_fails_the_page_at_once() {
    let peer = Peer::listen().await;
    let address = peer.address.clone();
    drop(peer);
    let sink = sink(&address, LONG);
    let page = page("refused", 3, 100);
    let failure = assert_delivered_only(&sink.deliver(&page).await, 0, &page);
    assert!(failure.starts_with("syslog sink soc: cannot connect to ") && failure.contains("Connection refused"), "{failure}");
}
