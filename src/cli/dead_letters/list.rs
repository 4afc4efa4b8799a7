//! `dead-letters list`: one line each.

use std::io::Write;

use serde_json::{Value, json};

use super::{Place, Which, printable};
use crate::cli::trouble::Trouble;
use crate::ledger::KeptFilter;
use crate::ledger::sqlite::dead_letters::{Entry, Shelf};
use crate::tenant::SinkName;

/// One line each, the newest first: number, time, tenant, feed, sink or `-`, alert ID, reason; a tab between them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  alertferry dead-letters list --tenant contoso --sink siem --limit 20
  alertferry dead-letters list --since 24h --reason 'too large' --json | jq -r .alert_id")]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    /// At most this many, the newest.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
}

pub(super) fn run(place: &Place, args: &Args, out: &mut impl Write) -> Result<(), Trouble> {
    let filter = args.which.filter(place).map_err(Trouble::Question)?;
    let entries = Shelf::open(&place.folder)?.list(&KeptFilter { limit: args.limit, ..filter })?;
    if entries.is_empty() {
        eprintln!("No dead letters{}.", if args.which.is_all() { "" } else { " meet these conditions" });
    }
    for entry in entries {
        let line = if args.json { printable::json(&as_json(place, &entry).to_string()) } else { as_line(place, &entry) };
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn as_line(place: &Place, entry: &Entry) -> String {
    let sink = entry.sink.as_ref().map_or("-", SinkName::as_str);
    let (number, time) = (entry.number.to_string(), format!("{:.0}", entry.at));
    let columns = [&number, &time, place.name(&entry.tenant), &entry.feed, sink, &entry.alert_id, &entry.reason];
    columns.map(printable::line).join("\t")
}

/// Everything but the body.
pub(super) fn as_json(place: &Place, entry: &Entry) -> Value {
    json!({
        "number": entry.number,
        "time": entry.at.to_string(),
        "tenant": place.name(&entry.tenant),
        "tenant_id": entry.tenant.as_str(),
        "feed": entry.feed,
        "sink": entry.sink.as_ref().map(SinkName::as_str),
        "alert_id": entry.alert_id,
        "reason": entry.reason,
    })
}
