//! What brokers or librdkafka refuse: messages, topics, users, options.

use std::collections::BTreeMap;

use alertferry::secret::Secret;
use alertferry::sink::settings::KafkaOption;
use alertferry::sink::{Sink as _, Verdict};

use super::{add, assert_complete, batch, connect, deliver, empty, settings, sink, tenant};
use crate::support::kafka::{Broker, USER, shared};

/// Bytes that lz4 cannot make smaller.
fn noise(len: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(7);
    std::iter::repeat_with(|| random.u8(..)).take(len).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_brokers_find_too_large_is_refused_and_the_others_arrive() {
    let broker = shared();
    // One partition, so that the large ones share batches with the others and drag them along.
    broker.create_topic("small", 1, &[("max.message.bytes", "20000")]).await;
    let sink = sink(&broker.address(), "small");
    let mut page = empty(&tenant("contoso"));
    for number in 0..100 {
        // Noise of its own: a hundred of these make a batch that is too large as a whole, though each would fit.
        let len = if number % 40 == 20 { 30_000 } else { 1_000 };
        add(&mut page, &format!("{number}"), &noise(len + number)[number..]);
    }
    let delivery = deliver(&sink, &page).await;
    assert!(delivery.failure.is_none(), "{:?}", delivery.failure);
    for (number, verdict) in delivery.verdicts.iter().enumerate() {
        match verdict {
            Verdict::Refused(reason) if number % 40 == 20 => {
                assert!(reason.contains("30000 bytes") && reason.contains("max.message.bytes"), "{reason}");
            }
            Verdict::Delivered if number % 40 != 20 => {}
            verdict => panic!("{number}: {verdict:?}"),
        }
    }
    let mut read: Vec<String> = broker.read("small").into_iter().map(|record| record.key).collect();
    read.sort();
    let mut sent: Vec<String> =
        (0..100).filter(|number| number % 40 != 20).map(|number| format!("id-of-contoso:{number}")).collect();
    sent.sort();
    assert_eq!(read, sent, "each of the others exactly once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_beyond_our_own_limit_is_refused_and_the_others_arrive() {
    let broker = shared();
    let options = [("message.max.bytes", "10000")];
    let sink = connect(&settings(&broker.address(), "limit", &options)).unwrap();
    let mut page = empty(&tenant("contoso"));
    add(&mut page, "fits", b"{}");
    add(&mut page, "does not", &noise(20_000));
    let delivery = deliver(&sink, &page).await;
    assert_eq!(delivery.verdicts[0], Verdict::Delivered);
    let Verdict::Refused(reason) = &delivery.verdicts[1] else { panic!("{delivery:?}") };
    assert!(reason.contains("20000 bytes") && reason.contains("topic limit"), "{reason}");
    assert_eq!(broker.read("limit").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_topic_is_reported_with_advice_and_filled_once_it_is_there() {
    let broker = Broker::start(&[("auto.create.topics.enable", "false")]);
    let sink = sink(&broker.address(), "alerts.{tenant}");
    broker.create_topic("alerts.fabrikam", 1, &[]).await;
    let (missing, present) = (batch(&tenant("contoso"), ["1".to_owned()]), batch(&tenant("fabrikam"), ["2".to_owned()]));
    let (missed, arrived) = tokio::join!(deliver(&sink, &missing), deliver(&sink, &present));
    assert_complete(&arrived);
    assert_eq!(missed.verdicts, [Verdict::Unknown]);
    let failure = missed.failure.unwrap();
    assert!(failure.message.contains("alerts.contoso"), "{}", failure.message);
    assert!(failure.advice.unwrap().contains("create the topic"));

    broker.create_topic("alerts.contoso", 1, &[]).await;
    let filled = async {
        while deliver(&sink, &missing).await.failure.is_some() {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(super::GENEROUS, filled).await.expect("the new topic is noticed");
    assert_eq!(broker.read("alerts.contoso").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_named_and_the_right_one_lets_alerts_through() {
    let broker = shared();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    let signed_in = |password: &str| {
        std::fs::write(&file, format!("{password}\n")).unwrap();
        let plain = [("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanism", "PLAIN"), ("sasl.username", USER.0)];
        let mut settings = settings(&broker.sasl_address(), "sasl", &plain);
        settings.options.insert("sasl.password".to_owned(), KafkaOption::Secret(Secret::File(file.clone())));
        connect(&settings).unwrap()
    };
    let trouble = signed_in("wrong horse").probe().await.expect_err("a wrong password");
    assert!(trouble.advice.unwrap().contains("sasl.password"), "{}", trouble.message);
    assert!(!trouble.message.contains("wrong horse"), "{}", trouble.message);

    let sink = signed_in(USER.1);
    sink.probe().await.unwrap();
    assert_complete(&deliver(&sink, &batch(&tenant("contoso"), ["1".to_owned()])).await);
    assert_eq!(broker.read("sasl").len(), 1);
}

#[test]
fn options_that_cannot_work_are_one_clear_message_without_their_values() {
    let mut settings = settings("127.0.0.1:1", "alerts.{host}", &[("acks", "s3cret"), ("lingerms", "s3cret")]);
    settings.options.insert("sasl.password".to_owned(), KafkaOption::Secret(Secret::File("/nonexistent/s3".into())));
    let error = connect(&settings).expect_err("four mistakes");
    let message = error.to_string();
    assert_eq!(error.problems.len(), 4, "{message}");
    for words in ["[sinks.siem] ", "{host}", "acks", "must stay all", "lingerms", "no option", "secret file /nonexistent/s3"] {
        assert!(message.contains(words), "{words}: {message}");
    }
    assert!(!message.contains("s3cret"), "{message}");
}

#[test]
fn what_librdkafka_finds_wrong_only_when_it_starts_is_told_without_secrets() {
    let mut settings = settings("127.0.0.1:1", "alerts", &[("security.protocol", "SSL")]);
    settings.options.extend(BTreeMap::from([
        ("ssl.ca.location".to_owned(), KafkaOption::Plain("/nonexistent/ca.pem".to_owned())),
        ("ssl.key.password".to_owned(), KafkaOption::Secret(Secret::Plain("s3cret".into()))),
    ]));
    let message = connect(&settings).expect_err("no such file").to_string();
    assert!(message.contains("ssl.ca.location") && !message.contains("s3cret"), "{message}");
}
