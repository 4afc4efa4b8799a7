//! What a route does with one alert, given what it remembers of it.

use jiff::Timestamp;

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

/// Decides by the revision in hand and what is remembered.
#[must_use]
pub fn decide(wanted: Revisions, revision: Option<Timestamp>, resolved: bool, known: Option<Known>) -> Decision {
    let Some(known) = known else { return Decision::Forward(Activity::Create) };
    let newer = revision.is_some_and(|revision| known.revision.is_none_or(|before| revision > before));
    match wanted {
        Revisions::Changes if newer && resolved && !known.resolved => Decision::Forward(Activity::Close),
        Revisions::Changes if newer => Decision::Forward(Activity::Update),
        Revisions::New | Revisions::Changes => Decision::Duplicate { newer },
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
            assert_eq!(decide(wanted, revision, resolved, known), decision, "{wanted:?} {revision:?} {resolved} {known:?}");
        }
    }
}
