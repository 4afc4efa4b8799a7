//! Who may know whom: the direction of imports, and the things that have exactly one place.

use super::code;
use super::{File, Findings};

/// What each module may name beside itself. `a` is all of a module, `a::b` one item or module in it, and `a::` the items that
/// `a/mod.rs` defines itself (its contract), told by their capital letter. ARCHITECTURE.md says the same in words.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("alarm", &["pipeline::state", "source::FeedKind", "tenant"]),
    ("alert", &[]),
    ("clock", &[]),
    ("crash", &[]),
    ("retry", &[]),
    ("seal", &[]),
    ("secret", &[]),
    ("shutdown", &[]),
    ("supervise", &["pipeline", "retry", "telemetry"]),
    ("tenant", &[]),
    ("format", &["alert", "source::FeedKind", "tenant"]),
    ("source", &["alert", "clock", "crash", "retry", "secret", "telemetry", "tenant"]),
    ("sink", &["alert", "clock", "crash", "format", "retry", "secret", "source::FeedKind", "telemetry", "tenant"]),
    ("ledger", &["clock", "crash", "retry", "source::FeedKind", "telemetry", "tenant"]),
    ("telemetry", &["alarm::", "clock", "ledger::", "pipeline::outcome", "sink::", "source::", "tenant"]),
    (
        "pipeline",
        &["alarm::rhythm", "alert", "clock", "crash", "format", "ledger::", "retry", "sink::", "source::", "telemetry", "tenant"],
    ),
    ("admin", &["clock", "secret", "source::FeedKind", "telemetry", "tenant"]),
    ("simulator", &["alert", "clock", "source::FeedKind", "tenant"]),
    (
        "config",
        &[
            "admin", "alarm", "alert", "clock", "control", "format", "ledger", "pipeline", "retry", "secret", "sink", "source",
            "tenant",
        ],
    ),
    ("control", &["telemetry"]),
    (
        "app",
        &[
            "admin",
            "alarm",
            "alert",
            "clock",
            "config",
            "control",
            "crash",
            "format",
            "ledger",
            "pipeline",
            "retry",
            "secret",
            "sink",
            "source",
            "supervise",
            "telemetry",
            "tenant",
        ],
    ),
    (
        "cli",
        &[
            "alarm",
            "alert",
            "app",
            "clock",
            "config",
            "control",
            "crash",
            "format",
            "ledger",
            "pipeline",
            "retry",
            "seal",
            "secret",
            "shutdown",
            "simulator",
            "sink",
            "source",
            "telemetry",
            "tenant",
        ],
    ),
    ("main", &["cli"]),
];

/// Adapters of one trait: none may know another of its family.
const FAMILIES: [&[&str]; 2] = [&["sink::file", "sink::kafka", "sink::syslog"], &["ledger::memory", "ledger::sqlite"]];

/// Modules that compute and nothing else, and what they therefore never name.
const PURE: [&str; 3] = ["alarm", "alert", "format"];
const IMPURE: [&str; 8] = [
    "reqwest",
    "std::env",
    "std::fs",
    "std::net::TcpListener",
    "std::net::TcpStream",
    "std::net::UdpSocket",
    "std::thread",
    "tokio",
];

/// Each file names only what its module may know. Unit tests are free to use more.
pub fn imports(file: &File) -> Findings {
    let Some(module) = module_of(&file.path) else { return Vec::new() };
    let Some((_, may_know)) = MAY_KNOW.iter().find(|(name, _)| Some(*name) == module.first().copied()) else {
        return vec![format!("{}: this module has no row in MAY_KNOW of the tidy test; say whom it may know", file.path)];
    };
    let here = module.join("::");
    let stripped = code::strip(&file.text);
    let mut findings = Vec::new();
    for path in code::paths(code::without_tests(&stripped)) {
        if PURE.contains(&module[0]) && IMPURE.iter().any(|impure| within(&path.join("::"), impure)) {
            findings.push(format!("{}: {} is pure, so it must not name {}", file.path, module[0], path.join("::")));
        }
        let Some(named) = resolve(&module, &path) else { continue };
        let top = named.split("::").next().unwrap_or_default();
        if top == module[0] {
            let kin = FAMILIES.iter().find(|family| family.iter().any(|member| within(&here, member)));
            if let Some(other) = kin.and_then(|kin| kin.iter().find(|other| within(&named, other) && !within(&here, other))) {
                findings.push(format!("{}: adapters never know each other, but it names {other}", file.path));
            }
        } else if MAY_KNOW.iter().any(|(name, _)| *name == top) && !may_know.iter().any(|entry| allowed(&named, entry)) {
            findings.push(format!("{}: {} must not know {named}", file.path, module[0]));
        }
    }
    findings
}

/// Only retry.rs knows the backoff crate, only clock.rs asks what time it is.
pub fn one_place(file: &File) -> Findings {
    let mut findings = Vec::new();
    if !is_rust(&file.path) {
        return findings;
    }
    for path in code::paths(&code::strip(&file.text)) {
        let named = path.join("::");
        if path[0] == "backoff" && file.path != "src/retry.rs" {
            findings.push(format!("{}: only src/retry.rs may name the backoff crate", file.path));
        }
        let asks = ["Timestamp::now", "Zoned::now", "SystemTime::now"].iter().any(|clock| named.ends_with(clock));
        if asks && file.path != "src/clock.rs" {
            findings.push(format!("{}: only src/clock.rs may call {named}; dates come from crate::clock::now()", file.path));
        }
    }
    findings
}

pub fn is_rust(path: &str) -> bool {
    path.strip_suffix("rs").is_some_and(|stem| stem.ends_with('.'))
}

/// The module of a source file, without `crate`; `None` for lib.rs, for files outside `src` and for files of unit tests.
fn module_of(path: &str) -> Option<Vec<&str>> {
    let inner = path.strip_prefix("src/")?.strip_suffix(".rs")?;
    let module: Vec<&str> = inner.strip_suffix("/mod").unwrap_or(inner).split('/').collect();
    (module != ["lib"] && !module.contains(&"tests")).then_some(module)
}

/// What a path names, from the crate's root; `None` for paths into other crates and for names within reach.
fn resolve(module: &[&str], path: &[String]) -> Option<String> {
    let ups = path.iter().take_while(|word| *word == "super").count();
    let rest = match path[0].as_str() {
        "crate" | "alertferry" => path[1..].to_vec(),
        "super" => {
            let stem = &module[..module.len().saturating_sub(ups)];
            stem.iter().map(ToString::to_string).chain(path[ups..].iter().cloned()).collect()
        }
        _ => return None,
    };
    (!rest.is_empty()).then(|| rest.join("::"))
}

fn within(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn allowed(named: &str, entry: &str) -> bool {
    if entry.ends_with("::") {
        named.strip_prefix(entry).is_some_and(|item| item.starts_with(char::is_uppercase))
    } else {
        within(named, entry)
    }
}

#[test]
fn the_rule_of_imports_bites() {
    for (path, text, words) in [
        ("src/alert/graph.rs", "use super::Alert; use crate::alert::Stamp; use std::borrow::Cow;", None),
        ("src/alert/graph.rs", "use crate::tenant::Tenant;", Some("alert must not know tenant")),
        ("src/alert/graph.rs", "// crate::sink\nconst X: &str = \"crate::sink\";", None),
        ("src/alert/mod.rs", "use tokio::time;", Some("alert is pure")),
        ("src/alert/mod.rs", "use std::net::IpAddr;", None),
        ("src/format/raw.rs", "fn f() { std::fs::read(x) }", Some("format is pure")),
        ("src/format/ocsf/mod.rs", "use crate::source::FeedKind;", None),
        ("src/format/ocsf/mod.rs", "use crate::source::{FeedKind, Page};", Some("format must not know source::Page")),
        ("src/format/ocsf/mod.rs", "fn f() { crate::clock::now() }", Some("format must not know clock")),
        ("src/ledger/sqlite.rs", "use crate::{sink::Batch, tenant};", Some("ledger must not know sink::Batch")),
        ("src/ledger/sqlite.rs", "use super::memory::Memory;", Some("adapters never know each other")),
        ("src/ledger/sqlite/rows.rs", "use super::super::memory::Memory;", Some("adapters never know each other")),
        ("src/ledger/sqlite/rows.rs", "use super::open; use crate::ledger::Step;", None),
        ("src/sink/kafka/mod.rs", "use super::{Batch, settings, file::File};", Some("adapters never know each other")),
        ("src/sink/kafka/mod.rs", "use crate::config::Settings;", Some("sink must not know config")),
        ("src/sink/kafka/mod.rs", "use crate::sink::settings::Kafka;", None),
        ("src/pipeline/pass.rs", "use crate::ledger::{Ledger, Step}; use crate::source::Pages;", None),
        ("src/pipeline/pass.rs", "use crate::ledger::sqlite::Sqlite;", Some("pipeline must not know ledger::sqlite::Sqlite")),
        ("src/pipeline/pass.rs", "use crate::source;", Some("pipeline must not know source")),
        ("src/pipeline/pass.rs", "use crate::cli::Cli;", Some("pipeline must not know cli")),
        ("src/pipeline/pass.rs", "mod a;\n#[cfg(test)]\nmod tests { use crate::ledger::memory::Memory; }", None),
        ("src/pipeline/tests.rs", "use crate::ledger::memory::Memory;", None),
        ("src/pipeline/pass.rs", "use super::super::config::Settings;", Some("pipeline must not know config")),
        ("src/config/mod.rs", "use crate::app::App;", Some("config must not know app")),
        ("src/cli/run.rs", "use crate::app::App;", None),
        ("src/main.rs", "fn main() { alertferry::cli::run() }", None),
        ("src/main.rs", "use alertferry::sink::Sink;", Some("main must not know sink")),
        ("src/extras.rs", "", Some("no row in MAY_KNOW")),
        ("tests/it/main.rs", "use alertferry::sink::Sink;", None),
    ] {
        super::shows(imports, path, text, words);
    }
}

#[test]
fn the_rule_of_one_place_bites() {
    for (path, text, words) in [
        ("src/retry.rs", "use backoff::ExponentialBackoff;", None),
        ("src/sink/file.rs", "use backoff::backoff::Backoff as _;", Some("backoff crate")),
        ("src/clock.rs", "fn now() { jiff::Timestamp::now() }", None),
        ("src/sink/file.rs", "fn f() { Timestamp::now() }", Some("crate::clock::now()")),
        ("tests/it/run.rs", "fn f() { std::time::SystemTime::now() }", Some("crate::clock::now()")),
        ("src/sink/file.rs", "fn f() { crate::clock::now(); tokio::time::Instant::now() }", None),
        ("docs/x.md", "Timestamp::now()", None),
    ] {
        super::shows(one_place, path, text, words);
    }
}
