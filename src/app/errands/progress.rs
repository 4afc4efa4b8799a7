//! Tells whoever gave an errand how it goes.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::control::wire::{Counts, Progress, Tell, Trouble};
use crate::pipeline::insist::Listener;
use crate::pipeline::outcome::Outcome;
use crate::pipeline::replay::Watcher;
use crate::pipeline::tally::Tally;
use crate::source::FeedKind;
use crate::telemetry::events;

/// The ear of one errand.
pub(super) struct Reporter {
    tell: mpsc::Sender<Tell>,
    /// The span of the feed that is read at present, and how much of the whole errand lies before it and in it.
    pub span: (Timestamp, Timestamp),
    pub share: (f64, f64),
    pub feed: Option<FeedKind>,
    /// What the feeds before came to.
    pub before: Counts,
    /// All of it.
    pub counts: Counts,
}

impl Reporter {
    pub(super) fn new(tell: mpsc::Sender<Tell>) -> Self {
        let span = (Timestamp::MIN, Timestamp::MIN);
        Self { tell, span, share: (0.0, 1.0), feed: None, before: Counts::default(), counts: Counts::default() }
    }

    /// So much of the errand is done.
    pub(super) fn progressed(&self, at: Option<Timestamp>, done: f64) {
        let feed = self.feed.map(|feed| feed.to_string());
        self.say(Tell::Progress(Progress { feed, at, done, counts: self.counts }));
    }

    /// Something that is not tried again.
    pub(super) fn note(&self, message: String, advice: Option<String>) {
        self.say(Tell::Trouble(Trouble { message, advice, again_in: None }));
    }

    /// Who reads slowly misses some progress, and holds nobody up.
    fn say(&self, tell: Tell) {
        let _ = self.tell.try_send(tell);
    }
}

impl Listener for Reporter {
    fn trouble(&mut self, message: &str, advice: Option<&str>, again_in: Duration) {
        events::errand_trouble(message, advice, again_in);
        let (message, advice) = (message.to_owned(), advice.map(str::to_owned));
        self.say(Tell::Trouble(Trouble { message, advice, again_in: Some(again_in.as_secs()) }));
    }
}

impl Watcher for Reporter {
    fn came(&mut self, at: Timestamp, read: u64, tally: &Tally) {
        self.counts = sum(self.before, read, tally);
        let (from, to) = self.span;
        let part = at.duration_since(from).as_secs_f64() / to.duration_since(from).as_secs_f64();
        let (start, share) = self.share;
        self.progressed(Some(at), start + share * part.clamp(0.0, 1.0));
    }
}

/// What a tally adds to what was counted before.
pub(super) fn sum(before: Counts, read: u64, tally: &Tally) -> Counts {
    Counts {
        read: before.read + read,
        forwarded: before.forwarded + tally.of(Outcome::Forwarded),
        duplicate: before.duplicate + tally.of(Outcome::Duplicate),
        filtered: before.filtered + tally.of(Outcome::Filtered),
        dead_lettered: before.dead_lettered + tally.of(Outcome::DeadLettered),
        ..before
    }
}
