//! `replay`: reads a span of the past again, and sends a sink what it misses of it, or all of it.

use std::path::Path;
use std::process::ExitCode;

use jiff::Timestamp;

use super::{errand, when};
use crate::control::wire::{Ask, Replay};
use crate::telemetry::logging::LogFormat;

/// Reads a span of the past again and sends a sink what it has not had of it, whether or not the daemon runs.
///
/// What was sent is not sent again, unless --send-again says so. Events carry a mark that they are replayed, where the format has room
/// for one, and the event ID that they had. Ctrl-C ends it after the page in flight and prints the times with which it goes on from there.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  alertferry replay --tenant contoso --sink siem --from 2026-11-01 --to 2026-11-08
  alertferry replay --tenant contoso --sink siem --from 36h
  alertferry replay --tenant contoso --sink siem --feed graph-alerts --from 2026-11-01T06:00:00Z --to 2026-11-01T09:30:00Z --send-again

Exit codes: 0 done, 64 the command line or the configuration is wrong, 1 it could not be done, 2 interrupted.")]
pub struct Args {
    /// Whose alerts: our name for the tenant, or its Entra tenant ID.
    #[arg(long, value_name = "NAME|ID")]
    tenant: String,
    /// Where to.
    #[arg(long, value_name = "NAME")]
    sink: String,
    /// Only through this feed; all feeds of the tenant unless told.
    #[arg(long, value_name = "FEED")]
    feed: Option<String>,
    /// Where the span of last-update times begins: 2026-11-01T06:00:00Z, 2026-11-01 (midnight in UTC), or 36h (so long ago).
    #[arg(long, value_name = when::VALUE, value_parser = when::moment)]
    from: Timestamp,
    /// Where it ends.
    #[arg(long, value_name = when::VALUE, value_parser = when::moment, default_value = "now")]
    to: Timestamp,
    /// Also what was sent before.
    #[arg(long)]
    send_again: bool,
    /// Progress and end as JSON, one object a line.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
#[must_use]
pub fn run(config: &Path, log_format: Option<LogFormat>, args: Args) -> ExitCode {
    let Args { tenant, sink, feed, from, to, send_again, json } = args;
    errand::run(config, log_format, &Ask::Replay(Replay { tenant, sink, feed, from, to, send_again }), json)
}
