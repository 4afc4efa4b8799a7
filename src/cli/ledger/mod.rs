//! `ledger`: look into it, check it, back it up, give its free room back.

mod backup;
mod check;
mod compact;
mod show;
mod size;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;

use super::dead_letters::Place;
use super::trouble::{Trouble, end};

/// Looks into the memory of what was delivered, checks it, backs it up and makes it smaller.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  alertferry ledger show --tenant contoso
  alertferry ledger show --alert da637578995287051192_756343937
  alertferry ledger check && alertferry ledger backup /backup/
  alertferry ledger compact

All but compact work while the daemon runs.")]
pub struct Args {
    #[command(subcommand)]
    action: Action,

    /// The ledger's folder, instead of the one that the configuration names; the configuration is not read then.
    #[arg(long, global = true, value_name = "DIR")]
    ledger: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Action {
    Show(show::Args),
    Check(check::Args),
    Backup(backup::Args),
    Compact(compact::Args),
}

/// Runs the command.
#[must_use]
pub fn run(config: &Path, args: &Args) -> ExitCode {
    end(Place::find(config, args.ledger.as_deref()).map_err(Trouble::Question).and_then(|place| match &args.action {
        Action::Show(args) => show::run(&place, args),
        Action::Check(args) => check::run(&place, args),
        Action::Backup(args) => backup::run(&place, args),
        Action::Compact(args) => compact::run(&place, args),
    }))
}
