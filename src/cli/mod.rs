//! The command line: what can be typed, and the file that does it.

pub mod check;
mod chosen;
pub mod convert;
pub mod dead_letters;
pub mod demo;
mod errand;
pub mod ledger;
pub mod replay;
pub mod run;
pub mod simulate;
mod table;
pub mod tenants;
mod trouble;
mod when;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::seal;
use crate::telemetry::logging::LogFormat;

/// Exit codes of the operator's surface.
pub mod exit {
    /// It could not start for a reason outside the configuration.
    pub const NOT_STARTED: u8 = 1;
    /// It stopped with work cut off.
    pub const UNCLEAN: u8 = 2;
    /// The configuration or the command line is wrong.
    pub const CONFIG: u8 = 64;
}

/// Carries the Microsoft Defender alerts of many tenants into Kafka and syslog: each one, once.
#[derive(Debug, Parser)]
#[command(name = "alertferry", version, arg_required_else_help = true)]
pub struct Cli {
    /// The configuration file; `tenants.d/*.toml` beside it is read as well.
    #[arg(
        long,
        short,
        global = true,
        env = "ALERTFERRY_CONFIG",
        value_name = "FILE",
        default_value = "/etc/alertferry/config.toml"
    )]
    pub config: PathBuf,

    /// How log lines look; text on a terminal and JSON elsewhere unless told.
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Run(run::Args),
    Check(check::Args),
    Tenants(tenants::Args),
    Demo(demo::Args),
    Simulate(simulate::Args),
    Convert(convert::Args),
    Replay(replay::Args),
    DeadLetters(dead_letters::Args),
    Ledger(ledger::Args),
}

/// Runs a command to its end.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    if let Err(error) = seal::process() {
        eprintln!("alertferry: a core dump of this process could hold secrets, and cannot be ruled out: {error}");
    }
    match cli.command {
        Command::Run(_) => run::run(&cli.config, cli.log_format),
        Command::Check(args) => check::run(&cli.config, &args),
        Command::Tenants(args) => tenants::run(&cli.config, args),
        Command::Demo(args) => demo::run(&args, cli.log_format),
        Command::Convert(args) => convert::run(&args),
        Command::Replay(args) => replay::run(&cli.config, cli.log_format, args),
        Command::DeadLetters(args) => dead_letters::run(&cli.config, cli.log_format, &args),
        Command::Ledger(args) => ledger::run(&cli.config, &args),
        Command::Simulate(args) => simulate::run(&args),
    }
}

/// Writes to standard output. A reader that went away (`check | head`) is no mistake of the operator's.
fn print(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{}", text.trim_end());
}
