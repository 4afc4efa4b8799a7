//! SASL OAUTHBEARER with tokens of ours, checked by a real broker with the key of who signed them.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use alertferry::clock;
use alertferry::sink::bearer::{BearerToken, BearerTokens};
use alertferry::sink::kafka::Kafka;
use alertferry::sink::settings::MissingTopic;
use alertferry::sink::{Sink as _, settings as all_settings};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use secrecy::SecretString;

use super::{GENEROUS, assert_complete, batch, deliver, settings, tenant};
use crate::support::guarded_kafka::{Guarded, shared};

/// Gives tokens of a lifetime in seconds, or fails.
struct Source {
    guarded: &'static Guarded,
    answer: Mutex<Result<i64, String>>,
    /// What a token says of its own end is not what we are told, to get an expired one past librdkafka.
    lie: bool,
    given: AtomicUsize,
}

impl Source {
    fn new(answer: Result<i64, String>, lie: bool) -> Arc<Self> {
        Arc::new(Self { guarded: shared(), answer: Mutex::new(answer), lie, given: AtomicUsize::new(0) })
    }
}

impl BearerTokens for Source {
    fn token(&self) -> BoxFuture<'_, Result<BearerToken, String>> {
        let answer = self.answer.lock().unwrap().clone();
        let token = answer.map(|seconds| {
            self.given.fetch_add(1, Ordering::SeqCst);
            let told = if self.lie { 3600 } else { seconds };
            BearerToken {
                value: SecretString::from(self.guarded.token(seconds)),
                principal: "ferry".to_owned(),
                expires: clock::now() + SignedDuration::from_secs(told),
            }
        });
        std::future::ready(token).boxed()
    }
}

fn sink(topic: &str, tokens: &Arc<Source>, missing_topic: MissingTopic) -> Kafka {
    let guarded = shared();
    let ca = guarded.ca().display().to_string();
    let settings = settings(&guarded.broker.address_of("oauth"), topic, &[("ssl.ca.location", &ca)]);
    let settings = all_settings::Kafka { missing_topic, ..settings };
    Kafka::connect("siem".into(), &settings, Some(tokens.clone()), &Arc::default()).expect("a sink")
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_renewed_before_they_end_and_alerts_go_on() {
    let tokens = Source::new(Ok(6), false);
    // The client that creates topics signs in too.
    let sink = sink("oauth", &tokens, MissingTopic::Create { partitions: Some(1), replicas: None });
    let (contoso, mut sent) = (tenant("contoso"), 0);
    // The broker ends a session after three seconds unless it is shown a valid token again.
    let renewed = async {
        while tokens.given.load(Ordering::SeqCst) < 4 {
            assert_complete(&deliver(&sink, &batch(&contoso, [sent.to_string()])).await);
            sent += 1;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(GENEROUS, renewed).await.expect("tokens are renewed");
    assert_eq!(shared().broker.read("oauth").len(), sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_brokers_find_expired_is_refused_and_not_shown() {
    let tokens = Source::new(Ok(-5), true);
    let trouble = sink("expired", &tokens, MissingTopic::LeaveToBrokers).probe().await.expect_err("the token has ended");
    assert!(trouble.advice.as_ref().is_some_and(|advice| advice.contains("`oauth`")), "{trouble:?}");
    assert!(!trouble.message.contains("eyJ"), "{}", trouble.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_of_tokens_that_fails_is_quoted_and_alerts_go_out_once_it_works() {
    let tokens = Source::new(Err("app main: the client secret has expired; make a new one".to_owned()), false);
    shared().broker.create_topic("late-token", 1, &[]).await;
    let sink = Arc::new(sink("late-token", &tokens, MissingTopic::LeaveToBrokers));
    let trouble = sink.probe().await.expect_err("no token");
    assert!(trouble.message.contains("app main: the client secret has expired"), "{}", trouble.message);
    assert!(trouble.advice.unwrap().contains("`oauth`"));
    let waiting = tokio::spawn({
        let sink = Arc::clone(&sink);
        async move { deliver(&sink, &batch(&tenant("contoso"), ["1".to_owned()])).await }
    });
    let others = async {
        let page = batch(&tenant("fabrikam"), ["2".to_owned()]);
        loop {
            if let Ok(delivery) = tokio::time::timeout(Duration::from_millis(500), sink.deliver(&page)).await {
                break delivery;
            }
        }
    };
    let turned_away = tokio::time::timeout(GENEROUS, others).await.expect("others do not wait").failure.expect("no token");
    assert!(turned_away.message.contains("client secret has expired"), "{}", turned_away.message);
    *tokens.answer.lock().unwrap() = Ok(3600);
    assert_complete(&waiting.await.unwrap());
    sink.probe().await.expect("signed in");
}

#[test]
fn a_sink_made_where_nobody_could_get_tokens_says_so() {
    let tokens = Source::new(Ok(3600), false);
    let settings = settings("127.0.0.1:1", "alerts", &[]);
    let error = Kafka::connect("siem".into(), &settings, Some(tokens), &Arc::default()).expect_err("no runtime");
    assert!(error.to_string().contains("no Tokio runtime"), "{error}");
}
