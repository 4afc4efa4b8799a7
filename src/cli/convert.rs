//! `convert`: turns alert JSON on standard input into a format on standard output.

use std::process::ExitCode;

/// Turns alert JSON on standard input into a format on standard output.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  alertferry convert")]
pub struct Args {}

/// Runs the command.
#[must_use]
pub fn run(_args: &Args) -> ExitCode {
    todo!("convert")
}
