//! `dead-letters retry`: sends what was kept aside, on the way that everything goes.

use std::path::Path;
use std::process::ExitCode;

use super::which::Which;
use crate::cli::errand;
use crate::control::wire::Ask;
use crate::telemetry::logging::LogFormat;

#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// Progress and end as JSON, one object a line.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
#[must_use]
pub fn run(config: &Path, log_format: Option<LogFormat>, args: &Args) -> ExitCode {
    errand::run(config, log_format, &Ask::Retry(args.which.clone().into()), args.json)
}
