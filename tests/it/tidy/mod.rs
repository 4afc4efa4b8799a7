//! What compilers and linters do not know of this house: who may import whom, what a file must look like, links that lead somewhere.
//!
//! Each rule is a function of one file's text, so that the tables beside the rules can show that each of them bites.

mod code;
mod guards;
mod layers;
mod links;
mod looks;

use std::path::Path;
use std::{fs, io};

/// A text file of the repository.
#[derive(Debug)]
struct File {
    /// From the repository's root, with `/`.
    path: String,
    text: String,
}

/// What a rule has to say about a file.
type Findings = Vec<String>;

/// What no rule reads: built, fetched or the version control's own.
const NOT_OURS: [&str; 3] = ["target", ".services", ".git"];

/// Endings of files that are data.
const DATA: [&str; 4] = ["json", "jsonl", "snap", "lock"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every text file of the repository but data: what a vendor or a standard wrote is not ours to tidy.
fn files() -> io::Result<Vec<File>> {
    let mut found = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            // Not only folders: in a second work tree, `.git` is a file.
            let ours = !NOT_OURS.iter().any(|name| path.ends_with(name));
            if ours && path.is_dir() {
                folders.push(path);
            } else if ours
                && !DATA.iter().any(|ending| path.extension().is_some_and(|found| found == *ending))
                && let Ok(text) = fs::read_to_string(&path)
            {
                let path = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().into_owned();
                found.push(File { path, text });
            }
        }
    }
    Ok(found)
}

/// Fails with everything that a rule has to say about the repository.
fn hold(rule: impl Fn(&File) -> Findings) {
    let files = files().expect("the repository can be read");
    assert!(files.iter().any(|file| file.path == "src/lib.rs"), "the walk found no src/lib.rs");
    let findings: Findings = files.iter().flat_map(rule).collect();
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

/// Shows that a rule is silent about a file, or says something with `words` in it.
fn shows(rule: impl Fn(&File) -> Findings, path: &str, text: &str, words: Option<&str>) {
    let findings = rule(&File { path: path.to_owned(), text: text.to_owned() });
    match words {
        None => assert!(findings.is_empty(), "{path}: {text:?} is in order, but: {findings:?}"),
        Some(words) => assert!(
            findings.iter().any(|said| said.contains(words)),
            "{path}: {text:?} should be told {words:?}, got {findings:?}"
        ),
    }
}

#[test]
fn imports_go_the_way_that_the_architecture_says() {
    hold(layers::imports);
}

#[test]
fn some_crates_and_clocks_have_one_place() {
    hold(layers::one_place);
}

#[test]
fn every_rust_file_opens_with_a_sentence() {
    hold(looks::opening);
}

#[test]
fn no_source_file_outgrows_a_reader() {
    hold(looks::length);
}

#[test]
fn nothing_is_left_unfinished_or_switched_off() {
    hold(looks::leftovers);
}

#[test]
fn no_file_names_a_path_of_somebodys_machine() {
    hold(looks::machine_paths);
}

#[test]
fn every_link_and_path_in_the_documents_leads_somewhere() {
    hold(|file| links::dead(file, &|path| root().join(path).exists()));
}
