//! The one thread that writes: it commits all steps that are waiting together, and forgets old IDs when it has time.
//!
//! While one commit waits for the disk, the next steps gather; so the busier it is, the more steps share a commit, and nobody
//! waits for a timer.

use std::collections::VecDeque;
use std::sync::mpsc::Receiver;

use jiff::Timestamp;
use rusqlite::Connection;

use super::desk::Reply;
use super::error::{refusal, sqlite};
use super::forget::Forgetting;
use super::lock::Lock;
use super::record::{self, Deed};
use super::site::Site;
use crate::ledger::settings::Bounds;
use crate::ledger::{LedgerError, Recorded};
use crate::{clock, crash};

/// No more than about this many IDs and dead letters in one commit, so that nobody waits long for others' steps.
const GROUP: usize = 10_000;

/// Pages in the log before it is carried into the file: 8 MB, a few tens of milliseconds of an ordinary disk.
const LOG_PAGES: i64 = 2000;

/// What the writer can be asked for.
#[derive(Debug)]
pub enum Job {
    Record(Deed, Reply<Recorded>),
    Forget(Timestamp, Reply<()>),
    Close(Reply<()>),
}

/// Owns the connection that writes, and the lock.
#[derive(Debug)]
pub struct Writer {
    pub connection: Connection,
    pub file: Site,
    pub lock: Lock,
    pub bounds: Bounds,
}

/// What has to be done next.
#[derive(Default)]
struct Round {
    deeds: Vec<Deed>,
    replies: Vec<Reply<Recorded>>,
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
        if round.deeds.is_empty() {
            return;
        }
        if let Err(gone) = self.in_place() {
            for reply in round.replies.drain(..) {
                let _ = reply.send(Err(gone.clone()));
            }
            return;
        }
        crash::point("ledger.gathered");
        let now = clock::now();
        let failed = |error: &rusqlite::Error| sqlite("record a step", &self.file.path, error);
        let results: Vec<Result<Recorded, LedgerError>> =
            match record::group(&mut self.connection, &round.deeds, self.bounds, now) {
                Ok(results) => results.into_iter().map(|result| result.map_err(|error| failed(&error))).collect(),
                Err(error) => vec![Err(failed(&error)); round.deeds.len()],
            };
        crash::point("ledger.committed");
        if let Some((forgetting, _)) = forgetting.front_mut() {
            round.deeds.iter().flat_map(Deed::seen).for_each(|seen| forgetting.heard(record::moment(seen, now)));
        }
        for (reply, result) in round.replies.drain(..).zip(results) {
            // Whoever stopped waiting still has the step recorded.
            let _ = reply.send(result);
        }
        crash::point("ledger.answered");
    }

    /// `SQLite` would go on writing to a file that nobody finds any more, and the next start would send everything again.
    fn in_place(&self) -> Result<(), LedgerError> {
        self.file.in_place()?;
        if self.lock.in_place(self.file.folder()) { Ok(()) } else { Err(self.file.gone()) }
    }

    fn stride(&mut self, forgetting: &mut VecDeque<(Forgetting, Reply<()>)>) {
        let Some((first, _)) = forgetting.front_mut() else { return };
        let result = match first.stride(&mut self.connection) {
            Ok(true) => return,
            Ok(false) => Ok(()),
            Err(error) => Err(sqlite("forget old IDs", &self.file.path, &error)),
        };
        if let Some((_, reply)) = forgetting.pop_front() {
            let _ = reply.send(result);
        }
    }

    /// Carries the log into the file once it has grown. Nobody waits for it but the steps that come meanwhile.
    fn checkpoint(&self) {
        let pages = |mode: &str| self.connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| row.get(1));
        let result = pages("NOOP").and_then(|waiting: i64| if waiting < LOG_PAGES { Ok(waiting) } else { pages("PASSIVE") });
        crash::point("ledger.checkpointed");
        if let Err(error) = result {
            let error = sqlite("carry its log into the file", &self.file.path, &error);
            tracing::warn!(error = %error, advice = error.advice, "the ledger's log keeps growing until this works");
        }
    }

    fn close(self, reply: Reply<()>) {
        crash::point("ledger.closing");
        let Self { connection, file, lock, bounds: _ } = self;
        let result = connection.close().map_err(|(_, error)| sqlite("be closed", &file.path, &error));
        crash::point("ledger.closed");
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
            Job::Record(deed, reply) => {
                size += deed.size();
                round.deeds.push(deed);
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

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use jiff::Timestamp;
    use tokio::sync::oneshot;

    use super::{Deed, Forgetting, GROUP, Job, Round, Writer, gather};
    use crate::ledger::settings::Bounds;
    use crate::ledger::sqlite::{connect, lock::Lock, lookup, site::Site};
    use crate::ledger::{DeadLetter, Known, RouteKey, Seen, SeenKey, Step};
    use crate::source::FeedKind;
    use crate::tenant::{SinkName, TenantId};

    const DAY: &str = "2026-03-01T00:00:00Z";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// IDs of one day, all with this revision.
    fn step(ids: impl Iterator<Item = String>, revision: &str) -> Step {
        let route = RouteKey { tenant: TenantId::from("t"), feed: FeedKind::GraphAlerts, sink: Some(SinkName::from("siem")) };
        let seen = ids.map(|id| Seen {
            key: SeenKey { id, created: Some(at(DAY)) },
            known: Known { revision: Some(at(revision)), resolved: false },
        });
        Step { seen: seen.collect(), ..Step::of(route) }
    }

    fn deed(step: Step) -> Deed {
        Deed::Step(Box::new(step))
    }

    #[test]
    fn what_is_recorded_behind_a_walk_under_way_is_met_by_the_next_one() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = Writer {
            connection: connect::writer(folder.path(), false).unwrap().0,
            file: Site::of(connect::file(folder.path())).unwrap(),
            lock: Lock::take(folder.path()).unwrap(),
            bounds: Bounds::default(),
        };
        let walk = |writer: &mut Writer, before: &str, meanwhile: Option<Step>| {
            let mut forgetting = VecDeque::from([(Forgetting::new(at(before)), oneshot::channel().0)]);
            writer.stride(&mut forgetting);
            writer.stride(&mut forgetting);
            let mut round = Round { deeds: meanwhile.into_iter().map(deed).collect(), replies: Vec::new(), close: None };
            writer.commit(&mut round, &mut forgetting);
            let mut strides = 2;
            while !forgetting.is_empty() {
                writer.stride(&mut forgetting);
                strides += 1;
            }
            (strides, lookup::figures(&mut writer.connection, 0, None).unwrap().ids)
        };
        let all = (0..2500).map(|number| format!("m{number}"));
        let old = (0..100).map(|number| format!("n{number}"));
        let mut none = VecDeque::new();
        for step in [step(all, "2026-03-09T00:00:00Z"), step(old, DAY)] {
            writer.commit(&mut Round { deeds: vec![deed(step)], replies: Vec::new(), close: None }, &mut none);
        }
        // The first stride has passed by "a" when that is written.
        let behind = step(std::iter::once("a".to_owned()), "2026-03-04T00:00:00Z");
        assert_eq!(walk(&mut writer, "2026-03-03T00:00:00Z", Some(behind)), (5, 2501));
        assert_eq!(walk(&mut writer, "2026-03-05T00:00:00Z", None), (5, 2500));
        // By now it is known that the oldest of that day is younger: the walk does not enter it.
        assert_eq!(walk(&mut writer, "2026-03-06T00:00:00Z", None), (2, 2500));
    }

    #[test]
    fn a_commit_takes_so_many_rows_of_all_kinds_and_leaves_the_rest_to_the_next() {
        let row = |count: usize| Job::Record(deed(step((0..count).map(|id| id.to_string()), DAY)), oneshot::channel().0);
        let (ask, jobs) = std::sync::mpsc::channel();
        for count in [1, 1] {
            ask.send(row(count)).unwrap();
        }
        let round = gather(Some(row(GROUP - 1)), &jobs, &mut VecDeque::new());
        assert_eq!((round.deeds.len(), round.replies.len()), (2, 2));
        assert!(jobs.try_recv().is_ok(), "the third one waits");
        let letter = DeadLetter { alert_id: String::new(), reason: String::new(), at: at(DAY), body: String::new() };
        let mixed = Step { dead: vec![letter; 3], lifted: vec![1; 4], ..step((0..2).map(|id| id.to_string()), DAY) };
        assert_eq!(deed(mixed).size(), 9);
    }
}
