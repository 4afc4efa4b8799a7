//! Answers of 500: of one message, or of a receiver that takes nothing just now.

use alertferry::sink::syslog::Syslog;
use alertferry::sink::{Delivery, Verdict};

use super::peer::{Peer, Talk};
use super::{LONG, assert_delivered, both, page, settings, sink};

const WORDS: &str = "500 disk full";

async fn refuse(talk: &mut Talk, count: usize) {
    for _ in 0..count {
        let (txnr, _) = talk.message().await;
        talk.say(txnr, "rsp", WORDS).await;
    }
}

fn refused() -> Verdict {
    Verdict::Refused(format!("the receiver refused it with {WORDS}"))
}

fn failure(delivery: &Delivery) -> &str {
    &delivery.failure.as_ref().expect("a failure").message
}

#[tokio::test]
async fn a_message_that_is_refused_again_and_again_while_others_are_taken_is_refused_for_good() {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, LONG);
    let page = page("refused", 4, 100);
    let (delivery, ()) = both(&sink, &page, async {
        let mut talk = peer.session().await;
        talk.take(1).await;
        refuse(&mut talk, 1).await;
        talk.take(2).await;
        refuse(&mut talk, 2).await;
    })
    .await;
    assert!(delivery.failure.is_none(), "{:?}", delivery.failure);
    let mut verdicts = vec![Verdict::Delivered; 4];
    verdicts[1] = refused();
    assert_eq!(delivery.verdicts, verdicts);
}

#[tokio::test]
async fn a_message_that_is_taken_at_the_second_try_is_delivered() {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, LONG);
    let page = page("twice", 3, 100);
    let (delivery, ()) = both(&sink, &page, async {
        let mut talk = peer.session().await;
        refuse(&mut talk, 1).await;
        talk.take(3).await;
    })
    .await;
    assert_delivered(&delivery, &page);
}

#[tokio::test]
async fn a_receiver_that_begins_to_refuse_everything_loses_nothing_and_is_tried_again() {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, LONG);
    let page = page("full", 5, 100);
    let (delivery, ()) = both(&sink, &page, async {
        let mut talk = peer.session().await;
        talk.take(2).await;
        refuse(&mut talk, 3).await;
    })
    .await;
    let (unknown, delivered) = (Verdict::Unknown, Verdict::Delivered);
    assert_eq!(delivery.verdicts, [&delivered, &delivered, &unknown, &unknown, &unknown].map(Clone::clone));
    let said = failure(&delivery);
    assert!(said.contains("takes nothing just now") && said.contains(WORDS) && said.contains("3 of the 5 messages"), "{said}");

    for _ in 0..4 {
        let (delivery, ()) = both(&sink, &page, async { refuse(&mut peer.session().await, 5).await }).await;
        assert_eq!(delivery.verdicts, vec![Verdict::Unknown; 5], "however often: nothing else was taken meanwhile");
    }
    let (delivery, ()) = both(&sink, &page, async {
        peer.session().await.take(5).await;
    })
    .await;
    assert_delivered(&delivery, &page);
}

#[tokio::test]
async fn a_receiver_that_refuses_everything_makes_room_for_the_next() {
    let (full, good) = (Peer::listen().await, Peer::listen().await);
    let sink = Syslog::new("soc".into(), &settings(&[&full.address, &good.address], None, LONG));
    let page = page("next", 3, 100);
    let (delivery, ()) = both(&sink, &page, async { refuse(&mut full.session().await, 3).await }).await;
    assert_eq!(delivery.verdicts, vec![Verdict::Unknown; 3]);
    let (delivery, ()) = both(&sink, &page, async {
        good.session().await.take(3).await;
    })
    .await;
    assert_delivered(&delivery, &page);
}

#[tokio::test]
async fn a_message_over_which_the_receiver_ends_the_session_keeps_nothing_back() {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, LONG);
    let page = page("abort", 3, 100);
    let end_over_it = async |taken: usize| {
        let mut talk = peer.session().await;
        talk.take(taken).await;
        refuse(&mut talk, 1).await;
        drop(talk);
    };
    let (delivery, ()) = both(&sink, &page, end_over_it(0)).await;
    assert!(!failure(&delivery).is_empty());
    assert_eq!(delivery.verdicts, vec![Verdict::Unknown; 3]);

    // What follows is as the pipeline does it: only what is not known to have arrived is offered again.
    let (delivery, ()) = both(&sink, &page, end_over_it(2)).await;
    assert_eq!(delivery.verdicts, [Verdict::Unknown, Verdict::Delivered, Verdict::Delivered]);
    let alone = super::numbered("abort", 0..1, 100);
    let (delivery, ()) = both(&sink, &alone, end_over_it(0)).await;
    assert_eq!(delivery.verdicts, [refused()]);
}
