//! `ledger compact`: gives the free room inside the file back, while the daemon is stopped.

use std::io::{IsTerminal as _, Write as _};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use std::{fs, thread};

use serde_json::json;

use super::size;
use crate::cli::dead_letters::Place;
use crate::cli::print;
use crate::cli::trouble::Trouble;
use crate::ledger::LedgerError;
use crate::ledger::sqlite::compact::{Compaction, Size};

/// Bytes that an ordinary disk and processor write anew in a second, checks included; for the estimate that is told beforehand.
const BYTES_A_SECOND: u64 = 50_000_000;

/// How often progress is shown.
const SHOW_EVERY: Duration = Duration::from_millis(200);

/// Writes the ledger anew without its free room. Needs the daemon to be stopped, and for a while the room of the new file beside it.
///
/// There is rarely a reason: what is free inside the file is used again. Think of it after a tenant or a sink has gone for good,
/// after `retention` was made shorter, or after many dead letters were settled.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  alertferry ledger compact --dry-run

Exit codes: 0 done, 1 not done and nothing changed, 64 the configuration is wrong.")]
pub(super) struct Args {
    /// Says what it would need and give, and ends.
    #[arg(long)]
    dry_run: bool,
    /// Writes one JSON document to standard output.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(place: &Place, args: &Args) -> Result<(), Trouble> {
    let compaction = Compaction::prepare(&place.folder)?;
    let before = compaction.size;
    if args.dry_run {
        print(&if args.json { document(before, None).to_string() } else { plan(place, before) });
        return Ok(());
    }
    eprintln!("{}", plan(place, before));
    let after = watch(compaction)?;
    print(&if args.json {
        document(before, Some(after)).to_string()
    } else {
        format!("The ledger had {} and has {} now.", size::bytes(before.bytes), size::bytes(after))
    });
    Ok(())
}

/// What it will take, said beforehand.
fn plan(place: &Place, size: Size) -> String {
    let room = size.room.map_or(String::new(), |room| format!(" ({} are left there)", size::bytes(room)));
    format!(
        "The ledger in {} has {}, {} of it free. Compacting takes about {} s and needs {} beside it until it is done{room}.",
        place.folder.display(),
        size::bytes(size.bytes),
        size::bytes(size.free),
        size.needed() / BYTES_A_SECOND + 1,
        size::bytes(size.needed()),
    )
}

/// Lets it work and shows on a terminal how large the new file is by now.
fn watch(compaction: Compaction) -> Result<u64, LedgerError> {
    let (growing, needed) = (compaction.growing(), compaction.size.needed());
    let mut shown = std::io::stderr().is_terminal().then(std::io::stderr);
    let (tell, done) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || tell.send(compaction.run()));
        let result = loop {
            match done.recv_timeout(SHOW_EVERY) {
                Ok(result) => break result,
                Err(RecvTimeoutError::Timeout) => {
                    let written = fs::metadata(&growing).map_or(0, |file| file.len());
                    if let Some(shown) = &mut shown {
                        let _ = write!(shown, "\r\x1b[K{} of about {}", size::bytes(written), size::bytes(needed));
                    }
                }
                Err(RecvTimeoutError::Disconnected) => {
                    break Err(LedgerError {
                        message: "The compaction ended unexpectedly; the ledger is as it was.".to_owned(),
                        advice: Some("Report this with what was printed before.".to_owned()),
                    });
                }
            }
        };
        if let Some(shown) = &mut shown {
            let _ = write!(shown, "\r\x1b[K");
        }
        result
    })
}

fn document(before: Size, after: Option<u64>) -> serde_json::Value {
    json!({
        "bytes": before.bytes,
        "free_bytes": before.free,
        "needed_bytes": before.needed(),
        "disk_free_bytes": before.room,
        "bytes_after": after,
    })
}
