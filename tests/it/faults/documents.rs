//! The rows of docs/guarantees.md, "Proven under fault": each scenario has one, and none stands for nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::score;

/// How a scenario names itself, written in two parts so that this is no scenario.
const BEGINS: &str = concat!("Score::of", "(\"");
const HEADING: &str = "\n## Proven under fault\n";

/// A row: what happens, how many repeats are allowed and why, what was measured.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    name: String,
    happens: String,
    /// Begins with the number, or with `none`.
    repeats: String,
    measured: String,
}

fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guarantees.md")
}

/// The part of the document that is about scenarios.
fn section(text: &str) -> &str {
    let start = text.find(HEADING).expect("the heading in docs/guarantees.md") + HEADING.len();
    let end = text[start..].find("\n## ").map_or(text.len(), |end| start + end);
    &text[start..end]
}

/// Reads a line of the table; other lines give nothing.
fn row(line: &str) -> Option<Row> {
    let cells: Vec<&str> = line.strip_prefix("| `")?.trim_end().trim_end_matches('|').split(" | ").map(str::trim).collect();
    let [name, happens, repeats, measured] = cells.try_into().ok()?;
    let name = name.strip_suffix('`')?;
    let text = str::to_owned;
    Some(Row { name: text(name), happens: text(happens), repeats: text(repeats), measured: text(measured) })
}

fn rows() -> Vec<Row> {
    let text = std::fs::read_to_string(document()).expect("docs/guarantees.md");
    section(&text).lines().filter_map(row).collect()
}

/// Whether the row of a scenario allows repeats; `None` when there is no such row.
pub fn allows_repeats(name: &str) -> Option<bool> {
    rows().into_iter().find(|row| row.name == name).map(|row| !row.repeats.starts_with("none"))
}

/// The names of all scenarios, as the sources of the tests hand them in.
fn scenarios() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the tests") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source");
                let calls = text.split(BEGINS).skip(1);
                names.extend(calls.map(|rest| rest.split('"').next().expect("a literal").to_owned()));
            }
        }
    }
    names
}

#[test]
fn every_scenario_has_its_row_and_every_row_its_scenario() {
    let scenarios = scenarios();
    let rows = rows();
    assert!(scenarios.contains("full-page-without-link"), "the search for scenarios finds {scenarios:?}");
    let mut findings = Vec::new();
    for name in &scenarios {
        let count = rows.iter().filter(|row| row.name == *name).count();
        if count != 1 {
            findings.push(format!("the scenario {name:?} has {count} rows in docs/guarantees.md, \"Proven under fault\""));
        }
    }
    for row in &rows {
        if !scenarios.contains(&row.name) {
            findings.push(format!("docs/guarantees.md has a row for {:?}, and no test hands in such a score", row.name));
        }
        let known = row.repeats.starts_with("none") || row.repeats.starts_with("at most ");
        if row.happens.len() < 20 || !known {
            findings.push(format!("the row of {:?} should say what happens, and `none` or `at most …` repeats", row.name));
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// `make faults` asks for this: the last column of each row says what the long form measured.
#[test]
fn rows_say_what_was_measured() {
    let path = document();
    let mut text = std::fs::read_to_string(&path).expect("docs/guarantees.md");
    let renew = std::env::var_os("ALERTFERRY_RENEW_DOCS").is_some();
    for row in rows() {
        let kept = std::fs::read_to_string(score::folder().join(format!("{}.tsv", row.name))).unwrap_or_default();
        let cells: Vec<&str> = kept.trim_end().split('\t').collect();
        if renew && cells.get(1) == Some(&"long") {
            let (due, lost, repeated, late) = (cells[2], cells[3], cells[4], cells[6]);
            let late = if late == "-" { String::new() } else { format!(", {late} s late") };
            let measured = format!("{due} due, {lost} lost, {repeated} repeated{late}");
            let old = format!("| `{}` | {} | {} | {} |", row.name, row.happens, row.repeats, row.measured);
            let new = format!("| `{}` | {} | {} | {measured} |", row.name, row.happens, row.repeats);
            text = text.replace(&old, &new);
        }
    }
    if renew {
        std::fs::write(&path, text).expect("docs/guarantees.md can be written");
    }
    for row in rows() {
        assert!(row.measured.contains(" 0 lost"), "the row of {:?} should say what was measured; run `make faults`", row.name);
    }
}
