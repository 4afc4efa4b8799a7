//! Receivers that answer what nobody asked, or do not speak RELP after all.

use super::peer::{Peer, Talk};
use super::{LONG, assert_delivered_only, both, page, sink};

/// The receiver answers for 5 of 20 messages as it should, and then `says` something.
async fn told(says: impl AsyncFnOnce(&mut Talk), words: &str) {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, LONG);
    let page = page("odd", 20, 100);
    let (delivery, _talk) = both(&sink, &page, async {
        let mut talk = peer.session().await;
        talk.take(5).await;
        says(&mut talk).await;
        talk
    })
    .await;
    let failure = assert_delivered_only(&delivery, 5, &page);
    assert!(failure.contains(&format!(" does not speak RELP as we know it: it sent {words}; 15 of the 20 ")), "{failure}");
}

#[tokio::test]
async fn an_answer_for_a_number_that_was_never_sent() {
    told(async |talk: &mut Talk| talk.ok(4711).await, "an answer for transaction 4711, which nothing waits for").await;
}

#[tokio::test]
async fn a_second_answer_for_one_message() {
    told(async |talk: &mut Talk| talk.ok(3).await, "an answer for transaction 3, which nothing waits for").await;
}

#[tokio::test]
async fn garbage() {
    told(async |talk: &mut Talk| talk.raw(b"\x00\xff\n").await, "a frame without a transaction number").await;
}

#[tokio::test]
async fn a_frame_that_never_ends() {
    told(async |talk: &mut Talk| talk.raw(b"7 rsp 999999999 200 OK").await, "a frame of more than 128 KiB").await;
}

#[tokio::test]
async fn an_answer_without_a_code() {
    told(async |talk: &mut Talk| talk.say(7, "rsp", "fine").await, "an answer without a code for transaction 7").await;
}

#[tokio::test]
async fn a_command() {
    told(async |talk: &mut Talk| talk.say(7, "syslog", "<1>hello").await, "the command syslog as transaction 7").await;
}
