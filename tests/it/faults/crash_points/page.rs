//! Each line on the way of a page to a file and into the ledger.

use super::mortal::{Mortal, PAGE, arrivals, hasty, in_file};
use crate::faults::score::Score;
use crate::support::lab::Lab;

/// Before the page is handed to the sink, and after the commit.
pub const HARMLESS: [&str; 15] = [
    "pass.opened",
    "pass.page-read",
    "pass.sorted",
    "serve.begun",
    "serve.planned",
    "outlet.delivering",
    "file.opened",
    "file.writing",
    "ledger.committed",
    "ledger.answered",
    "ledger.checkpointed",
    "serve.recorded",
    "serve.advanced",
    "pass.handed-out",
    "feed.passed",
];

/// In between.
pub const COSTLY: [&str; 11] = [
    "file.written",
    "file.synced",
    "outlet.delivered",
    "serve.recording",
    "ledger.gathered",
    "ledger.begun",
    "ledger.scope-found",
    "ledger.ids-written",
    "ledger.cursor-written",
    "ledger.step-written",
    "ledger.committing",
];

/// The process comes by there once.
const ONCE: [&str; 1] = ["file.opened"];

fn die_everywhere(points: &[&str]) -> Mortal {
    let lab = Lab::quiet(1);
    let setup = hasty(&lab);
    let mut mortal = Mortal::start(lab, setup, Box::new(in_file));
    for point in points {
        for arrival in arrivals().iter().filter(|arrival| **arrival == 1 || !ONCE.contains(point)) {
            mortal.dies_at(point, *arrival);
        }
    }
    mortal
}

#[test]
fn a_death_before_the_sink_or_after_the_commit_repeats_nothing() {
    let mut mortal = die_everywhere(&HARMLESS);
    mortal.score(Score::of("death-outside-delivery")).repeats_up_to(0).keep();
}

#[test]
fn a_death_between_sink_and_commit_repeats_the_page() {
    let mut mortal = die_everywhere(&COSTLY);
    let score = mortal.score(Score::of("death-before-the-commit"));
    // Or the points do not stand where their names say.
    let (repeats, deaths) = (mortal.repeats(), COSTLY.len() * arrivals().len());
    assert!((deaths..=deaths * PAGE).contains(&repeats), "{repeats} repeats of {deaths} deaths");
    score.keep();
}
