//! `dead-letters retry`: sends what was kept aside, on the way that everything goes.

use std::path::Path;
use std::process::ExitCode;

use super::Which;
use crate::cli::errand;
use crate::control::wire::Ask;
use crate::telemetry::logging::LogFormat;

/// Sends them, on the way that everything goes, whether or not the daemon runs: after a receiver takes longer messages, say.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  alertferry dead-letters retry --sink siem --reason max_bytes
  alertferry dead-letters retry --alert da637578995287051192_756343937

Exit codes: 0 done, 64 the command line or the configuration is wrong, 1 it could not be done, 2 interrupted.")]
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
    errand::run(config, log_format, &Ask::Retry((&args.which).into()), args.json)
}
