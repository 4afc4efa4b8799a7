//! The one thread that writes: it commits all steps that are waiting together, and forgets old IDs when it has time.
//!
//! While one commit waits for the disk, the next steps gather; so the busier it is, the more steps share a commit, and nobody
//! waits for a timer.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::mpsc::Receiver;

use jiff::Timestamp;
use rusqlite::Connection;

use super::desk::Reply;
use super::error::{refusal, sqlite};
use super::forget::Forgetting;
use super::lock::Lock;
use super::record;
use crate::clock;
use crate::ledger::{LedgerError, Step};

/// No more than about this many IDs and dead letters in one commit, so that nobody waits long for others' steps.
const GROUP: usize = 10_000;

/// Pages in the log before it is carried into the file: 8 MB, a few tens of milliseconds of an ordinary disk.
const LOG_PAGES: i64 = 2000;

/// What the writer can be asked for.
#[derive(Debug)]
pub enum Job {
    Record(Step, Reply<()>),
    Forget(Timestamp, Reply<()>),
    Close(Reply<()>),
}

/// Owns the connection that writes, and the lock.
#[derive(Debug)]
pub struct Writer {
    pub connection: Connection,
    pub file: PathBuf,
    pub lock: Lock,
}

/// What has to be done next.
#[derive(Default)]
struct Round {
    steps: Vec<Step>,
    replies: Vec<Reply<()>>,
    close: Option<Reply<()>>,
}

impl Writer {
    /// Works until it is told to close or nobody can ask any more.
    pub fn work(mut self, jobs: &Receiver<Job>) {
        let mut forgetting: VecDeque<(Forgetting, Reply<()>)> = VecDeque::new();
        loop {
            let first = if forgetting.is_empty() {
                let Ok(job) = jobs.recv() else { return };
                Some(job)
            } else {
                jobs.try_recv().ok()
            };
            let mut round = gather(first, jobs, &mut forgetting);
            self.commit(&mut round, &mut forgetting);
            if let Some(reply) = round.close {
                for (_, reply) in forgetting {
                    let _ = reply.send(Err(refusal("The ledger is being closed.", "What is old is forgotten next time.")));
                }
                return self.close(reply);
            }
            self.stride(&mut forgetting);
            self.checkpoint();
        }
    }

    fn commit(&mut self, round: &mut Round, forgetting: &mut VecDeque<(Forgetting, Reply<()>)>) {
        if round.steps.is_empty() {
            return;
        }
        let now = clock::now();
        let failed = |error: &rusqlite::Error| sqlite("record a step", &self.file, error);
        let results: Vec<Result<(), LedgerError>> = match record::group(&mut self.connection, &round.steps, now) {
            Ok(results) => results.into_iter().map(|result| result.map_err(|error| failed(&error))).collect(),
            Err(error) => vec![Err(failed(&error)); round.steps.len()],
        };
        if let Some((forgetting, _)) = forgetting.front_mut() {
            round.steps.iter().flat_map(|step| &step.seen).for_each(|seen| forgetting.heard(record::moment(seen, now)));
        }
        for (reply, result) in round.replies.drain(..).zip(results) {
            // Whoever stopped waiting still has the step recorded.
            let _ = reply.send(result);
        }
    }

    fn stride(&mut self, forgetting: &mut VecDeque<(Forgetting, Reply<()>)>) {
        let Some((first, _)) = forgetting.front_mut() else { return };
        let result = match first.stride(&mut self.connection) {
            Ok(true) => return,
            Ok(false) => Ok(()),
            Err(error) => Err(sqlite("forget old IDs", &self.file, &error)),
        };
        if let Some((_, reply)) = forgetting.pop_front() {
            let _ = reply.send(result);
        }
    }

    /// Carries the log into the file once it has grown. Nobody waits for it but the steps that come meanwhile.
    fn checkpoint(&self) {
        let pages = |mode: &str| self.connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| row.get(1));
        let result = pages("NOOP").and_then(|waiting: i64| if waiting < LOG_PAGES { Ok(waiting) } else { pages("PASSIVE") });
        if let Err(error) = result {
            let error = sqlite("carry its log into the file", &self.file, &error);
            tracing::warn!(error = %error, advice = error.advice, "the ledger's log keeps growing until this works");
        }
    }

    fn close(self, reply: Reply<()>) {
        let Self { connection, file, lock } = self;
        let result = connection.close().map_err(|(_, error)| sqlite("be closed", &file, &error));
        drop(lock);
        let _ = reply.send(result);
    }
}

/// Takes what is waiting, up to one commit's worth, and nothing beyond a wish to close.
fn gather(first: Option<Job>, jobs: &Receiver<Job>, forgetting: &mut VecDeque<(Forgetting, Reply<()>)>) -> Round {
    let mut round = Round::default();
    let mut size = 0;
    let mut next = first;
    while let Some(job) = next {
        match job {
            Job::Record(step, reply) => {
                size += step.seen.len() + step.dead.len();
                round.steps.push(step);
                round.replies.push(reply);
            }
            Job::Forget(before, reply) => forgetting.push_back((Forgetting::new(before), reply)),
            Job::Close(reply) => {
                round.close = Some(reply);
                break;
            }
        }
        next = if size < GROUP { jobs.try_recv().ok() } else { None };
    }
    round
}
