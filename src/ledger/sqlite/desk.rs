//! Where async callers leave jobs for a thread that may block, and wait for the answer.

use std::sync::mpsc;
use std::thread;

use tokio::sync::oneshot;

use super::error::refusal;
use crate::ledger::LedgerError;

/// Where the answer to a job goes.
pub type Reply<T> = oneshot::Sender<Result<T, LedgerError>>;

/// The callers' end of a thread's queue. Each caller waits for its own answer, so the queue is no longer than there are callers.
#[derive(Debug)]
pub struct Desk<J>(mpsc::Sender<J>);

impl<J: Send + 'static> Desk<J> {
    /// Starts a thread that works until its queue is closed.
    pub fn open(name: &str, work: impl FnOnce(mpsc::Receiver<J>) + Send + 'static) -> Result<Self, LedgerError> {
        let (sender, receiver) = mpsc::channel();
        thread::Builder::new().name(name.to_owned()).spawn(move || work(receiver)).map_err(|error| {
            refusal(
                format!("Could not start the thread {name}: {error}."),
                "Raise the limit on threads and memory of this process.",
            )
        })?;
        Ok(Self(sender))
    }

    /// Leaves a job and waits for its answer. A dead thread is an error, never a wait without end.
    pub async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> J) -> Result<T, LedgerError> {
        let (reply, answer) = oneshot::channel();
        self.0.send(job(reply)).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

fn gone() -> LedgerError {
    refusal(
        "The ledger is no longer open: it was closed, or its thread ended unexpectedly.",
        "Unless alertferry is stopping, restart it and report what its log says before this.",
    )
}

#[cfg(test)]
mod tests {
    use super::{Desk, Reply};

    #[tokio::test]
    async fn a_thread_that_dies_with_a_job_in_hand_is_an_error_for_those_who_wait_and_those_who_come() {
        let desk: Desk<Reply<()>> = Desk::open("test", |jobs| {
            let _in_hand = jobs.recv();
            panic!("this panic is part of the test");
        })
        .expect("a thread");
        let waiting = desk.ask(|reply| reply).await.expect_err("the thread died");
        assert!(waiting.message.contains("no longer open"), "{waiting}");
        assert!(desk.ask(|reply| reply).await.is_err());
    }
}
