//! `check`: checks the configuration without touching the network.

use std::path::Path;
use std::process::ExitCode;

/// Checks the configuration without touching the network.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  alertferry check")]
pub struct Args {}

/// Runs the command.
#[must_use]
pub fn run(_config: &Path, _args: &Args) -> ExitCode {
    todo!("check")
}
