//! What a scenario showed: lost, repeated, late, and what the operator was told. It is judged and kept for the table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::documents;

/// Something that must arrive at a sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What makes it one thing: the tenant's ID and the alert's, and the revision where each counts.
    pub key: String,
    /// From when on the API showed it.
    pub since: Timestamp,
}

/// Something that arrived at a sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// As that of [`Due`].
    pub key: String,
    /// When it was seen there; `None` where the receiver does not tell.
    pub at: Option<Timestamp>,
}

/// The score of one scenario.
#[derive(Debug)]
#[must_use = "a score counts once it is kept"]
pub struct Score {
    name: &'static str,
    /// How long an alert takes where nothing is wrong: interval and delay.
    pace: Duration,
    /// The end of the fault: nothing can be late before.
    mended: Option<Timestamp>,
    due: usize,
    lost: Vec<String>,
    repeated: Vec<String>,
    strange: Vec<String>,
    /// The worst, in seconds.
    late: Option<f64>,
    /// The most that it may be.
    late_at_most: Duration,
    allowed: usize,
    told: Option<String>,
}

impl Score {
    /// A scenario that has met nothing yet. The name is a literal, in small letters and dashes, and stands in the documents.
    pub fn of(name: &'static str) -> Self {
        Self {
            name,
            pace: Duration::from_secs(1),
            mended: None,
            due: 0,
            lost: Vec::new(),
            repeated: Vec::new(),
            strange: Vec::new(),
            late: None,
            late_at_most: Duration::MAX,
            allowed: 0,
            told: None,
        }
    }

    /// Interval and delay together, where they are not the one second of [`crate::support::setup::Setup`].
    pub fn pace(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }

    /// When the fault ended: what was due before counts as due from then on. Goes before [`Score::add`].
    pub fn mended(mut self, at: Timestamp) -> Self {
        self.mended = Some(at);
        self
    }

    /// Compares what one sink should have with what it got. Several sinks add up.
    pub fn add(mut self, due: &[Due], arrivals: &[Arrival]) -> Self {
        let mut came: BTreeMap<&str, Vec<Option<Timestamp>>> = BTreeMap::new();
        for arrival in arrivals {
            came.entry(&arrival.key).or_default().push(arrival.at);
        }
        for one in due {
            let Some(times) = came.get(one.key.as_str()) else {
                self.lost.push(one.key.clone());
                continue;
            };
            self.repeated.extend(std::iter::repeat_n(one.key.clone(), times.len() - 1));
            if let Some(at) = times.iter().flatten().min() {
                let since = self.mended.map_or(one.since, |mended| mended.max(one.since));
                let late = (at.duration_since(since).as_secs_f64() - self.pace.as_secs_f64()).max(0.0);
                self.late = Some(self.late.map_or(late, |worst| worst.max(late)));
            }
        }
        let known: BTreeSet<&str> = due.iter().map(|one| one.key.as_str()).collect();
        self.strange.extend(came.keys().filter(|key| !known.contains(**key)).map(|key| (*key).to_owned()));
        self.due += due.len();
        self
    }

    /// How many repeats docs/guarantees.md allows here, in total; none unless told.
    pub fn repeats_up_to(mut self, bound: usize) -> Self {
        self.allowed = bound;
        self
    }

    /// How late the last may be, where the scenario is about that; generous, for busy machines.
    pub fn late_up_to(mut self, bound: Duration) -> Self {
        self.late_at_most = bound;
        self
    }

    /// What the operator saw of it: a state with its advice, a line of the log, a metric. `None` fails the scenario.
    pub fn told(mut self, saw: Option<String>) -> Self {
        let Some(saw) = saw else { panic!("{}: the operator was not told", self.name) };
        self.told = Some(match self.told {
            Some(before) if before.contains(&saw) => before,
            Some(before) => format!("{before}; {saw}"),
            None => saw,
        });
        self
    }

    /// Nothing was wrong that anybody should act on: the program coped, and silence is right.
    pub fn nothing_to_tell(mut self) -> Self {
        self.told = Some("nothing to tell".to_owned());
        self
    }

    /// Writes the score to `target/faults/NAME.tsv` and fails unless nothing was lost, no more repeated than is allowed, nothing
    /// came that the cloud does not have, the operator was told, and the documents say the same.
    pub fn keep(self) {
        let line = self.line();
        println!("{line}");
        std::fs::create_dir_all(folder()).expect("a folder for the scores");
        std::fs::write(folder().join(format!("{}.tsv", self.name)), line).expect("a file in our folder");
        if let Err(reason) = self.verdict() {
            panic!("{}: {reason}", self.name);
        }
    }

    fn line(&self) -> String {
        let form = if super::long() { "long" } else { "quick" };
        let worst = self.late.map_or_else(|| "-".to_owned(), |late| format!("{late:.1}"));
        let told = self.told.as_deref().unwrap_or("NOTHING").replace(['\t', '\n', '\r'], " ");
        let Self { name, due, lost, repeated, allowed, .. } = self;
        format!("{name}\t{form}\t{due}\t{}\t{}\t{allowed}\t{worst}\t{told}\n", lost.len(), repeated.len())
    }

    fn verdict(&self) -> Result<(), String> {
        let Self { due, lost, repeated, strange, allowed, late, late_at_most, .. } = self;
        let held = |holds: bool, reason: String| if holds { Ok(()) } else { Err(reason) };
        held(*due > 0, "nothing was due, so nothing was shown".to_owned())?;
        let others = if strange.is_empty() { String::new() } else { format!("; what came instead: {}", some(strange)) };
        held(lost.is_empty(), format!("{} of {due} are lost: {}{others}", lost.len(), some(lost)))?;
        held(strange.is_empty(), format!("{} came that the cloud does not have: {}", strange.len(), some(strange)))?;
        held(repeated.len() <= *allowed, format!("{} repeats, allowed are {allowed}: {}", repeated.len(), some(repeated)))?;
        let in_time = late.is_none_or(|late| late <= late_at_most.as_secs_f64());
        held(in_time, format!("{late:?} s late, allowed are {late_at_most:?}"))?;
        held(self.told.is_some(), "say what the operator was told, or that there was nothing to tell".to_owned())?;
        let says = documents::allows_repeats(self.name);
        held(
            says == Some(*allowed > 0),
            "its row in docs/guarantees.md says otherwise about repeats, or there is none".to_owned(),
        )
    }
}

/// Where the scores of all scenarios are kept, a file each: name, form, due, lost, repeated, allowed, late, told.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/faults")
}

fn some(keys: &[String]) -> String {
    keys.iter().take(5).cloned().collect::<Vec<_>>().join(", ")
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn example(due: &[(&str, i64)], came: &[(&str, i64)]) -> Score {
    let due: Vec<_> = due.iter().map(|(key, since)| Due { key: (*key).to_owned(), since: at(*since) }).collect();
    let came: Vec<_> = came.iter().map(|(key, when)| Arrival { key: (*key).to_owned(), at: Some(at(*when)) }).collect();
    Score::of("full-page-without-link").mended(at(10)).add(&due, &came)
}

#[test]
fn what_is_missing_twice_or_unknown_is_counted_and_the_worst_is_late() {
    let score = example(&[("a", 1), ("b", 30), ("c", 5)], &[("a", 14), ("a", 15), ("b", 31), ("x", 1)]);
    assert_eq!((score.due, score.lost, score.repeated), (3, vec!["c".to_owned()], vec!["a".to_owned()]));
    assert_eq!(score.strange, ["x"]);
    assert!((score.late.unwrap() - 3.0).abs() < 1e-9, "the fault ended at 10, and a second is the usual pace");
}

#[test]
fn a_score_fails_for_each_thing_that_is_wrong() {
    let well = || example(&[("a", 1)], &[("a", 1)]);
    assert_eq!(well().nothing_to_tell().verdict(), Ok(()));
    for (bad, reason) in [
        (example(&[("a", 1)], &[]).nothing_to_tell(), "1 of 1 are lost: a"),
        (example(&[("a", 1)], &[("a", 1), ("a", 2)]).nothing_to_tell(), "1 repeats, allowed are 0: a"),
        (example(&[("a", 1)], &[("a", 1), ("b", 2)]).nothing_to_tell(), "1 came that the cloud does not have: b"),
        (
            example(&[("a", 1)], &[("a", 20)]).late_up_to(Duration::from_secs(8)).nothing_to_tell(),
            "Some(9.0) s late, allowed are 8s",
        ),
        (well(), "what the operator was told"),
        (example(&[], &[]).nothing_to_tell(), "nothing was due"),
        (well().nothing_to_tell().repeats_up_to(1), "docs/guarantees.md says otherwise"),
    ] {
        let said = bad.verdict().expect_err(reason);
        assert!(said.contains(reason), "{said}");
    }
    assert!(std::panic::catch_unwind(|| well().told(None)).is_err());
}
