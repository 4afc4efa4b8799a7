//! `dead-letters discard`: throws away what was kept aside and nobody wants.

use std::path::Path;
use std::process::ExitCode;

use super::Which;
use crate::cli::run::failed;
use crate::cli::{errand, exit};
use crate::control::wire::Ask;
use crate::telemetry::logging::LogFormat;

/// Throws them away, for good, whether or not the daemon runs.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  alertferry dead-letters discard --tenant contoso --until 2026-06-30
  alertferry dead-letters discard --all

Exit codes: 0 done, 64 the command line or the configuration is wrong, 1 it could not be done, 2 interrupted.")]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// All of them, where no condition is given.
    #[arg(long)]
    all: bool,
    /// The end as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
#[must_use]
pub fn run(config: &Path, log_format: Option<LogFormat>, args: &Args) -> ExitCode {
    // A forgotten condition must not cost everything.
    if args.which.is_all() && !args.all {
        let message = "say which dead letters to discard (--tenant, --sink, --feed, --alert, --reason, --since, --until, --number), or --all";
        return failed(exit::CONFIG, message);
    }
    errand::run(config, log_format, &Ask::Discard((&args.which).into()), args.json)
}
