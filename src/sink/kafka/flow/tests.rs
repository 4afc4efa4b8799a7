//! Who waits for silent brokers, who is turned away, and what is remembered of trouble.

use std::time::Duration;

use rdkafka::types::RDKafkaErrorCode as Code;

use super::{Circumstances, Flow, GRACE};
use crate::sink::settings::MissingTopic::LeaveToBrokers;

fn flow(bearer: bool) -> std::sync::Arc<Flow> {
    Flow::new("kafka sink siem".into(), Circumstances { bearer, missing_topic: LeaveToBrokers })
}

#[tokio::test(start_paused = true)]
async fn batches_are_turned_away_only_while_no_broker_answers_and_others_wait() {
    let flow = flow(false);
    flow.trouble(Code::AllBrokersDown, "1/1 brokers are down");
    tokio::time::sleep(GRACE * 2).await;
    let first = flow.enter(1).await.expect("the first finds out for the others");
    tokio::time::sleep(GRACE / 2).await;
    let second = flow.enter(1).await.expect("a short silence is waited out");
    tokio::time::sleep(GRACE).await;
    let refusal = flow.enter(1).await.expect_err("two wait already");
    assert!(refusal.message.starts_with("kafka sink siem: 1/1 brokers are down (for 4 s; 2 batches"), "{}", refusal.message);
    flow.alive();
    drop(flow.enter(1).await.expect("the brokers are back"));
    flow.trouble(Code::AllBrokersDown, "1/1 brokers are down");
    tokio::time::sleep(GRACE).await;
    drop((first, second));
    flow.enter(1).await.expect("nobody waits any more");
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_waits_for_room_gives_up_when_the_brokers_fall_silent() {
    let flow = flow(false);
    let all = flow.enter(usize::MAX).await.expect("one batch of any size enters");
    let next = tokio::spawn({
        let flow = flow.clone();
        async move { flow.enter(1).await.map(drop) }
    });
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert!(!next.is_finished(), "slow brokers are waited for");
    flow.trouble(Code::AllBrokersDown, "1/1 brokers are down");
    next.await.unwrap().expect_err("no broker answers");
    flow.alive();
    drop(all);
    flow.enter(usize::MAX).await.expect("the whole room is free again");
}

#[tokio::test]
async fn the_reason_is_kept_rather_than_the_count_of_brokers() {
    let flow = flow(false);
    flow.trouble(Code::AllBrokersDown, "1/1 brokers are down");
    flow.trouble(Code::Authentication, "invalid credentials");
    flow.trouble(Code::AllBrokersDown, "1/1 brokers are down");
    let trouble = flow.known_trouble().unwrap();
    assert!(trouble.message.ends_with("invalid credentials") && trouble.advice.unwrap().contains("sasl.username"));
    flow.alive();
    assert!(flow.known_trouble().is_none());
}

#[tokio::test(start_paused = true)]
async fn without_a_token_batches_are_turned_away_with_the_reason() {
    let flow = flow(true);
    flow.trouble(Code::AllBrokersDown, "1/1 brokers are down");
    let first = flow.enter(1).await.expect("the first waits for a token");
    flow.locked_out("the app main has no credential");
    flow.trouble(Code::Authentication, "Failed to acquire SASL OAUTHBEARER token: the app main has no credential");
    tokio::time::sleep(GRACE * 2).await;
    let refusal = flow.enter(1).await.expect_err("one waits already");
    assert!(refusal.message.contains("no token to sign in with: the app main has no"), "{}", refusal.message);
    assert!(refusal.advice.unwrap().contains("`oauth`"));
    drop(first);
}

#[tokio::test(start_paused = true)]
async fn closing_turns_newcomers_away_and_waits_for_the_rest() {
    let flow = flow(false);
    let last = flow.enter(1).await.unwrap();
    flow.close();
    flow.enter(1).await.expect_err("closing");
    assert!(tokio::time::timeout(Duration::from_secs(9), flow.idle()).await.is_err());
    drop(last);
    flow.idle().await;
}
