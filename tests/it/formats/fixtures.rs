//! Alerts as Graph sends them, one file each.

use std::fs;
use std::path::Path;

/// Name and JSON of every fixture, by name.
pub fn fixtures() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/graph-alerts");
    let mut fixtures: Vec<(String, String)> = fs::read_dir(&folder)
        .expect("the folder of fixtures")
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let json = fs::read_to_string(&path).expect("a readable fixture");
            (path.file_stem().expect("a name").to_string_lossy().into_owned(), json.trim_end().to_owned())
        })
        .collect();
    fixtures.sort();
    assert!(fixtures.len() >= 16, "fixtures are missing from {}", folder.display());
    fixtures
}
