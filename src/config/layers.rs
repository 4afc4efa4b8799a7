//! The layers (built-in defaults, the file, `tenants.d/*.toml` beside it, the environment) and their merging.
//!
//! Each value is stamped with where it was written, so that a mistake can say so.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use config::{Config, ConfigError as CrateError, Map, Source, Value, ValueKind};

use super::env::{self, Environment};
use super::report::Report;
use super::{syntax, tenant_files};

/// `config/default.toml`: the lowest layer, and the only place where a default of these sections stands.
const DEFAULTS: &str = include_str!("../../config/default.toml");

/// The stamp of what nobody wrote.
pub(super) const BUILT_IN: &str = "built in";

/// A layer that has been read already.
#[derive(Debug, Clone)]
struct Layer(Map<String, Value>);

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, CrateError> {
        Ok(self.0.clone())
    }
}

/// A file of tenants that does not stand in `tenants.d` yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Added<'a> {
    pub path: &'a Path,
    /// What it will be called in `tenants.d`.
    pub name: &'a str,
}

/// Everything that was written, merged, the later layer winning key by key. `None` when a file could not be read.
pub(super) fn read(
    file: &Path,
    added: Option<Added<'_>>,
    environment: &Environment,
    report: &Report,
) -> Option<Map<String, Value>> {
    let defaults = syntax::parse(DEFAULTS, "config/default.toml", report);
    let main = read_file(file, report);
    let mut complete = true;
    let mut paths: Vec<_> = tenant_files::beside(file, report).into_iter().map(|path| (file_name(&path), path)).collect();
    paths.extend(added.map(|added| (added.name.to_owned(), added.path.to_owned())));
    let mut tenant_files = Vec::new();
    for (name, path) in paths {
        match read_file(&path, report) {
            Some(map) => tenant_files.push((format!("tenants.d/{name}"), map)),
            None => complete = false,
        }
    }
    let mut main = main.filter(|_| complete)?;
    for (name, map) in tenant_files {
        tenant_files::add(&mut main, &file_name(file), map, &name, report);
    }
    let from_environment = env::layers(environment, report);
    let mut builder = Config::builder().add_source(Layer(stamped(defaults?, BUILT_IN))).add_source(Layer(main));
    for layer in from_environment {
        builder = builder.add_source(Layer(layer));
    }
    let Ok(ValueKind::Table(table)) = builder.build().map(|config| config.cache.kind) else {
        report.mistake(format!("{}: the layers of the configuration cannot be merged", file.display()));
        return None;
    };
    Some(table)
}

/// The same tree with each value saying where it was written.
pub(super) fn stamped(map: Map<String, Value>, origin: &str) -> Map<String, Value> {
    map.into_iter().map(|(key, value)| (key, stamp(value, &origin.to_owned()))).collect()
}

fn stamp(value: Value, origin: &String) -> Value {
    let kind = match value.kind {
        ValueKind::Table(map) => ValueKind::Table(map.into_iter().map(|(key, value)| (key, stamp(value, origin))).collect()),
        ValueKind::Array(list) => ValueKind::Array(list.into_iter().map(|value| stamp(value, origin)).collect()),
        plain => plain,
    };
    Value::new(Some(origin), kind)
}

pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn read_file(path: &Path, report: &Report) -> Option<Map<String, Value>> {
    let bytes = fs::read(path)
        .map_err(|error| report.mistake(format!("{}: cannot be read: {error}; --config FILE names another", path.display())))
        .ok()?;
    let text = String::from_utf8(bytes)
        .map_err(|error| {
            let line = error.as_bytes()[..error.utf8_error().valid_up_to()].split(|byte| *byte == b'\n').count();
            report.mistake(format!("{}, line {line}: found bytes that are not UTF-8, expected TOML", path.display()));
        })
        .ok()?;
    let mut map = syntax::parse(&text, &path.display().to_string(), report)?;
    // the crate reads other names at the top as paths: "a[99999999999]" would ask for that much memory
    let plain = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    let odd: BTreeSet<&String> = map.keys().filter(|name| !plain(name)).collect();
    for name in odd {
        report.mistake(format!("{name:?}: unknown key (in {})", file_name(path)));
    }
    map.retain(|name, _| plain(name));
    Some(map)
}
