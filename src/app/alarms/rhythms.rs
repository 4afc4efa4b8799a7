//! Keeps in the ledger what feeds have learnt of their rhythm, and finds it again after a restart.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use super::Watched;
use crate::alarm::rhythm::Rhythm;
use crate::pipeline::Ports;
use crate::telemetry::alarms;

/// What a feed has learnt is kept this often: a crash costs no more of it, and the next sweep reads that again.
const EVERY: Duration = Duration::from_hours(1);

/// So many are written at once: the ledger makes them durable together.
const AT_ONCE: usize = 64;

/// What is known of a feed's kept rhythm.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    recalled: bool,
    kept: Option<String>,
    due: Option<Instant>,
}

impl Keeping {
    /// What an earlier run knew has been found, so that silence may be judged.
    pub(super) fn is_recalled(&self) -> bool {
        self.recalled
    }
}

/// Which rhythms are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Those whose hour is over.
    Due,
    All,
}

/// Finds what an earlier run knew, once for each feed.
pub(super) async fn recall(feeds: &mut [Watched], ports: &Ports) {
    for watched in feeds.iter_mut().filter(|watched| !watched.rhythm.recalled) {
        let board = &watched.board;
        match ports.ledger.rhythm(&board.tenant.id, board.feed).await {
            Ok(kept) => {
                if let Some(rhythm) = kept.as_deref().and_then(Rhythm::from_text) {
                    board.met(&rhythm);
                }
                // Feeds take turns: thousands of them are not written in the same moment of each hour.
                let due = Instant::now() + EVERY.mul_f64(fastrand::f64());
                watched.rhythm = Keeping { recalled: true, kept, due: Some(due) };
            }
            // The ledger has an alarm of its own; whoever asks in vain asks again at the next look.
            Err(_) => return,
        }
    }
}

/// Writes what has changed.
pub(super) async fn keep(feeds: &mut [Watched], ports: &Ports, which: Which) {
    let now = Instant::now();
    let mut changed = Vec::new();
    for (index, watched) in feeds.iter_mut().enumerate() {
        let Some(due) = watched.rhythm.due.filter(|due| which == Which::All || *due <= now) else { continue };
        watched.rhythm.due = Some(due.max(now) + EVERY);
        let text = watched.board.rhythm().to_text();
        if watched.rhythm.kept.as_ref() != Some(&text) {
            changed.push((index, text));
        }
    }
    let mut trouble = None;
    for some in changed.chunks(AT_ONCE) {
        let written = some.iter().map(|(index, text)| {
            let board = &feeds[*index].board;
            ports.ledger.keep_rhythm(board.tenant.id.clone(), board.feed, text.clone())
        });
        for ((index, text), kept) in some.iter().zip(join_all(written).await) {
            match kept {
                Ok(()) => feeds[*index].rhythm.kept = Some(text.clone()),
                Err(error) => trouble = Some(error),
            }
        }
    }
    if let Some(error) = trouble {
        alarms::rhythm_not_kept(&error.message);
    }
}
