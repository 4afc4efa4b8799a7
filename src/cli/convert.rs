//! `convert`: turns alert JSON on standard input into a format on standard output.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Read as _, Write};
use std::process::ExitCode;

use clap::ValueEnum;

use super::exit;
use crate::alert::{Finding, Kind, graph};
use crate::format::embed::one_line;
use crate::format::{Activity, Context, Format, ocsf};
use crate::source::FeedKind;
use crate::tenant::Tenant;
use documents::{Document, documents};

mod documents;

/// Turns alert JSON on standard input into a format on standard output.
///
/// Reads records of Microsoft Graph's `security/alerts_v2`: one alert, an array of alerts, a page as Graph answers it
/// ({"value": […]}), or one of these per line. Writes one document per line.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  alertferry convert --to ocsf < alert.json
  alertferry convert --to ocsf --tenant contoso --explain < page.json > findings.jsonl
  alertferry convert --to raw < page.json        # the page's alerts, one per line

Exit code 1 when a document could not be converted; the others are written all the same.")]
pub struct Args {
    /// The format to write.
    #[arg(long, value_enum, value_name = "FORMAT")]
    to: To,

    /// Our name for the tenant, as the configuration would give it; the tenant's ID unless told.
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,

    /// The tenant's ID; what each alert says unless told.
    #[arg(long, value_name = "GUID")]
    tenant_id: Option<String>,

    /// Say on standard error which members the format has no place for, and where they went.
    #[arg(long)]
    explain: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// OCSF 1.8.0 Detection Finding.
    Ocsf,
    /// The vendor's own JSON.
    Raw,
}

impl To {
    fn format(self) -> Format {
        match self {
            To::Ocsf => Format::Ocsf,
            To::Raw => Format::Raw,
        }
    }
}

/// Runs the command.
#[must_use]
pub fn run(args: &Args) -> ExitCode {
    let mut input = Vec::new();
    if let Err(error) = io::stdin().lock().read_to_end(&mut input) {
        eprintln!("alertferry convert: standard input cannot be read: {error}");
        return ExitCode::from(exit::NOT_STARTED);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let all_good = convert(args, &input, &mut out).and_then(|all_good| out.flush().map(|()| all_good));
    match all_good {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(exit::NOT_STARTED),
        // Whoever reads us has seen enough, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("alertferry convert: standard output cannot be written: {error}");
            ExitCode::from(exit::NOT_STARTED)
        }
    }
}

/// Whether every document could be converted.
fn convert(args: &Args, input: &[u8], out: &mut impl Write) -> io::Result<bool> {
    let mut all_good = true;
    let mut line = Vec::new();
    for (number, document) in documents(input).enumerate().map(|(index, document)| (index + 1, document)) {
        line.clear();
        let converted = document.and_then(|document| convert_one(args, number, document, &mut line));
        match converted {
            Ok(()) => {
                line.push(b'\n');
                out.write_all(&line)?;
            }
            Err(reason) => {
                all_good = false;
                eprintln!("alertferry convert: document {number}: {reason}");
            }
        }
    }
    Ok(all_good)
}

fn convert_one(args: &Args, number: usize, document: Document<'_>, line: &mut Vec<u8>) -> Result<(), String> {
    let document = one_line(document);
    let finding = graph::read(Kind::Alert, &document).map_err(|error| error.to_string())?;
    let tenant = tenant(args, &finding);
    let context =
        Context { tenant: &tenant, feed: FeedKind::GraphAlerts, activity: Activity::Create, collected: crate::clock::now() };
    args.to.format().encode(&finding, &context, line).map_err(|error| error.to_string())?;
    if args.explain {
        explain(args.to, number, &finding, &context);
    }
    Ok(())
}

fn tenant(args: &Args, finding: &Finding<'_>) -> Tenant {
    let id = args.tenant_id.as_deref().or(finding.tenant_id()).unwrap_or("unknown").to_ascii_lowercase();
    let name = args.tenant.clone().unwrap_or_else(|| id.clone());
    Tenant { name: name.clone().into(), id: id.into(), customer: name, labels: BTreeMap::new() }
}

fn explain(to: To, number: usize, finding: &Finding<'_>, context: &Context<'_>) {
    let notes = match to {
        To::Ocsf => ocsf::explain(finding, context),
        To::Raw => Vec::new(),
    };
    let summary = match notes.len() {
        0 => "every member has a place of its own".to_owned(),
        1 => "1 member has no place of its own".to_owned(),
        count => format!("{count} members have no place of their own"),
    };
    eprintln!("document {number}: {summary}");
    for note in notes {
        eprintln!("  {}", note.to_string().escape_debug());
    }
}
