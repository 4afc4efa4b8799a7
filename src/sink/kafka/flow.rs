//! How much may be on its way at once, and whether the brokers answer at all.
//!
//! What waits in librdkafka is bounded by bytes. While no broker answers and others wait for an answer already, a batch is
//! turned away before anything of it is sent: those that wait notice when the brokers come back, and a dead sink does not hold
//! the pages of a thousand tenants.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rdkafka::types::RDKafkaErrorCode as Code;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::trouble::Circumstances;
use crate::sink::DeliverError;

/// What may be on its way: 64 MiB, in KiB.
const BUDGET: u32 = 64 * 1024;

/// How long the brokers may stay silent before batches are turned away. A restarted broker, or a connection that was closed for
/// being idle, is back sooner.
const GRACE: Duration = Duration::from_secs(3);

/// How often a batch that waits for room looks whether waiting is still worth it.
const LOOK: Duration = Duration::from_millis(250);

#[derive(Debug)]
pub(super) struct Flow {
    /// Names the sink and its brokers in every message.
    far: String,
    circumstances: Circumstances,
    budget: Arc<Semaphore>,
    state: Mutex<State>,
    /// Whether `state` holds trouble: lets the many good answers pass without taking the lock.
    troubled: AtomicBool,
    idle: Notify,
    room: Notify,
    closing: CancellationToken,
}

#[derive(Debug)]
struct State {
    /// Batches that wait for answers.
    batches: usize,
    /// Since when somebody has been waiting, or since when no broker answers, whichever is later.
    since: Instant,
    down: bool,
    trouble: Option<DeliverError>,
}

/// A batch's place in the flow, given back when dropped.
#[derive(Debug)]
pub(super) struct Ticket {
    flow: Arc<Flow>,
    _budget: OwnedSemaphorePermit,
}

impl Flow {
    pub fn new(far: String, circumstances: Circumstances) -> Arc<Self> {
        Arc::new(Self {
            far,
            circumstances,
            budget: Arc::new(Semaphore::new(BUDGET as usize)),
            state: Mutex::new(State { batches: 0, since: Instant::now(), down: false, trouble: None }),
            troubled: AtomicBool::new(false),
            idle: Notify::new(),
            room: Notify::new(),
            closing: CancellationToken::new(),
        })
    }

    /// Waits until `bytes` more may be on their way.
    ///
    /// # Errors
    /// When the sink is closing, or when no broker answers and others wait already.
    pub async fn enter(self: &Arc<Self>, bytes: usize) -> Result<Ticket, DeliverError> {
        let wanted = u32::try_from(bytes.div_ceil(1024)).unwrap_or(BUDGET).clamp(1, BUDGET);
        let acquired = Arc::clone(&self.budget).acquire_many_owned(wanted);
        tokio::pin!(acquired);
        loop {
            self.open()?;
            if let Some(trouble) = self.silence() {
                return Err(trouble);
            }
            tokio::select! {
                permit = &mut acquired => {
                    let budget = permit.map_err(|error| self.error(&error.to_string(), None))?;
                    let mut state = self.state();
                    if state.batches == 0 {
                        state.since = Instant::now();
                    }
                    state.batches += 1;
                    return Ok(Ticket { flow: Arc::clone(self), _budget: budget });
                }
                () = self.closing.cancelled() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Why a batch is turned away now, if it is.
    fn silence(&self) -> Option<DeliverError> {
        let state = self.state();
        let (silent, waiting) = (state.since.elapsed(), state.batches);
        if !state.down || waiting == 0 || silent < GRACE {
            return None;
        }
        let trouble = state.trouble.clone();
        drop(state);
        let reason = trouble.as_ref().map_or("no broker answers", |trouble| trouble.message.as_str());
        let message = format!("{reason} (for {} s; {waiting} batches wait already)", silent.as_secs());
        Some(DeliverError { message, advice: trouble.and_then(|trouble| trouble.advice) })
    }

    /// A broker answered.
    pub fn alive(&self) {
        if self.troubled.load(Ordering::Relaxed) && self.troubled.swap(false, Ordering::AcqRel) {
            let mut state = self.state();
            state.trouble = None;
            if std::mem::take(&mut state.down) {
                drop(state);
                tracing::info!(sink = self.far, "the brokers answer again");
            }
        }
    }

    /// librdkafka reported trouble that concerns no message in particular, in its words.
    pub fn trouble(&self, code: Code, words: &str) {
        // That all brokers are down says less than why the last one is.
        self.note(&self.trouble_of(code, words), code == Code::AllBrokersDown, code == Code::AllBrokersDown);
    }

    /// There is nothing to sign in with, so no broker is asked any more.
    pub fn locked_out(&self, why: &str) {
        self.note(&self.trouble_of(Code::Authentication, &format!("no token to sign in with: {why}")), true, false);
    }

    fn note(&self, trouble: &DeliverError, all_down: bool, vague: bool) {
        let mut state = self.state();
        let turned_down = all_down && !state.down;
        if turned_down {
            state.down = true;
            state.since = Instant::now();
        }
        let news = state.trouble.as_ref().is_none_or(|known| !vague && known.advice != trouble.advice);
        if news {
            state.trouble = Some(trouble.clone());
        }
        let waiting = state.batches;
        self.troubled.store(true, Ordering::Release);
        drop(state);
        if waiting > 0 && (news || turned_down) {
            tracing::warn!(waiting, advice = trouble.advice, "{}", trouble.message);
        } else {
            tracing::debug!("{}", trouble.message);
        }
    }

    /// The trouble that no answer has ended yet.
    pub fn known_trouble(&self) -> Option<DeliverError> {
        self.state().trouble.clone()
    }

    /// An error of this sink that names the far side.
    pub fn error(&self, what: &str, advice: Option<&str>) -> DeliverError {
        DeliverError { message: format!("{}: {what}", self.far), advice: advice.map(ToOwned::to_owned) }
    }

    /// An error of this sink with what can be done about an error of librdkafka's.
    pub fn trouble_of(&self, code: Code, what: &str) -> DeliverError {
        self.error(what, self.circumstances.advice(code, what))
    }

    /// Some message has left librdkafka's queue.
    pub fn one_left(&self) {
        self.room.notify_waiters();
    }

    /// Completes after the next message has left librdkafka's queue, counted from this call.
    pub fn room(&self) -> tokio::sync::futures::Notified<'_> {
        self.room.notified()
    }

    /// An error once the sink is closing.
    pub fn open(&self) -> Result<(), DeliverError> {
        if self.closing.is_cancelled() { Err(self.error("it is being closed", None)) } else { Ok(()) }
    }

    /// From now on no batch enters.
    pub fn close(&self) {
        self.closing.cancel();
    }

    /// Waits until nothing is on its way.
    pub async fn idle(&self) {
        loop {
            let idle = self.idle.notified();
            if self.waiting() == 0 {
                return;
            }
            idle.await;
        }
    }

    /// How many batches wait for answers.
    pub fn waiting(&self) -> usize {
        self.state().batches
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.flow.state();
        state.batches -= 1;
        if state.batches == 0 {
            self.flow.idle.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
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
}
