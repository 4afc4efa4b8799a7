//! `simulate`: runs a simulated Microsoft cloud on a loopback port.

use std::process::ExitCode;

/// Runs a simulated Microsoft cloud on a loopback port.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  alertferry simulate")]
pub struct Args {}

/// Runs the command.
#[must_use]
pub fn run(_args: &Args) -> ExitCode {
    todo!("simulate")
}
