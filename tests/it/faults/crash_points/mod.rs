//! The process dies at every point of `src/crash.rs`, the first time that it comes by and later, and is started again.
//!
//! ARCHITECTURE.md, "If the process dies", is the table of the points: what the last column allows is what the scenarios
//! allow. The tests here see to it that source, table and scenarios hold the very same points.

mod beside;
mod commands;
#[cfg(feature = "kafka")]
mod far;
mod forward;
mod mortal;
mod page;
mod start;
mod stop;

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

const SIGABRT: i32 = 6;

const HEADING: &str = "\n## If the process dies\n";

/// What a death at a point may make arrive twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cost {
    Nothing,
    AtMostThePage,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The points of the table, with what each may cost.
fn table() -> BTreeMap<String, Cost> {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let start = text.find(HEADING).expect("the heading in ARCHITECTURE.md") + HEADING.len();
    let section = &text[start..];
    let section = &section[..section.find("\n## ").expect("another section")];
    let mut points = BTreeMap::new();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let cost = match cells[3] {
            "nothing" => Cost::Nothing,
            "at most the page" => Cost::AtMostThePage,
            other => panic!("found {other:?} in the last column, expected \"nothing\" or \"at most the page\": {row}"),
        };
        for name in cells[0].split('`').filter(|name| !name.trim().is_empty()) {
            assert!(points.insert(name.to_owned(), cost).is_none(), "{name} stands in the table twice");
        }
    }
    points
}

/// What a death at this point may cost.
fn cost(point: &str) -> Cost {
    *table().get(point).unwrap_or_else(|| panic!("{point} has no row in ARCHITECTURE.md, \"If the process dies\""))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Every literal that follows `before` in the Rust files of a folder, with how often it stands there.
fn literals(folder: &str, before: &str) -> BTreeMap<String, usize> {
    let mut files = Vec::new();
    sources(&root().join(folder), &mut files);
    let mut found = BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(file).expect("a source");
        for (at, _) in text.match_indices(before) {
            let name = text[at + before.len()..].split('"').next().expect("a literal");
            *found.entry(name.to_owned()).or_default() += 1;
        }
    }
    found
}

#[test]
fn the_table_in_the_architecture_holds_every_point_of_the_source_and_no_other() {
    let points = literals("src", "crash::point(\"");
    assert!(points.len() > 40, "the search for points finds next to none: {points:?}");
    let twice: Vec<_> = points.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "each point has one place: {twice:?}");
    let (source, table): (BTreeSet<_>, BTreeSet<_>) = (points.into_keys().collect(), table().into_keys().collect());
    let lacks: Vec<_> = source.difference(&table).collect();
    assert!(lacks.is_empty(), "ARCHITECTURE.md, \"If the process dies\", lacks these points: {lacks:?}");
    let ghosts: Vec<_> = table.difference(&source).collect();
    assert!(ghosts.is_empty(), "ARCHITECTURE.md lists points that the source does not have: {ghosts:?}");
}

/// Sees to it that a process died at this point (`NAME` or `NAME:ARRIVAL`) and of nothing else.
pub fn died_at(point: &str, status: ExitStatus, said: &str) {
    let name = point.split(':').next().expect("a name");
    let its_word = format!("the process dies at the crash point {name}");
    assert!(status.signal() == Some(SIGABRT) && said.lines().any(|line| line == its_word), "{point}: {status}: {said}");
}

/// The points at which scenarios have the process die. Each is a list that a scenario goes through to its end, and for each death
/// [`died_at`] sees to it that it was at that point: a list that holds a point proves it as soon as its scenario passes.
fn scenarios() -> BTreeSet<&'static str> {
    let ledger = crate::ledger::points::POINTS;
    let mut points = vec![&page::HARMLESS[..], &page::COSTLY, &stop::POINTS, &start::POINTS, &forward::POINTS, ledger];
    points.extend([&beside::ASIDE[..], &beside::SWEEP, &beside::TORN, &beside::REFUSING, &beside::TOKEN]);
    points.extend([&commands::REPLAY[..], &commands::MOVES, &commands::RETRY, &commands::COPY, &commands::COMPACTION]);
    #[cfg(feature = "kafka")]
    points.push(&far::POINTS);
    points.concat().into_iter().map(|point| point.split(':').next().expect("a name")).collect()
}

#[test]
fn a_scenario_dies_at_every_point_of_the_source() {
    let points = literals("src", "crash::point(\"");
    let scenarios = scenarios();
    let alive: Vec<_> = points.keys().filter(|point| !scenarios.contains(point.as_str())).collect();
    // Those on the way to a receiver are there to die at only where there is Kafka's client.
    let alive: Vec<_> = alive.into_iter().filter(|point| cfg!(feature = "kafka") || !is_far(point)).collect();
    assert!(alive.is_empty(), "no scenario dies at these points: {alive:?}");
}

fn is_far(point: &str) -> bool {
    ["kafka.", "syslog."].iter().any(|of| point.starts_with(of))
}

#[test]
fn whoever_dies_elsewhere_or_of_something_else_has_not_died_at_a_point() {
    let aborted = ExitStatus::from_raw(SIGABRT);
    let word = "a line\nthe process dies at the crash point a.b\n";
    died_at("a.b:3", aborted, word);
    for (point, status, said) in [("a.c", aborted, word), ("a.b", aborted, "abort"), ("a.b", ExitStatus::from_raw(9), word)] {
        assert!(std::panic::catch_unwind(|| died_at(point, status, said)).is_err(), "{point} {status} {said}");
    }
}

/// The feature is one of dev-dependencies only; without it, a point is an empty function.
#[test]
fn the_program_that_is_shipped_has_no_points() {
    let features = |kinds: &str| {
        let output = Command::new(env!("CARGO"))
            .args(["tree", "--locked", "--offline", "--depth", "0", "--format", "{p} features={f}", "--edges", kinds])
            .current_dir(root())
            .output()
            .expect("cargo starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(text.starts_with("alertferry "), "{text}");
        text.lines().next().expect("a line").to_owned()
    };
    assert!(!features("normal,build").contains("crash-points"), "cargo build would switch the points on");
    assert!(features("normal,build,dev").contains("crash-points"), "cargo test would leave them out");
}
