//! The first start of all, which makes the ledger and records where each route starts.

use std::collections::BTreeMap;

use alertferry::clock;

use super::mortal::{Look, Mortal, hasty, in_file};
use crate::faults::scene::{due, history};
use crate::faults::score::Score;
use crate::faults::tail;
use crate::support::lab::Lab;

/// Where a first start dies; there are two routes whose starts are recorded.
pub const POINTS: [&str; 8] = [
    "ledger.locked",
    "ledger.layout-written",
    "ledger.laid-out",
    "ledger.committing",
    "ledger.committed",
    "ledger.committing:2",
    "feed.start-recorded",
    "feed.start-recorded:2",
];

#[test]
fn a_death_in_the_first_start_loses_and_repeats_nothing() {
    let mut score = Score::of("death-in-the-first-start").mended(clock::now());
    for death in POINTS {
        let (point, arrival) = death.split_once(':').unwrap_or((death, "1"));
        let lab = Lab::start(history(1, 12));
        let setup = hasty(&lab).sink("second", "kind = \"file\"\nformat = \"raw\"\npath = \"{folder}/second.jsonl\"");
        let both: Look = Box::new(|daemon| {
            // An alert has arrived when both routes have it.
            let mut came: BTreeMap<String, Vec<_>> = BTreeMap::new();
            for arrival in in_file(daemon) {
                came.entry(arrival.key.clone()).or_default().push(arrival);
            }
            let second = tail::in_file(daemon, "second");
            came.retain(|key, _| second.iter().any(|arrival| arrival.key == *key));
            came.into_values().flatten().collect()
        });
        let mut mortal = Mortal::dead_at_once(lab, setup, both, (point, arrival.parse().expect("a number")));
        if !crate::faults::long() {
            mortal.daemon_lives();
            mortal.recover();
        }
        assert_eq!(mortal.daemon.stop(), Some(0), "{}", mortal.daemon.log());
        let due = due(&mortal.lab);
        assert_eq!(mortal.repeats(), 0, "{death:?}");
        score = score.add(&due, &in_file(&mortal.daemon)).add(&due, &tail::in_file(&mortal.daemon, "second"));
    }
    score.nothing_to_tell().keep();
}
