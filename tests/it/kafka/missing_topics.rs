//! What becomes of topics that are not there: left to the brokers, refused, or created.

use alertferry::sink::settings::{Kafka as Settings, MissingTopic};
use alertferry::sink::{Sink as _, Verdict};

use super::{assert_complete, batch, connect, deliver, settings, tenant};
use crate::support::kafka::{Broker, shared};

fn sink_that(broker: &Broker, topic: &str, missing_topic: MissingTopic) -> alertferry::sink::kafka::Kafka {
    connect(&Settings { missing_topic, ..settings(&broker.address(), topic, &[]) }).expect("a sink")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_topic_is_not_created_even_by_brokers_that_would() {
    let broker = shared();
    let sink = sink_that(broker, "refused.{tenant}", MissingTopic::Refuse);
    let page = batch(&tenant("contoso"), ["1".to_owned()]);
    let failed = deliver(&sink, &page).await;
    assert_eq!(failed.verdicts, [Verdict::Unknown]);
    let failure = failed.failure.unwrap();
    assert!(failure.message.contains("topic refused.contoso does not exist"), "{}", failure.message);
    assert!(failure.advice.unwrap().contains("missing_topic = \"refuse\""));
    let wanted = std::collections::BTreeSet::from(["refused.contoso".to_owned()]);
    assert_eq!(sink.missing(wanted.clone()).await.unwrap().topics, wanted, "nobody created it");

    broker.create_topic("refused.contoso", 1, &[]).await;
    let filled = async {
        while deliver(&sink, &page).await.failure.is_some() {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(super::GENEROUS, filled).await.expect("the new topic is noticed");
    assert_eq!(broker.read("refused.contoso").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_is_created_as_the_sink_says_and_again_when_it_was_deleted() {
    let broker = Broker::start(&[("auto.create.topics.enable", "false")]);
    let sink = sink_that(&broker, "made.{tenant}.{severity}", MissingTopic::Create { partitions: Some(5), replicas: Some(1) });
    let page = batch(&tenant("contoso"), (0..20).map(|number| number.to_string()));
    let (one, other) = tokio::join!(deliver(&sink, &page), deliver(&sink, &page));
    assert_complete(&one);
    assert_complete(&other);
    assert_eq!(broker.describe("made.contoso.high").await, (5, 1));
    assert_eq!(broker.read("made.contoso.high").len(), 40);

    let usual = sink_that(&broker, "usual", MissingTopic::Create { partitions: None, replicas: None });
    assert_complete(&deliver(&usual, &page).await);
    assert_eq!(broker.describe("usual").await, (3, 1), "as the broker is set");

    broker.delete_topic("made.contoso.high").await;
    let again = async {
        while deliver(&sink, &page).await.failure.is_some() {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(super::GENEROUS, again).await.expect("the topic is made again");
    assert_eq!(broker.describe("made.contoso.high").await, (5, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn brokers_that_are_too_few_are_told() {
    let broker = shared();
    let page = batch(&tenant("contoso"), ["1".to_owned()]);
    let greedy = sink_that(broker, "greedy", MissingTopic::Create { partitions: None, replicas: Some(3) });
    let failure = deliver(&greedy, &page).await.failure.expect("one broker cannot keep three replicas");
    assert!(failure.message.contains("topic greedy does not exist and cannot be created"), "{}", failure.message);
    assert!(failure.advice.unwrap().contains("fewer brokers than `replicas`"));
}
