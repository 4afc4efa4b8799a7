//! `dead-letters discard`: throws away what was kept aside and nobody wants.

use std::path::Path;
use std::process::ExitCode;

use super::which::Which;
use crate::cli::run::failed;
use crate::cli::{errand, exit};
use crate::control::wire::{self, Ask};
use crate::telemetry::logging::LogFormat;

#[derive(Debug, Clone, clap::Args)]
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
    let which = wire::Which::from(args.which.clone());
    // A forgotten condition must not cost everything.
    if which == wire::Which::default() && !args.all {
        return failed(
            exit::CONFIG,
            "say which dead letters to discard (--tenant, --sink, --feed, --reason, --since, --until, an ID), or --all",
        );
    }
    errand::run(config, log_format, &Ask::Discard(which), args.json)
}
