//! `dead-letters`: the alerts that were kept aside.

mod list;
mod place;
pub(super) mod printable;
mod show;
mod which;

use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;

use super::trouble::{Trouble, end};
pub use place::Place;
pub use which::Which;

/// Shows the alerts that were kept aside, whether or not the daemon runs.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  alertferry dead-letters list --tenant contoso --limit 20
  alertferry dead-letters list --json | jq .reason
  alertferry dead-letters show da637578995287051192_756343937
  alertferry dead-letters list --ledger /var/lib/alertferry")]
pub struct Args {
    #[command(subcommand)]
    action: Action,

    /// The ledger's folder, instead of the one that the configuration names; the configuration is not read then.
    #[arg(long, global = true, value_name = "DIR")]
    ledger: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(list::Args),
    Show(show::Args),
}

/// Runs the command.
#[must_use]
pub fn run(config: &Path, args: &Args) -> ExitCode {
    end(Place::find(config, args.ledger.as_deref()).map_err(Trouble::Question).and_then(|place| answer(&place, &args.action)))
}

fn answer(place: &Place, action: &Action) -> Result<(), Trouble> {
    let stdout = io::stdout();
    let terminal = stdout.is_terminal();
    let mut out = BufWriter::new(stdout.lock());
    match action {
        Action::List(args) => list::run(place, args, &mut out)?,
        Action::Show(args) => show::run(place, args, terminal, &mut out)?,
    }
    Ok(out.flush()?)
}
