//! `run`: the daemon, from its configuration to its exit code.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use super::exit;
use crate::app::{App, StartError};
use crate::config;
use crate::seal;
use crate::shutdown::{Asked, Signals};
use crate::telemetry::logging::{self, LogFormat};
use crate::telemetry::{Metrics, events};

/// Polls every tenant and forwards its alerts until it is told to stop.
///
/// SIGTERM and SIGINT stop it in good order; a second one ends it at once. SIGHUP opens the files of file sinks anew.
/// `ALERTFERRY_LOG` chooses what is logged (default: info).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  alertferry run --config /etc/alertferry/config.toml
  ALERTFERRY_LOG=info,alertferry=debug alertferry run --config lab.toml --log-format text

Exit codes: 0 clean, 64 the configuration is wrong, 1 could not start, 2 stopped with work cut off.")]
pub struct Args {}

/// Runs the command.
#[must_use]
pub fn run(config: &Path, log_format: Option<LogFormat>) -> ExitCode {
    seal::files();
    let settings = match config::load(config) {
        Ok(settings) => settings,
        Err(error) => return failed(exit::CONFIG, &error.to_string()),
    };
    if let Err(error) = logging::start(log_format, "info") {
        return failed(exit::CONFIG, &format!("ALERTFERRY_LOG: {error}; write for example \"info,alertferry=debug\""));
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(exit::NOT_STARTED, &format!("cannot start threads: {error}")),
    };
    let code = runtime.block_on(async {
        let mut signals = match Signals::listen() {
            Ok(signals) => signals,
            Err(error) => return failed(exit::NOT_STARTED, &format!("cannot listen for signals: {error}")),
        };
        match App::start(settings, Arc::new(Metrics::default())).await {
            Ok(app) => until_stopped(app, &mut signals).await,
            Err(error) => not_started(&error),
        }
    });
    // A far side that never answers must not hold the end up.
    runtime.shutdown_background();
    code
}

/// Runs until a signal asks for the end, then drains.
async fn until_stopped(app: App, signals: &mut Signals) -> ExitCode {
    while signals.next().await == Asked::Reopen {
        app.reopen();
        events::reopened();
    }
    tokio::select! {
        clean = app.stop() => if clean { ExitCode::SUCCESS } else { ExitCode::from(exit::UNCLEAN) },
        () = asked_again(signals) => ExitCode::from(exit::UNCLEAN),
    }
}

/// Resolves when somebody asks for the end once more.
pub(super) async fn asked_again(signals: &mut Signals) {
    while signals.next().await == Asked::Reopen {}
}

/// One clear message, and the exit code that fits.
pub(super) fn not_started(error: &StartError) -> ExitCode {
    let code = match error {
        StartError::Configuration(_) => exit::CONFIG,
        StartError::World(_) => exit::NOT_STARTED,
    };
    failed(code, &error.to_string())
}

/// Says what is wrong on standard error.
pub(super) fn failed(code: u8, message: &str) -> ExitCode {
    eprintln!("alertferry: {message}");
    ExitCode::from(code)
}
