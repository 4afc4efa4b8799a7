//! Sessions with a receiver that does nothing wrong: numbers, the window, reuse and the end.

use alertferry::sink::Sink as _;
use alertferry::sink::syslog::Syslog;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep, timeout};

use super::peer::{Peer, Said};
use super::{LONG, SHORT, assert_delivered, assert_delivered_only, both, expected, page, settings, sink};

#[tokio::test]
async fn pages_share_a_session_and_each_message_has_a_number_of_its_own() {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, LONG);
    let (first, second) = (page("first", 3, 100), page("second", 2, 100));
    let (delivery, mut talk) = both(&sink, &first, async {
        let mut talk = peer.session().await;
        for (place, message) in expected(&first).into_iter().enumerate() {
            let txnr = u32::try_from(place).unwrap() + 2;
            assert_eq!(talk.message().await, (txnr, message));
            talk.ok(txnr).await;
        }
        talk
    })
    .await;
    assert_delivered(&delivery, &first);
    let (delivery, taken) = both(&sink, &second, talk.take(2)).await;
    assert_delivered(&delivery, &second);
    assert_eq!(taken, expected(&second));

    let closing = async {
        assert_eq!(talk.hear().await, Some(Said { txnr: 7, command: "close".to_owned(), data: Vec::new() }));
        talk.say(7, "rsp", "").await;
    };
    let (closed, ()) = tokio::join!(sink.close(Instant::now() + LONG), closing);
    closed.unwrap();
    assert_eq!(talk.hear().await, None);
}

#[tokio::test]
async fn no_more_messages_are_under_way_than_the_window_has_room_for() {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, LONG);
    let page = page("window", 300, 100);
    let (delivery, ()) = both(&sink, &page, async {
        let mut talk = peer.session().await;
        let mut owed = Vec::new();
        for _ in 0..128 {
            owed.push(talk.message().await.0);
        }
        assert!(talk.is_quiet().await, "more than 128 messages were sent without an answer");
        talk.ok(owed.remove(0)).await;
        owed.push(talk.message().await.0);
        assert!(talk.is_quiet().await, "an answer for one message let more than one follow");
        // The others in any order.
        while let Some(txnr) = owed.pop() {
            talk.ok(txnr).await;
        }
        talk.take(300 - 129).await;
    })
    .await;
    assert_delivered(&delivery, &page);
}

#[tokio::test]
async fn a_receiver_that_answers_slowly_is_waited_for() {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, SHORT);
    let page = page("slow", 8, 100);
    let began = Instant::now();
    let (delivery, ()) = both(&sink, &page, async {
        let mut talk = peer.session().await;
        for _ in 0..8 {
            let (txnr, _) = talk.message().await;
            sleep(SHORT / 4).await;
            talk.ok(txnr).await;
        }
    })
    .await;
    assert_delivered(&delivery, &page);
    assert!(began.elapsed() > SHORT, "the receiver was not slow");
}

#[tokio::test]
async fn a_large_page_to_a_receiver_with_little_room_gets_through() {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, LONG);
    let page = page("large", 200, 100_000);
    let (delivery, taken) = both(&sink, &page, async { peer.session().await.take(200).await }).await;
    assert_delivered(&delivery, &page);
    assert!(taken == expected(&page));
}

#[tokio::test]
async fn a_receiver_that_went_away_between_pages_is_noticed_before_the_next_message() {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, LONG);
    for (name, hint) in [("first", false), ("second", true), ("third", false)] {
        let page = page(name, 10, 100);
        let (delivery, (taken, mut talk)) = both(&sink, &page, async {
            let mut talk = peer.session().await;
            (talk.take(10).await, talk)
        })
        .await;
        assert_delivered(&delivery, &page);
        assert_eq!(taken, expected(&page));
        if hint {
            talk.say(0, "serverclose", "").await;
        }
    }
}

#[tokio::test]
async fn a_receiver_that_goes_right_after_its_last_answer_has_delivered() {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, LONG);
    for name in ["first", "second"] {
        let page = page(name, 3, 100);
        let (delivery, ()) = both(&sink, &page, async {
            let mut talk = peer.session().await;
            talk.take(2).await;
            let (txnr, _) = talk.message().await;
            talk.raw(format!("{txnr} rsp 6 200 OK\n0 serverclose 0\n").as_bytes()).await;
        })
        .await;
        assert_delivered(&delivery, &page);
    }
}

#[tokio::test]
async fn a_hint_that_nobody_knows_is_passed_over() {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, LONG);
    let page = page("hint", 2, 100);
    let (delivery, _) = both(&sink, &page, async {
        let mut talk = peer.session().await;
        talk.say(0, "weather", "rain").await;
        talk.take(2).await
    })
    .await;
    assert_delivered(&delivery, &page);
}

#[tokio::test]
async fn the_next_receiver_is_used_when_the_first_is_not_there() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    let peer = Peer::listen().await;
    let sink = Syslog::new("soc".into(), &settings(&[&nobody, &peer.address], None, LONG));
    let page = page("next", 3, 100);
    let (delivery, taken) = both(&sink, &page, async { peer.session().await.take(3).await }).await;
    assert_delivered(&delivery, &page);
    assert_eq!(taken, expected(&page));
}

#[tokio::test]
async fn a_probe_opens_a_session_and_sends_no_message() {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, LONG);
    let (probed, mut talk) = tokio::join!(sink.probe(), peer.session());
    probed.unwrap();
    assert!(talk.is_quiet().await);
    let page = page("after", 2, 100);
    let (delivery, _) = both(&sink, &page, talk.take(2)).await;
    assert_delivered(&delivery, &page);
}

#[tokio::test]
async fn closing_does_not_wait_for_a_receiver_beyond_its_deadline() {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, LONG);
    let page = page("last", 1, 100);
    let (delivery, _talk) = both(&sink, &page, async {
        let mut talk = peer.session().await;
        talk.take(1).await;
        talk
    })
    .await;
    assert_delivered(&delivery, &page);
    timeout(LONG, sink.close(Instant::now() + SHORT)).await.expect("an end").unwrap();
}

#[tokio::test]
async fn a_page_abandoned_half_way_is_reset_and_the_next_has_a_session_of_its_own() {
    let peer = Peer::listen().await;
    let sink = sink(&peer.address, LONG);
    let (abandoned, next) = (page("abandoned", 5, 100), page("next", 2, 100));
    let talk = {
        let delivery = sink.deliver(&abandoned);
        let receiving = async {
            let mut talk = peer.session().await;
            talk.take(2).await;
            talk
        };
        tokio::select! {
            delivery = delivery => panic!("{:?}", assert_delivered_only(&delivery, 2, &abandoned)),
            talk = receiving => talk,
        }
    };
    assert!(talk.ends_cut_off().await, "what waited in our kernel went out all the same");
    let (delivery, taken) = both(&sink, &next, async { peer.session().await.take(2).await }).await;
    assert_delivered(&delivery, &next);
    assert_eq!(taken, expected(&next));
}
