//! Links and paths in the documents: each must lead to a file of the repository.

use std::path::{Component, Path, PathBuf};

use super::{File, Findings};

/// Folders and files whose names, set as code in a document, promise that they exist.
const OURS: [&str; 8] = [".ci/", "config/", "deploy/", "docs/", "scripts/", "src/", "tests/", "benches/"];

/// Links to files, and paths of ours set as code, that lead nowhere. `exists` answers for a path from the repository's root.
pub fn dead(file: &File, exists: &impl Fn(&Path) -> bool) -> Findings {
    if !file.path.strip_suffix("md").is_some_and(|stem| stem.ends_with('.')) {
        return Vec::new();
    }
    let folder = Path::new(&file.path).parent().unwrap_or(Path::new(""));
    let mut findings = Vec::new();
    for target in links(&file.text) {
        let path = target.split('#').next().unwrap_or_default();
        let elsewhere = path.is_empty() || path.contains("://") || path.starts_with("mailto:");
        if !elsewhere && !normal(&folder.join(path)).is_some_and(|path| exists(&path)) {
            findings.push(format!("{}: the link to {target} leads nowhere", file.path));
        }
    }
    for word in file.text.split('`').skip(1).step_by(2) {
        let a_path =
            OURS.iter().any(|ours| word.starts_with(ours)) && !word.contains(|c: char| c.is_whitespace() || "*{<…".contains(c));
        if a_path && !exists(Path::new(word)) {
            findings.push(format!("{}: `{word}` does not exist", file.path));
        }
    }
    findings
}

/// The targets of `[words](target)`, outside code blocks.
fn links(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut in_code = false;
    for line in text.lines() {
        in_code ^= line.trim_start().starts_with("```");
        if !in_code {
            found.extend(line.match_indices("](").filter_map(|(at, _)| line[at + 2..].split_once(')').map(|(target, _)| target)));
        }
    }
    found
}

/// A path without `..`; `None` when it leaves the repository.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => out.pop().then_some(())?,
            Component::Normal(name) => out.push(name),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(out)
}

#[test]
fn the_rule_of_links_bites() {
    let exists = |path: &Path| ["README.md", "docs/a.md", "src/lib.rs", "docs"].iter().any(|known| path == Path::new(known));
    for (path, text, words) in [
        ("README.md", "[a](docs/a.md) [b](docs/a.md#part) [c](#part) [d](https://example.net/x) [e](./docs)", None),
        ("README.md", "see [a](docs/b.md)", Some("docs/b.md leads nowhere")),
        ("docs/a.md", "[up](../README.md), [beside](a.md)", None),
        ("docs/a.md", "[up](../../README.md)", Some("leads nowhere")),
        ("docs/a.md", "```toml\nx = [a](b)\n```", None),
        ("README.md", "`src/lib.rs` and `docs/*.md` and `src/{a,b}.rs` and `cargo test`", None),
        ("README.md", "`src/gone.rs`", Some("`src/gone.rs` does not exist")),
        ("src/lib.rs", "`src/gone.rs` [a](gone)", None),
    ] {
        super::shows(|file| dead(file, &exists), path, text, words);
    }
}
