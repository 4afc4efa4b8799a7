//! Configuration files: refused with a report, or taken; never a panic.
#![no_main]

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fs;

use tempfile::TempDir;

thread_local! {
    static FOLDER: OnceCell<TempDir> = const { OnceCell::new() };
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    FOLDER.with(|folder| {
        let folder = folder.get_or_init(|| tempfile::tempdir().expect("a temporary folder"));
        let file = folder.path().join("alertferry.toml");
        fs::write(&file, input).expect("a file of ours");
        if let Err(report) = alertferry::config::load_with(&file, &BTreeMap::new()) {
            assert!(!report.to_string().is_empty());
        }
    });
});
