//! `ledger`: look into it, check it, back it up, give its free room back.

mod backup;
mod check;
mod compact;
mod show;
mod size;

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;

use super::dead_letters::{Named, Place};
use super::trouble::{Trouble, end};

/// Looks into the memory of what was delivered, checks it, backs it up and makes it smaller.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  alertferry ledger show --tenant contoso
  alertferry ledger show --alert da637578995287051192_756343937
  alertferry ledger check && alertferry ledger backup /backup/
  alertferry ledger check --ledger /backup/ledger-20260302T080000Z.sqlite3
  alertferry ledger compact

All but compact work while the daemon runs.")]
pub struct Args {
    #[command(subcommand)]
    action: Action,

    #[command(flatten)]
    named: Named,
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
    end(Place::find(config, &args.named).map_err(Trouble::Question).and_then(|place| match &args.action {
        Action::Show(args) => show::run(&place, args),
        Action::Check(args) => check::run(&place, args),
        Action::Backup(args) => backup::run(&place, args),
        Action::Compact(args) => compact::run(&place, args),
    }))
}
