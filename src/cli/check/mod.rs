//! `check`: checks the configuration without touching the network; with `--live`, the real ends as well.

mod live;
mod progress;
mod routes;
mod shown;
mod sinks;

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

use super::table::table;
use super::{exit, print};
use crate::config::{self, ConfigError, Settings, duration};
use crate::ledger;
use crate::sink::Revisions;
use crate::tenant::SinkName;
use sinks::{format, kind, shown_sink, target};

/// Checks the configuration, and with `--live` the sign-ins, feeds and sinks as well.
///
/// Without `--live` it touches no network. Either way it creates and writes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  alertferry check --config /etc/alertferry/config.toml
  alertferry check --live --tenant contoso
  alertferry check --live --json | jq '.tenants[] | select(.result == \"failed\")'

Exit codes: 0 all is well, 1 some check failed, 64 the configuration is wrong. What may pass by itself is a warning and no failure.")]
pub struct Args {
    /// Signs in to every tenant, reads the first row of each feed and reaches for each sink. Works beside a running daemon.
    #[arg(long)]
    live: bool,
    /// With --live: only this tenant; may be given several times.
    #[arg(long = "tenant", value_name = "NAME", requires = "live")]
    tenants: Vec<String>,
    /// With --live: how long each answer may take.
    #[arg(long, value_name = "DURATION", requires = "live", default_value = "30s", value_parser = limit)]
    timeout: Duration,
    /// With --live: how many tenants are looked at side by side.
    #[arg(long, value_name = "COUNT", requires = "live", default_value = "32", value_parser = clap::value_parser!(u16).range(1..=1000))]
    parallel: u16,
    /// Writes the answer as one JSON document to standard output.
    #[arg(long)]
    json: bool,
}

fn limit(text: &str) -> Result<Duration, String> {
    let parsed = duration::parse(text).ok_or("expected a duration with its unit, such as 30s")?;
    if parsed.is_zero() { Err("expected more than nothing".to_owned()) } else { Ok(parsed) }
}

/// Runs the command.
#[must_use]
pub fn run(config: &Path, args: &Args) -> ExitCode {
    match config::load(config) {
        Ok(settings) if args.live => live::run(&settings, args),
        Ok(settings) => {
            print(&if args.json { as_json(&settings) } else { as_text(config, &settings) });
            ExitCode::SUCCESS
        }
        Err(error) => {
            if args.json {
                print(&refusal(&error));
            }
            eprintln!("{error}");
            ExitCode::from(exit::CONFIG)
        }
    }
}

fn refusal(error: &ConfigError) -> String {
    json!({ "ok": false, "mistakes": error.mistakes() }).to_string()
}

fn as_text(file: &Path, settings: &Settings) -> String {
    let Settings { tenants, sinks, warnings, .. } = settings;
    let count = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let mut text = format!(
        "{} can be used: {}, {}, {}.\n",
        file.display(),
        count(tenants.len(), "tenant"),
        count(sinks.len(), "sink"),
        count(warnings.len(), "warning"),
    );
    let _ = writeln!(text, "Ledger: {}. Admin endpoint: {}", ledger_words(settings), admin_words(settings));
    let tenants = tenants.iter().map(|one| {
        let tenant = &one.tenant;
        [
            tenant.name.to_string(),
            tenant.id.to_string(),
            one.app.name.clone(),
            one.cloud.name.clone(),
            joined(&one.feeds),
            joined(&one.sinks),
            duration::show(one.interval),
        ]
    });
    text += &table(["TENANT", "DIRECTORY", "APP", "CLOUD", "FEEDS", "SINKS", "EVERY"], tenants);
    let sinks = sinks.values().map(|sink| {
        [sink.name.to_string(), kind(sink).to_owned(), format(sink.encoder), send_word(sink.send).to_owned(), target(sink)]
    });
    text += &table(["SINK", "KIND", "FORMAT", "SEND", "TO"], sinks);
    let routes = routes::special(settings);
    if !routes.is_empty() {
        text += &table(["SINK", "TENANTS", "SEND", "ONLY"], routes.into_iter());
    }
    if !warnings.is_empty() {
        text += "\n";
    }
    for warning in warnings {
        let _ = writeln!(text, "warning: {warning}");
    }
    text
}

fn as_json(settings: &Settings) -> String {
    let tenants = settings.tenants.iter().map(|one| {
        json!({
            "name": one.tenant.name.as_str(),
            "tenant_id": one.tenant.id.as_str(),
            "customer": one.tenant.customer,
            "app": one.app.name,
            "cloud": one.cloud.name,
            "feeds": one.feeds.iter().map(|feed| feed.as_str()).collect::<Vec<_>>(),
            "sinks": one.sinks.iter().map(SinkName::as_str).collect::<Vec<_>>(),
            "interval": duration::show(one.interval),
            "routes": one.sinks.iter().filter_map(|name| one.routes.get(name).map(|route| routes::as_json(name, route))).collect::<Vec<_>>(),
        })
    });
    let sinks = settings.sinks.values().map(shown_sink);
    let answer = json!({
        "ok": true,
        "tenants": tenants.collect::<Vec<_>>(),
        "sinks": sinks.collect::<Vec<_>>(),
        "ledger": ledger_words(settings),
        "admin": settings.admin.listen.to_string(),
        "warnings": settings.warnings,
    });
    format!("{answer:#}")
}

fn admin_words(settings: &Settings) -> String {
    let scheme = if settings.admin.tls.is_some() { "https" } else { "http" };
    let proof = if settings.admin.asks_for_proof() { ", which asks for a proof" } else { "" };
    format!("{scheme}://{}/{proof}", settings.admin.listen)
}

fn ledger_words(settings: &Settings) -> String {
    match &settings.ledger.kind {
        ledger::settings::Kind::Embedded(path) => format!("embedded in {}", path.display()),
        ledger::settings::Kind::Memory => "memory".to_owned(),
    }
}

fn send_word(send: Revisions) -> &'static str {
    match send {
        Revisions::New => "new",
        Revisions::Changes => "changes",
    }
}

fn joined(words: &[impl ToString]) -> String {
    words.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
