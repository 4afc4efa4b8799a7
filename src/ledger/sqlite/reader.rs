//! The one thread that answers questions, on a connection of its own, so that lookups never wait for a commit.

use std::sync::mpsc::Receiver;

use jiff::Timestamp;
use rusqlite::Connection;

use super::desk::Reply;
use super::error::sqlite;
use super::site::Site;
use super::{connect, kept, lookup, replays};
use crate::ledger::{Brief, Figures, Kept, KeptFilter, Known, ReplayKey, SeenKey};
use crate::source::FeedKind;
use crate::tenant::{SinkName, TenantId};

/// What the reader can be asked.
#[derive(Debug)]
pub enum Job {
    Known(TenantId, Option<SinkName>, Vec<SeenKey>, Reply<Vec<Option<Known>>>),
    Cursors(TenantId, FeedKind, Reply<Vec<(SinkName, Timestamp)>>),
    Figures(Reply<Figures>),
    Begun(Reply<Option<Timestamp>>),
    RemembersSince(Reply<Option<Timestamp>>),
    KeptBriefly(KeptFilter, Reply<Vec<Brief>>),
    Kept(KeptFilter, Reply<Vec<Kept>>),
    Replayed(ReplayKey, Reply<Option<Timestamp>>),
    ReplaySent(ReplayKey, Vec<String>, Reply<Vec<bool>>),
    Rhythm(TenantId, FeedKind, Reply<Option<String>>),
    Close(Reply<()>),
}

/// Owns the connection that reads.
#[derive(Debug)]
pub struct Reader {
    pub connection: Connection,
    pub file: Site,
}

impl Reader {
    /// Works until it is told to close or nobody can ask any more.
    pub fn work(mut self, jobs: &Receiver<Job>) {
        while let Ok(job) = jobs.recv() {
            match job {
                Job::Known(tenant, sink, keys, reply) => {
                    let result = lookup::known(&mut self.connection, &tenant, sink.as_ref(), &keys);
                    self.answer(reply, "look up alert IDs", result);
                }
                Job::Cursors(tenant, feed, reply) => {
                    let result = lookup::cursors(&self.connection, &tenant, feed);
                    self.answer(reply, "read cursors", result);
                }
                Job::Figures(reply) => {
                    // Asked every few seconds, so that it is noticed also where nothing is to be recorded.
                    if let Err(gone) = self.file.in_place() {
                        let _ = reply.send(Err(gone));
                        continue;
                    }
                    let (log, room) = (connect::log_bytes(&self.file.path), connect::room(&self.file.path));
                    let result = lookup::figures(&mut self.connection, log, room);
                    self.answer(reply, "count what it holds", result);
                }
                Job::RemembersSince(reply) => {
                    let result = lookup::mark(&self.connection, "forgotten");
                    self.answer(reply, "tell how far back it remembers", result);
                }
                Job::Begun(reply) => {
                    let result = lookup::mark(&self.connection, "made");
                    self.answer(reply, "tell when it was begun", result);
                }
                Job::KeptBriefly(filter, reply) => {
                    let result = kept::select_briefly(&self.connection, &filter);
                    self.answer(reply, "list its dead letters", result);
                }
                Job::Kept(filter, reply) => {
                    let result = kept::select(&self.connection, &filter);
                    self.answer(reply, "read its dead letters", result);
                }
                Job::Replayed(key, reply) => {
                    let result = replays::reached(&self.connection, &key);
                    self.answer(reply, "tell how far a replay has come", result);
                }
                Job::ReplaySent(key, ids, reply) => {
                    let result = replays::has_sent(&self.connection, &key, &ids);
                    self.answer(reply, "tell what a replay has sent", result);
                }
                Job::Rhythm(tenant, feed, reply) => {
                    let result = replays::rhythm(&self.connection, &tenant, feed);
                    self.answer(reply, "read a feed's rhythm", result);
                }
                Job::Close(reply) => {
                    let result = self.connection.close().map_err(|(_, error)| sqlite("be closed", &self.file.path, &error));
                    let _ = reply.send(result);
                    return;
                }
            }
        }
    }

    fn answer<T>(&self, reply: Reply<T>, what: &str, result: rusqlite::Result<T>) {
        // Nobody may be waiting any more: a pass that was stopped.
        let _ = reply.send(result.map_err(|error| sqlite(what, &self.file.path, &error)));
    }
}
