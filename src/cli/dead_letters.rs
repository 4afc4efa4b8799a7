//! `dead-letters`: shows the alerts that were kept aside.

use std::path::Path;
use std::process::ExitCode;

/// Shows the alerts that were kept aside.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  alertferry dead-letters")]
pub struct Args {}

/// Runs the command.
#[must_use]
pub fn run(_config: &Path, _args: &Args) -> ExitCode {
    todo!("dead_letters")
}
