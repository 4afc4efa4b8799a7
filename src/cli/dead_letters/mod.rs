//! `dead-letters`: the alerts that were kept aside.

mod discard;
mod list;
mod place;
pub(super) mod printable;
mod retry;
mod show;
mod which;

use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write as _};
use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;

use super::exit;
use super::run::failed;
use super::trouble::{Trouble, end};
use crate::telemetry::logging::LogFormat;
pub use place::{Named, Place};
pub use which::Which;

/// Shows the alerts that were kept aside, sends them or throws them away, whether or not the daemon runs.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  alertferry dead-letters list --tenant contoso --limit 20
  alertferry dead-letters list --json | jq .reason
  alertferry dead-letters show da637578995287051192_756343937
  alertferry dead-letters retry --sink siem --reason max_bytes
  alertferry dead-letters list --ledger /var/lib/alertferry
  alertferry dead-letters list --ledger /backup/ledger-20260302T080000Z.sqlite3")]
pub struct Args {
    #[command(subcommand)]
    action: Action,

    #[command(flatten)]
    named: Named,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(list::Args),
    Show(show::Args),
    Retry(retry::Args),
    Discard(discard::Args),
}

/// Runs the command.
#[must_use]
pub fn run(config: &Path, log_format: Option<LogFormat>, args: &Args) -> ExitCode {
    let place = || Place::find(config, &args.named).map_err(Trouble::Question);
    match &args.action {
        Action::Retry(_) | Action::Discard(_) if args.named.ledger.is_some() => {
            failed(exit::CONFIG, "--ledger is for showing; retry and discard need the configuration")
        }
        Action::Retry(args) => retry::run(config, log_format, args),
        Action::Discard(args) => discard::run(config, log_format, args),
        Action::List(args) => end(place().and_then(|place| written(|out, _| list::run(&place, args, out)))),
        Action::Show(args) => end(place().and_then(|place| written(|out, terminal| show::run(&place, args, terminal, out)))),
    }
}

/// Has an answer written to standard output, which may be a terminal.
fn written(answer: impl FnOnce(&mut BufWriter<StdoutLock<'_>>, bool) -> Result<(), Trouble>) -> Result<(), Trouble> {
    let stdout = io::stdout();
    let terminal = stdout.is_terminal();
    let mut out = BufWriter::new(stdout.lock());
    answer(&mut out, terminal)?;
    Ok(out.flush()?)
}
