//! What a file must look like: its first sentence, its length, nothing left unfinished, no path of a machine.

use super::layers::is_rust;
use super::{File, Findings, code};

/// No source file is longer, its unit tests counted in.
const MOST_LINES: usize = 300;

/// A Rust file opens with `//!` and a sentence that ends with a full stop.
pub fn opening(file: &File) -> Findings {
    let sentence: Vec<&str> = file.text.lines().map_while(|line| line.strip_prefix("//! ")).collect();
    if is_rust(&file.path) && !sentence.last().is_some_and(|line| line.ends_with('.')) {
        return vec![format!("{}: its first line should be `//! One sentence that says what the file is for.`", file.path)];
    }
    Vec::new()
}

pub fn length(file: &File) -> Findings {
    let lines = file.text.lines().count();
    if is_rust(&file.path) && file.path.starts_with("src/") && lines > MOST_LINES {
        return vec![format!("{}: {lines} lines; split it by concern ({MOST_LINES} at the most)", file.path)];
    }
    Vec::new()
}

/// Written in two parts each, so that this file does not accuse itself.
const UNFINISHED: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];
const UNFINISHED_CODE: [&str; 4] = ["todo!", "unimplemented!", "dbg!", "#[ignore"];

/// Nothing unfinished, left from debugging, or switched off.
pub fn leftovers(file: &File) -> Findings {
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        let words = line.split(|c: char| !c.is_alphanumeric());
        findings.extend(
            words
                .filter(|word| UNFINISHED.contains(word))
                .map(|word| format!("{}:{number}: {word}; do it or drop it", file.path)),
        );
    }
    if is_rust(&file.path) {
        for (number, line) in (1..).zip(code::strip(&file.text).lines()) {
            let found = UNFINISHED_CODE.iter().filter(|word| line.contains(*word));
            findings.extend(found.map(|word| format!("{}:{number}: {word} does not belong into a commit", file.path)));
        }
    }
    findings
}

/// Home folders of people are left out: alerts are full of them, and so are the tests.
const MACHINE_PATHS: [&str; 2] = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];

/// Paths that exist on one machine only. Web addresses that happen to contain such words are no paths.
pub fn machine_paths(file: &File) -> Findings {
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        for path in MACHINE_PATHS {
            let starts_a_path = |at: usize| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-~}$".contains(c));
            if line.match_indices(path).any(|(at, _)| starts_a_path(at)) {
                findings.push(format!("{}:{number}: {path}… is a path of somebody's machine", file.path));
            }
        }
    }
    findings
}

#[test]
fn the_rule_of_the_opening_sentence_bites() {
    for (path, text, words) in [
        ("src/a.rs", "//! A sentence.\n\nuse b;", None),
        ("src/a.rs", "//! A sentence over\n//! two lines.\n//!\n//! More, without end", None),
        ("src/a.rs", "//! No full stop\n", Some("first line")),
        ("src/a.rs", "use b;\n//! Too late.", Some("first line")),
        ("tests/a.rs", "", Some("first line")),
        ("README.md", "", None),
    ] {
        super::shows(opening, path, text, words);
    }
}

#[test]
fn the_rule_of_length_bites() {
    super::shows(length, "src/a.rs", &"\n".repeat(MOST_LINES), None);
    super::shows(length, "src/a.rs", &"\n".repeat(MOST_LINES + 1), Some("301 lines"));
    super::shows(length, "README.md", &"\n".repeat(MOST_LINES + 1), None);
}

#[test]
fn the_rule_of_leftovers_bites() {
    for (path, text, words) in [
        ("src/a.rs", concat!("// TO", "DO: later"), Some("do it or drop it")),
        ("Makefile", concat!("# FIX", "ME"), Some("do it or drop it")),
        ("docs/a.md", "mastodons", None),
        ("src/a.rs", "fn f() { todo!(\"x\") }", Some("todo!")),
        ("src/a.rs", "fn f() { dbg!(x) }", Some("dbg!")),
        ("src/a.rs", "fn f() { unimplemented!() }", Some("unimplemented!")),
        ("tests/a.rs", "#[ignore = \"slow\"]\nfn f() {}", Some("#[ignore")),
        ("src/a.rs", "const X: &str = \"dbg!\"; // dbg!", None),
    ] {
        super::shows(leftovers, path, text, words);
    }
}

#[test]
fn the_rule_of_machine_paths_bites() {
    for (text, words) in [
        (concat!("cp /wo", "rk/a b"), Some("somebody's machine")),
        (concat!("path = \"/ro", "ot/.cargo\""), Some("somebody's machine")),
        (concat!("https://example.net/wo", "rk/a and $DIR/wo", "rk/b/wo", "rk/"), None),
        ("/var/lib/alertferry", None),
    ] {
        super::shows(machine_paths, "docs/a.md", text, words);
    }
}
