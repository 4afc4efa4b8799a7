//! `ledger check`: looks whether every page is whole and every number in it agrees.

use serde_json::{Map, json};

use crate::cli::dead_letters::{Place, printable};
use crate::cli::print;
use crate::cli::trouble::{Trouble, say};
use crate::ledger::sqlite::check;

/// Reads every page and row and says what is wrong. Works while the daemon runs and changes nothing.
///
/// With 20 million IDs it takes some tens of seconds; meanwhile the daemon goes on, and its log grows by what it commits.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  alertferry ledger check --json | jq .wrong
  alertferry ledger check --ledger /backup/ledger-20260302T080000Z.sqlite3

Exit codes: 0 nothing is wrong, 1 something is or it could not be read, 64 the configuration is wrong.")]
pub(super) struct Args {
    /// Writes one JSON document to standard output.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(place: &Place, args: &Args) -> Result<(), Trouble> {
    let findings = check::run(&place.folder)?;
    if args.json {
        let rows: Map<_, _> = findings.rows.iter().map(|(table, rows)| (table.clone(), json!(rows))).collect();
        let said = say(&printable::json(&json!({ "wrong": findings.wrong, "rows": rows }).to_string()));
        if findings.wrong.is_empty() {
            return said;
        }
    } else if findings.wrong.is_empty() {
        let rows: Vec<String> = findings.rows.iter().map(|(table, rows)| format!("{table} {rows}")).collect();
        return say(&format!("The ledger in {} is whole. Rows: {}.", place.folder.display(), rows.join(", ")));
    } else {
        for wrong in &findings.wrong {
            print(&printable::line(wrong));
        }
    }
    Err(Trouble::Found(format!(
        "The ledger in {} is damaged: {} findings. Restore a backup, or see docs/ledger.md for what can be saved.",
        place.folder.display(),
        findings.wrong.len()
    )))
}
