//! One batch on its way: counts the brokers' answers down and wakes whoever waits for the last.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rdkafka::types::RDKafkaErrorCode as Code;
use tokio::sync::Notify;

use super::flow::Ticket;

/// What the brokers said to one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    None,
    Delivered,
    /// Of a batch that this message was in, perhaps not alone.
    Failed(Code),
    /// Of this message alone.
    Unfit(Code),
}

/// The answers to one batch. It holds its place in the [`super::flow::Flow`] until the last is in, even if nobody waits any more.
#[derive(Debug)]
pub(super) struct Page {
    answers: Mutex<Vec<Answer>>,
    left: AtomicUsize,
    done: Notify,
    _ticket: Arc<Ticket>,
}

/// Travels with one message through librdkafka and comes back with the answer.
#[derive(Debug)]
pub(super) struct Receipt {
    page: Arc<Page>,
    index: usize,
}

impl Page {
    pub fn new(len: usize, ticket: Arc<Ticket>) -> Arc<Self> {
        Arc::new(Self {
            answers: Mutex::new(vec![Answer::None; len]),
            left: AtomicUsize::new(len),
            done: Notify::new(),
            _ticket: ticket,
        })
    }

    pub fn receipt(self: &Arc<Self>, index: usize) -> Receipt {
        Receipt { page: Arc::clone(self), index }
    }

    /// Waits for the last answer.
    pub async fn done(&self) {
        // A permit is stored when the last answer comes before anybody waits.
        while self.left.load(Ordering::Acquire) > 0 {
            self.done.notified().await;
        }
    }

    /// The answers so far.
    pub fn answers(&self) -> Vec<Answer> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Receipt {
    /// Stores the one answer to this message.
    pub fn settle(self, answer: Answer) {
        self.page.answers.lock().unwrap_or_else(PoisonError::into_inner)[self.index] = answer;
        if self.page.left.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.page.done.notify_one();
        }
    }
}
