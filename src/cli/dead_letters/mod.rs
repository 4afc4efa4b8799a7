//! `dead-letters`: shows the alerts that were kept aside.

mod place;
mod printable;

use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use super::exit;
use crate::config;
use crate::ledger::sqlite::dead_letters::{Entry, Shelf};
use crate::ledger::{KeptFilter, LedgerError};
use crate::tenant::SinkName;
pub use place::Place;

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
    /// One line each, the newest first: time, tenant, feed, sink or `-`, alert ID, reason; a tab between them.
    #[command(after_help = "Example:\n  alertferry dead-letters list --tenant contoso --sink siem --limit 20")]
    List {
        /// Only those of this tenant: our name for it, or its Entra tenant ID.
        #[arg(long, value_name = "NAME|ID")]
        tenant: Option<String>,
        /// Only those that this sink should have had.
        #[arg(long, value_name = "NAME")]
        sink: Option<String>,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
        /// At most this many, the newest.
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
    },
    /// Everything about one alert: when and why it was kept aside on each route, and what the vendor sent.
    #[command(after_help = "Examples:
  alertferry dead-letters show da637578995287051192_756343937
  alertferry dead-letters show --body da637578995287051192_756343937 > alert.json")]
    Show {
        /// The alert's ID as `list` prints it; `sha256:…` of the bytes where none could be read.
        id: String,
        /// Only what the vendor sent.
        #[arg(long)]
        body: bool,
    },
}

/// Why the command could not answer.
enum Trouble {
    /// What was asked for makes no sense with this configuration.
    Question(String),
    /// There is no such dead letter.
    Missing(String),
    Ledger(LedgerError),
    Output(io::Error),
}

impl From<LedgerError> for Trouble {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Runs the command.
#[must_use]
pub fn run(config: &Path, args: &Args) -> ExitCode {
    let place = match &args.ledger {
        Some(folder) => Ok(Place::bare(folder.clone())),
        None => config::load(config).map_err(|error| error.to_string()).and_then(|settings| Place::configured(&settings)),
    };
    let place = match place {
        Ok(place) => place,
        Err(message) => {
            eprintln!("alertferry: {message}");
            return ExitCode::from(exit::CONFIG);
        }
    };
    let stdout = io::stdout();
    let terminal = stdout.is_terminal();
    let mut out = BufWriter::new(stdout.lock());
    let answer = answer(&place, &args.action, terminal, &mut out).and_then(|()| Ok(out.flush()?));
    match answer {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read us has seen enough: `list | head`.
        Err(Trouble::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Trouble::Output(error)) => {
            eprintln!("alertferry: could not write the answer: {error}");
            ExitCode::from(exit::NOT_STARTED)
        }
        Err(Trouble::Question(message)) => {
            eprintln!("alertferry: {message}");
            ExitCode::from(exit::CONFIG)
        }
        Err(Trouble::Missing(message)) => {
            eprintln!("alertferry: {message}");
            ExitCode::from(exit::NOT_STARTED)
        }
        Err(Trouble::Ledger(error)) => {
            eprintln!("alertferry: {error} {}", error.advice.as_deref().unwrap_or_default());
            ExitCode::from(exit::NOT_STARTED)
        }
    }
}

fn answer(place: &Place, action: &Action, terminal: bool, out: &mut impl Write) -> Result<(), Trouble> {
    match action {
        Action::List { tenant, sink, json, limit } => {
            let tenant = tenant.as_deref().map(|word| place.tenant(word)).transpose().map_err(Trouble::Question)?;
            let sink = sink.clone().map(SinkName::from);
            let entries =
                Shelf::open(&place.folder)?.list(&KeptFilter { tenant, sink, limit: *limit, ..KeptFilter::default() })?;
            if entries.is_empty() {
                eprintln!("No dead letters.");
            }
            for entry in entries {
                writeln!(out, "{}", if *json { as_json(place, &entry) } else { as_line(place, &entry) })?;
            }
            Ok(())
        }
        Action::Show { id, body } => {
            let shelf = Shelf::open(&place.folder)?;
            let entries = shelf.list(&KeptFilter { alert_id: Some(id.clone()), ..KeptFilter::default() })?;
            if entries.is_empty() {
                return Err(Trouble::Missing(format!("no dead letter has the alert ID {id:?}; `dead-letters list` shows all")));
            }
            for entry in entries {
                // One that was discarded since it was listed is not there to be shown.
                let Some(bytes) = shelf.body(&entry)? else { continue };
                if !body {
                    write!(out, "{}", heading(place, &entry))?;
                }
                // Byte for byte, unless somebody looks at it on a terminal.
                writeln!(out, "{}", if terminal { printable::block(&bytes) } else { bytes })?;
            }
            Ok(())
        }
    }
}

fn as_line(place: &Place, entry: &Entry) -> String {
    let sink = entry.sink.as_ref().map_or("-", SinkName::as_str);
    let time = format!("{:.0}", entry.at);
    let columns = [&time, place.name(&entry.tenant), &entry.feed, sink, &entry.alert_id, &entry.reason];
    columns.map(printable::line).join("\t")
}

fn as_json(place: &Place, entry: &Entry) -> String {
    let document = json!({
        "time": entry.at.to_string(),
        "tenant": place.name(&entry.tenant),
        "tenant_id": entry.tenant.as_str(),
        "feed": entry.feed,
        "sink": entry.sink.as_ref().map(SinkName::as_str),
        "alert_id": entry.alert_id,
        "reason": entry.reason,
    });
    printable::json(&document.to_string())
}

fn heading(place: &Place, entry: &Entry) -> String {
    let sink = entry.sink.as_ref().map_or("-", SinkName::as_str);
    let tenant = format!("{} ({})", place.name(&entry.tenant), entry.tenant);
    let time = entry.at.to_string();
    [
        ("time", time.as_str()),
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
