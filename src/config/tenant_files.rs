//! `tenants.d/*.toml`: more tenants, and the apps, clouds and sinks that belong to them, in files of their own.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use config::{Map, Value, ValueKind};

use super::layers::{file_name, stamped};
use super::report::Report;
use super::{keys, suggest};

/// `tenants.d/*.toml` beside the file, in the order of their names, hidden ones left out. No folder is no mistake.
pub(super) fn beside(file: &Path, report: &Report) -> Vec<PathBuf> {
    let folder = file.with_file_name("tenants.d");
    let listed = fs::read_dir(&folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>());
    let mut paths = listed.unwrap_or_else(|error| {
        if error.kind() != ErrorKind::NotFound {
            report.mistake(format!("{}: cannot be read: {error}", folder.display()));
        }
        Vec::new()
    });
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml") && !file_name(path).starts_with('.'));
    paths.sort();
    paths
}

/// Adds one file to what `main` says. What both define stays as it was and is a mistake.
pub(super) fn add(main: &mut Map<String, Value>, main_name: &str, added: Map<String, Value>, name: &str, report: &Report) {
    for (key, value) in in_order(stamped(added, &format!("in {name}"))) {
        match (key.as_str(), value.kind) {
            ("tenants", ValueKind::Array(more)) => {
                let tenants = main.entry(key).or_insert_with(|| Value::new(None, Vec::<Value>::new()));
                // anything else in the main file is a mistake of its own, told when the tenants are read
                if let ValueKind::Array(tenants) = &mut tenants.kind {
                    tenants.extend(more);
                }
            }
            ("apps" | "clouds" | "sinks", ValueKind::Table(more)) => {
                let table = main.entry(key.clone()).or_insert_with(|| Value::new(None, Map::<String, Value>::new()));
                if let ValueKind::Table(table) = &mut table.kind {
                    add_entries(&key, table, main_name, more, name, report);
                }
            }
            ("tenants" | "apps" | "clouds" | "sinks", _) => {
                let form = if key == "tenants" { "[[tenants]]".to_owned() } else { format!("[{key}.NAME]") };
                report.mistake(format!("{key}: found something else than tables, expected {form} (in {name})"));
            }
            (other, _) => {
                let accepted = suggest::one_of(other, keys::TENANT_FILE.all().map(|key| key.name));
                report.mistake(format!("{other}: not a key of a file in tenants.d, expected {accepted} (in {name})"));
            }
        }
    }
}

fn add_entries(
    key: &str,
    table: &mut Map<String, Value>,
    main_name: &str,
    more: Map<String, Value>,
    name: &str,
    report: &Report,
) {
    for (entry, value) in in_order(more) {
        if let Some(earlier) = table.get(&entry) {
            let earlier = earlier.origin().map_or(main_name, |origin| origin.trim_start_matches("in "));
            report.mistake(format!("{key}.{entry}: found in {earlier} and in {name}, expected each name in one file only"));
        } else {
            table.insert(entry, value);
        }
    }
}

/// The crate's tables are hashed; mistakes should come in the same order each time.
fn in_order(map: Map<String, Value>) -> Vec<(String, Value)> {
    let mut entries: Vec<_> = map.into_iter().collect();
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    entries
}
