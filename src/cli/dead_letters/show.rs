//! `dead-letters show`: everything about one alert.

use std::io::Write;

use super::list::as_json;
use super::{Place, Which, printable};
use crate::cli::trouble::Trouble;
use crate::ledger::sqlite::dead_letters::{Entry, Shelf};
use crate::tenant::SinkName;

/// Everything about one alert: when and why it was kept aside on each route, and what the vendor sent.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  alertferry dead-letters show da637578995287051192_756343937
  alertferry dead-letters show --number 17 --json
  alertferry dead-letters show --body da637578995287051192_756343937 > alert.json")]
pub(super) struct Args {
    /// The alert's ID as `list` prints it; `sha256:…` of the bytes where none could be read.
    #[arg(required_unless_present_any = ["numbers", "alert"])]
    id: Option<String>,
    #[command(flatten)]
    which: Which,
    /// Only what the vendor sent.
    #[arg(long, conflicts_with = "json")]
    body: bool,
    /// One JSON object a line; what the vendor sent is the text `body`.
    #[arg(long)]
    json: bool,
}

/// `terminal`: somebody looks at it, so that nothing may act upon the terminal.
pub(super) fn run(place: &Place, args: &Args, terminal: bool, out: &mut impl Write) -> Result<(), Trouble> {
    let mut filter = args.which.filter(place).map_err(Trouble::Question)?;
    if let Some(id) = &args.id {
        filter.alert_id = Some(id.clone());
    }
    let shelf = Shelf::open(&place.folder)?;
    let entries = shelf.list(&filter)?;
    if entries.is_empty() {
        let what = match &args.id {
            Some(id) => format!("no dead letter has the alert ID {id:?}"),
            None => "no dead letter meets these conditions".to_owned(),
        };
        return Err(Trouble::Found(format!("{what}; `dead-letters list` shows all")));
    }
    for entry in entries {
        // One that was discarded since it was listed is not there to be shown.
        let Some(bytes) = shelf.body(&entry)? else { continue };
        if args.json {
            let mut document = as_json(place, &entry);
            document["body"] = bytes.into();
            writeln!(out, "{}", printable::json(&document.to_string()))?;
            continue;
        }
        if !args.body {
            write!(out, "{}", heading(place, &entry))?;
        }
        // Byte for byte, unless somebody looks at it on a terminal.
        writeln!(out, "{}", if terminal { printable::block(&bytes) } else { bytes })?;
    }
    Ok(())
}

fn heading(place: &Place, entry: &Entry) -> String {
    let sink = entry.sink.as_ref().map_or("-", SinkName::as_str);
    let tenant = format!("{} ({})", place.name(&entry.tenant), entry.tenant);
    let (number, time) = (entry.number.to_string(), entry.at.to_string());
    [
        ("number", number.as_str()),
        ("time", &time),
        ("tenant", &tenant),
        ("feed", &entry.feed),
        ("sink", sink),
        ("alert", &entry.alert_id),
        ("reason", &entry.reason),
    ]
    .map(|(name, value)| format!("{name:<8}{}\n", printable::line(value)))
    .concat()
        + "\n"
}
