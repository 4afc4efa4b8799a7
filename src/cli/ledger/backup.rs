//! `ledger backup`: a copy as of one moment, while the daemon runs.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

use serde_json::json;

use super::size;
use crate::cli::dead_letters::Place;
use crate::cli::print;
use crate::cli::trouble::Trouble;
use crate::ledger::sqlite::backup;

/// Copies the ledger as it is at this moment. Works while the daemon runs, and does not hold it up.
///
/// The copy is checked and brought to disk before it gets its name. A file that is there already is never replaced.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  alertferry ledger backup /backup/                  # a new file with the time in its name
  alertferry ledger backup /backup/ledger.sqlite3

To restore: stop the daemon, remove the three ledger.sqlite3* files, put the copy in place as ledger.sqlite3, start.
Exit codes: 0 there is a good backup, 1 there is none, 64 the configuration is wrong.")]
pub(super) struct Args {
    /// The new file, or a folder in which it gets the time as its name.
    #[arg(value_name = "FILE|DIR")]
    to: PathBuf,
    /// Writes one JSON document to standard output.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(place: &Place, args: &Args) -> Result<(), Trouble> {
    let mut shown = std::io::stderr().is_terminal().then(std::io::stderr);
    let mut progress = |done: u64, all: u64| {
        if let Some(shown) = &mut shown {
            let _ = write!(shown, "\r\x1b[K{} of {}", size::bytes(done), size::bytes(all));
        }
    };
    let done = backup::take(&place.folder, &args.to, &mut progress);
    if let Some(shown) = &mut shown {
        let _ = write!(shown, "\r\x1b[K");
    }
    let done = done?;
    print(&if args.json {
        json!({ "file": done.file.to_string_lossy(), "bytes": done.bytes, "at": done.at.to_string() }).to_string()
    } else {
        format!("{} holds the ledger as of {:.0}: {}, checked.", done.file.display(), done.at, size::bytes(done.bytes))
    });
    Ok(())
}
