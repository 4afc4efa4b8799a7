//! On whose behalf a page is handed out, and what follows from it for each alert. All errands go through
//! [`serve`](super::serve): they differ in nothing but what is said here.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::Ports;
use super::decide::{Decision, Revision, decide, wanted_revisions};
use super::route::Route;
use crate::alert::{Header, Unreadable};
use crate::format::Activity;
use crate::ledger::{Kept, KeptFilter, Known, LedgerError, ReplayKey};
use crate::sink::Revisions;
use crate::source::FeedKind;

/// Why a page is handed out.
#[derive(Debug, Clone)]
pub enum Errand {
    /// The feed is looked at for what is new: cursors move.
    Watch,
    /// The past is offered again, for whatever a route does not know.
    Sweep,
    /// Somebody had the past read again.
    Replay(Replay),
    /// Dead letters get another chance: their numbers, record by record.
    Retry(Vec<i64>),
}

/// A page of a replay.
#[derive(Debug, Clone)]
pub struct Replay {
    pub key: ReplayKey,
    /// How far it had come before this page, and how far it has once the page is delivered.
    pub before: Timestamp,
    pub after: Timestamp,
    /// The dead letters of the sink when the replay began, by alert ID.
    pub aside: Arc<Aside>,
    /// Reads the header of one of them.
    pub header: ReadKept,
}

/// Reads the header of a record that was kept aside under this ID.
pub type ReadKept = fn(feed: FeedKind, alert_id: &str, raw: &str) -> Result<Header, Unreadable>;

/// Numbers of dead letters by alert ID.
pub type Aside = HashMap<String, Vec<i64>>;

/// How an alert stands with its route, whatever the ledger remembers of its ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// As the ledger remembers it.
    AsKnown,
    /// The sink is to have it: it never did, or it is to have it again.
    ToSend,
    /// A later revision went out meanwhile, so that this one is settled.
    Superseded,
    /// This very errand, or somebody else meanwhile, is done with it.
    Done,
}

/// What is found out about an alert before it is planned.
#[derive(Debug, Clone)]
pub(super) struct Past {
    pub standing: Standing,
    /// Dead letters that are settled with the alert.
    pub letters: Vec<i64>,
}

impl Past {
    const AS_KNOWN: Self = Self { standing: Standing::AsKnown, letters: Vec::new() };
}

impl Errand {
    #[must_use]
    pub fn moves_cursor(&self) -> bool {
        matches!(self, Errand::Watch)
    }

    /// Whether events say that they were read again.
    #[must_use]
    pub fn marks(&self) -> bool {
        matches!(self, Errand::Replay(_))
    }

    /// The dead letter that this record of a page comes from.
    pub(super) fn letter(&self, record: usize) -> Option<i64> {
        let Errand::Retry(numbers) = self else { return None };
        numbers.get(record).copied()
    }

    /// What the ledger is told of a replay's progress.
    pub(super) fn replayed(&self, delivered: bool) -> Option<(ReplayKey, Timestamp)> {
        let Errand::Replay(replay) = self else { return None };
        Some((replay.key.clone(), if delivered { replay.after } else { replay.before }))
    }

    /// Finds out how these records of a page stand. The route's turn must be held: what is found stays so until it is recorded.
    pub(super) async fn look(
        &self,
        route: &Route,
        wanted: &[(usize, &Header)],
        known: &[Option<Known>],
        ports: &Ports,
    ) -> Result<Vec<Past>, LedgerError> {
        match self {
            Errand::Watch | Errand::Sweep => Ok(vec![Past::AS_KNOWN; wanted.len()]),
            Errand::Replay(replay) => replay.look(route, wanted, known, ports).await,
            Errand::Retry(numbers) => {
                let numbers: Vec<i64> = wanted.iter().filter_map(|(index, _)| numbers.get(*index).copied()).collect();
                let there = there(numbers.clone(), ports).await?;
                let past = |((number, (_, header)), known): ((i64, &(usize, &Header)), &Option<Known>)| Past {
                    standing: match known {
                        _ if !there.contains(&number) => Standing::Done,
                        Some(known) if superseded(route, header, *known) => Standing::Superseded,
                        _ => Standing::ToSend,
                    },
                    letters: vec![number],
                };
                Ok(numbers.into_iter().zip(wanted).zip(known).map(past).collect())
            }
        }
    }
}

impl Replay {
    /// An alert that the ledger knows, but only because it was kept aside, has never been sent.
    async fn look(
        &self,
        route: &Route,
        wanted: &[(usize, &Header)],
        known: &[Option<Known>],
        ports: &Ports,
    ) -> Result<Vec<Past>, LedgerError> {
        let again = self.key.send_again;
        let sent = if again && !wanted.is_empty() {
            let ids = wanted.iter().map(|(_, header)| header.id.clone()).collect();
            ports.ledger.replay_sent(self.key.clone(), ids).await?
        } else {
            vec![false; wanted.len()]
        };
        let numbers = wanted.iter().filter_map(|(_, header)| self.aside.get(&header.id)).flatten().copied().collect();
        let there = there(numbers, ports).await?;
        let mut past = Vec::with_capacity(wanted.len());
        for (((_, header), known), sent) in wanted.iter().zip(known).zip(sent) {
            if sent {
                past.push(Past { standing: Standing::Done, letters: Vec::new() });
                continue;
            }
            let mut letters = self.aside.get(&header.id).cloned().unwrap_or_default();
            letters.retain(|number| there.contains(number));
            let to_send = again || self.never_sent(route, header, *known, &letters, ports).await?;
            let standing = if to_send { Standing::ToSend } else { Standing::AsKnown };
            past.push(Past { standing, letters });
        }
        Ok(past)
    }

    /// A dead letter stands for an alert that was not sent, unless a later revision was.
    async fn never_sent(
        &self,
        route: &Route,
        header: &Header,
        known: Option<Known>,
        letters: &[i64],
        ports: &Ports,
    ) -> Result<bool, LedgerError> {
        if wanted_revisions(route, header) == Revisions::New {
            return Ok(!letters.is_empty());
        }
        // One after the other: each may have megabytes.
        for number in letters {
            for Kept { route, letter, .. } in ports.ledger.kept(KeptFilter::of(vec![*number])).await? {
                let revision = (self.header)(route.feed, &letter.alert_id, &letter.body).map(|header| header.updated);
                // One that cannot be read any more must not be taken for settled.
                let is_newest = |revision: Option<Timestamp>| known.is_some_and(|known| revision >= known.revision);
                if revision.is_err() || revision.is_ok_and(is_newest) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// Which of these dead letters are there: somebody else may have taken some up.
async fn there(numbers: Vec<i64>, ports: &Ports) -> Result<HashSet<i64>, LedgerError> {
    if numbers.is_empty() {
        return Ok(HashSet::new());
    }
    let briefs = ports.ledger.kept_briefly(KeptFilter::of(numbers)).await?;
    Ok(briefs.into_iter().map(|brief| brief.number).collect())
}

/// Whether a route that wants every revision has had a later one than this.
fn superseded(route: &Route, header: &Header, known: Known) -> bool {
    let revision = Revision { at: known.revision, resolved: known.resolved, grain: route.grain };
    let this = Known { revision: header.updated, resolved: header.status.is_over() };
    wanted_revisions(route, header) == Revisions::Changes
        && matches!(decide(Revisions::Changes, revision, Some(this)), Decision::Forward(_))
}

/// What an event says that is sent whatever the ledger remembers: nobody noted whether the sink has had an earlier revision.
pub(super) fn activity(route: &Route, header: &Header, known: Option<Known>) -> Activity {
    let first = known.is_none() || header.updated.is_none() || header.updated == header.created;
    match wanted_revisions(route, header) {
        Revisions::New => Activity::Create,
        Revisions::Changes if first => Activity::Create,
        Revisions::Changes if header.status.is_over() => Activity::Close,
        Revisions::Changes => Activity::Update,
    }
}
