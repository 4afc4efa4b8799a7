//! What rsyslog's own receiver (imrelp) gets, also when it is stopped or killed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use alertferry::secret::Secret;
use alertferry::sink::settings::{Identity, Syslog as Settings, Tls, TlsVersion};
use alertferry::sink::syslog::Syslog;
use alertferry::sink::{Sink as _, Verdict};

use super::{assert_delivered, assert_delivered_only, expected, numbered, page, settings, sink};
use crate::support::authority::Authority;
use crate::support::rsyslog::Rsyslog;
use crate::support::service::poll;
use crate::support::spool::{Listen, Papers};

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn every_message_arrives_once_in_order_and_byte_for_byte() {
    let rsyslog = Rsyslog::listening(Listen::Relp(None));
    let sink = sink(&rsyslog.address(), PATIENCE);
    arrives(&sink, &rsyslog).await;
    // The one complaint is about whoever waited for the port.
    assert_eq!(rsyslog.service.log().matches("error '").count(), 1, "{}", rsyslog.service.log());
}

async fn arrives(sink: &Syslog, rsyslog: &Rsyslog) {
    let (first, second) = (page("first", 1_000, 5_000), page("second", 3, 20));
    assert_delivered(&sink.deliver(&first).await, &first);
    assert_delivered(&sink.deliver(&second).await, &second);
    let sent = [expected(&first), expected(&second)].concat();
    // It was written before it was answered: nothing to wait for.
    let received = rsyslog.messages();
    assert_eq!(received.len(), sent.len());
    for (received, sent) in received.iter().zip(&sent) {
        assert_eq!(String::from_utf8_lossy(received), String::from_utf8_lossy(sent));
    }
    sink.close(tokio::time::Instant::now() + PATIENCE).await.unwrap();
}

/// With both libraries that Debian's librelp can use.
#[tokio::test]
async fn every_message_arrives_over_tls_with_a_client_certificate() {
    for library in ["gnutls", "openssl"] {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new("Contoso Root");
        let papers = Papers::new(folder.path(), &authority, &authority.issue(&["127.0.0.1"]), true);
        let (certificate, key) = authority.issue(&["sender.example"]).write(folder.path(), "sender");
        let tls = Tls {
            ca: Some(papers.ca.clone()),
            server_name: None,
            identity: Some(Identity { certificate, key: Secret::File(key) }),
            min_version: TlsVersion::V1_2,
        };
        let rsyslog = Rsyslog::listening(Listen::Relp(Some((papers, library))));
        let sink = Syslog::new("soc".into(), &settings(&[&rsyslog.address()], Some(tls.clone()), PATIENCE));
        arrives(&sink, &rsyslog).await;

        let received = rsyslog.messages().len();
        let without = Syslog::new("soc".into(), &settings(&[&rsyslog.address()], Some(Tls { identity: None, ..tls }), PATIENCE));
        let page = page("refused", 3, 100);
        let failure = assert_delivered_only(&without.deliver(&page).await, 0, &page);
        assert!(failure.contains("it wants a client certificate, and refused us without one"), "{library}: {failure}");
        assert_eq!(rsyslog.messages().len(), received);
    }
}

#[tokio::test]
async fn a_restart_between_pages_loses_and_repeats_nothing() {
    let mut rsyslog = Rsyslog::listening(Listen::Relp(None));
    let sink = sink(&rsyslog.address(), PATIENCE);
    let (before, after) = (page("before", 100, 5_000), page("after", 100, 5_000));
    assert_delivered(&sink.deliver(&before).await, &before);
    rsyslog.stop();
    rsyslog.start_again();
    assert_delivered(&sink.deliver(&after).await, &after);
    let sent = [expected(&before), expected(&after)].concat();
    assert!(rsyslog.messages() == sent, "{} messages were received, {} sent", rsyslog.messages().len(), sent.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_polite_stop_in_mid_page_loses_nothing_and_repeats_nothing_that_was_answered() {
    end_in_mid_page(Rsyslog::stop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_in_mid_page_loses_nothing_and_repeats_nothing_that_was_answered() {
    end_in_mid_page(|rsyslog| rsyslog.service.kill()).await;
}

/// Ends rsyslog while a page is on its way, starts it again and offers what is not known to have arrived.
async fn end_in_mid_page(end: impl FnOnce(&mut Rsyslog)) {
    const COUNT: usize = 20_000;
    const SIZE: usize = 1_000;
    let mut rsyslog = Rsyslog::listening(Listen::Relp(None));
    let sink = sink(&rsyslog.address(), PATIENCE);
    let cut = Arc::new(page("cut", COUNT, SIZE));
    let delivery = tokio::spawn({
        let (sink, cut) = (sink.clone(), cut.clone());
        async move { sink.deliver(&cut).await }
    });
    assert!(poll(PATIENCE, || rsyslog.written() > 0), "nothing of the page was written: {}", rsyslog.service.log());
    end(&mut rsyslog);

    let delivery = delivery.await.expect("the delivery ends");
    let answered = delivery.verdicts.iter().filter(|verdict| **verdict == Verdict::Delivered).count();
    let failure = assert_delivered_only(&delivery, answered, &cut);
    assert!(answered > 0 && failure.contains(&rsyslog.address()), "{failure}");
    let whole = expected(&cut);
    assert!(rsyslog.messages()[..answered] == whole[..answered], "something that was answered was lost");

    rsyslog.start_again();
    let rest = numbered("cut", answered..COUNT, SIZE);
    assert_delivered(&sink.deliver(&rest).await, &rest);
    let mut received = BTreeMap::new();
    for message in rsyslog.messages() {
        *received.entry(message).or_insert(0) += 1;
    }
    assert_eq!(received.len(), COUNT, "something was lost, cut or invented");
    let mut repeated = 0;
    for (place, message) in whole.iter().enumerate() {
        let times = received.get(message).copied().expect("each message arrived");
        assert!(times == 1 || place >= answered, "message {place} was answered and sent again");
        repeated += times - 1;
    }
    assert!(repeated <= 128, "{repeated} messages arrived again, more than can be unanswered");
}

/// The documented outcome: rsyslog cuts what is longer than its `maxMessageSize` and answers that all is well, so `max_bytes`
/// must not be above it.
#[tokio::test]
async fn a_message_above_the_receivers_limit_is_cut_by_the_receiver_and_answered() {
    let rsyslog = Rsyslog::listening(Listen::Relp(None));
    let settings = Settings { max_bytes: 2_000_000, ..settings(&[&rsyslog.address()], None, PATIENCE) };
    let sink = Syslog::new("soc".into(), &settings);
    let long = page("long", 1, 1_500_000);
    assert_delivered(&sink.deliver(&long).await, &long);
    let received = rsyslog.messages();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0][..], expected(&long)[0][..1024 * 1024]);
}
