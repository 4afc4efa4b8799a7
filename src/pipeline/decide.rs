//! What a route does with one alert, given what it remembers of it.

use jiff::{SignedDuration, Timestamp};

use super::route::Route;
use crate::alert::{Header, Kind};
use crate::format::Activity;
use crate::ledger::Known;
use crate::sink::Revisions;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Forward(Activity),
    Duplicate {
        /// This revision is newer than the one remembered; remembering it keeps the ID from being forgotten too early.
        newer: bool,
    },
}

/// The revision in hand.
#[derive(Debug, Clone, Copy)]
pub struct Revision {
    pub at: Option<Timestamp>,
    pub resolved: bool,
    /// Feeds write the time of one and the same revision this differently.
    pub grain: SignedDuration,
}

/// Decides by the revision in hand and what is remembered.
#[must_use]
pub fn decide(wanted: Revisions, revision: Revision, known: Option<Known>) -> Decision {
    let Some(known) = known else { return Decision::Forward(Activity::Create) };
    let Revision { at, resolved, grain } = revision;
    let newer = at.is_some_and(|at| {
        known.revision.is_none_or(|before| {
            let ahead = at.duration_since(before);
            ahead > SignedDuration::ZERO && (ahead >= grain || resolved != known.resolved)
        })
    });
    match wanted {
        Revisions::Changes if newer && resolved && !known.resolved => Decision::Forward(Activity::Close),
        Revisions::Changes if newer => Decision::Forward(Activity::Update),
        Revisions::New | Revisions::Changes => Decision::Duplicate { newer },
    }
}

/// An incident is a story that grows: its first chapter alone is of no use, whatever the route wants of alerts.
pub(super) fn wanted_revisions(route: &Route, header: &Header) -> Revisions {
    match header.kind {
        Kind::Alert => route.revisions,
        Kind::Incident => Revisions::Changes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_of_memory_and_wish_has_its_decision() {
        let at = |second| Some(Timestamp::from_second(second).unwrap());
        let known = |second, resolved| Some(Known { revision: at(second), resolved });
        let (new, changes) = (Revisions::New, Revisions::Changes);
        for (wanted, revision, resolved, known, decision) in [
            (new, at(5), false, None, Decision::Forward(Activity::Create)),
            (new, at(5), true, None, Decision::Forward(Activity::Create)),
            (changes, None, false, None, Decision::Forward(Activity::Create)),
            (new, at(6), true, known(5, false), Decision::Duplicate { newer: true }),
            (new, at(5), false, known(5, false), Decision::Duplicate { newer: false }),
            (changes, at(5), false, known(5, false), Decision::Duplicate { newer: false }),
            (changes, at(4), false, known(5, false), Decision::Duplicate { newer: false }),
            (changes, at(6), false, known(5, false), Decision::Forward(Activity::Update)),
            (changes, at(6), true, known(5, false), Decision::Forward(Activity::Close)),
            (changes, at(6), true, known(5, true), Decision::Forward(Activity::Update)),
            (changes, None, true, known(5, false), Decision::Duplicate { newer: false }),
            (changes, at(1), false, Some(Known { revision: None, resolved: false }), Decision::Forward(Activity::Update)),
        ] {
            let revision = Revision { at: revision, resolved, grain: SignedDuration::ZERO };
            assert_eq!(decide(wanted, revision, known), decision, "{wanted:?} {revision:?} {known:?}");
        }
    }

    #[test]
    fn a_revision_that_differs_by_less_than_the_grain_is_the_same_unless_the_status_differs() {
        let at = |millis| Some(Timestamp::from_millisecond(millis).unwrap());
        let (grain, known) = (SignedDuration::from_millis(10), Some(Known { revision: at(1000), resolved: false }));
        for (millis, resolved, decision) in [
            (1000, false, Decision::Duplicate { newer: false }),
            (1009, false, Decision::Duplicate { newer: false }),
            (1010, false, Decision::Forward(Activity::Update)),
            (1009, true, Decision::Forward(Activity::Close)),
            (991, true, Decision::Duplicate { newer: false }),
        ] {
            let revision = Revision { at: at(millis), resolved, grain };
            assert_eq!(decide(Revisions::Changes, revision, known), decision, "{millis} {resolved}");
        }
    }
}
