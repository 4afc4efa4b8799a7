//! `convert`: turns records of any feed on standard input into a format on standard output.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Read as _, Write};
use std::process::ExitCode;

use super::exit;
use crate::alert::{Finding, Kind};
use crate::format::embed::one_line;
use crate::format::shorten::{Fit, encode_within};
use crate::format::{Activity, Context, Encoder, ocsf};
use crate::source::FeedKind;
use crate::source::microsoft::Inside;
use crate::tenant::Tenant;
use documents::{Document, documents};
use shape::recognise;
use written::Written;

mod documents;
mod shape;
mod written;

/// Turns alerts and incidents on standard input into a format on standard output.
///
/// Reads records of every feed: a single one, an array, a page as the API answers it ({"value": […]}), or one of these per
/// line. Which feed a record is from is told by its members. Writes one document per line; for an incident that brings its
/// alerts with it, first those of the alerts, then its own.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  alertferry convert --to ocsf < alert.json
  alertferry convert --to ocsf --tenant contoso --explain < page.json > findings.jsonl
  alertferry convert --to ocsf --feed xdr-incidents < incidents.json
  alertferry convert --to cef --strict-lengths --max-bytes 2048 < alert.json    # what a small receiver gets
  alertferry convert --to raw < page.json        # the page's records, one per line

Exit code 1 when a document could not be converted; the others are written all the same.")]
pub struct Args {
    #[command(flatten)]
    written: Written,

    /// Our name for the tenant, as the configuration would give it; the tenant's ID unless told.
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,

    /// The tenant's ID; what each record says unless told.
    #[arg(long, value_name = "GUID")]
    tenant_id: Option<String>,

    /// Which feed the records are from; told by their members unless given.
    #[arg(long, value_name = "NAME", value_parser = feed)]
    feed: Option<FeedKind>,

    /// Say on standard error which members the format has no place for, and where they went.
    #[arg(long)]
    explain: bool,
}

/// Runs the command.
#[must_use]
pub fn run(args: &Args) -> ExitCode {
    let encoder = match args.written.encoder() {
        Ok(encoder) => encoder,
        Err(words) => {
            eprintln!("alertferry convert: {words}");
            return ExitCode::from(exit::CONFIG);
        }
    };
    let mut input = Vec::new();
    if let Err(error) = io::stdin().lock().read_to_end(&mut input) {
        eprintln!("alertferry convert: standard input cannot be read: {error}");
        return ExitCode::from(exit::NOT_STARTED);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let all_good = convert(args, encoder, &input, &mut out).and_then(|all_good| out.flush().map(|()| all_good));
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

/// Reads a feed's name.
fn feed(word: &str) -> Result<FeedKind, String> {
    word.parse().map_err(|()| {
        let names: Vec<&str> = FeedKind::ALL.iter().map(|(_, name)| *name).collect();
        format!("there is no such feed; it is one of {}", names.join(", "))
    })
}

/// Whether every document could be converted.
fn convert(args: &Args, encoder: Encoder, input: &[u8], out: &mut impl Write) -> io::Result<bool> {
    let mut all_good = true;
    for (index, document) in documents(input).enumerate() {
        let conversion = Conversion { args, encoder, number: index + 1 };
        let converted = document.and_then(|document| conversion.record(document));
        let lines = converted.unwrap_or_else(|reason| vec![Err(reason)]);
        for line in lines {
            match line {
                Ok(mut line) => {
                    line.push(b'\n');
                    out.write_all(&line)?;
                }
                Err(reason) => {
                    all_good = false;
                    eprintln!("alertferry convert: document {}: {}", conversion.number, reason.escape_debug());
                }
            }
        }
    }
    Ok(all_good)
}

/// One line of output, or why there is none.
type Line = Result<Vec<u8>, String>;

/// The conversion of one document of the input.
struct Conversion<'a> {
    args: &'a Args,
    encoder: Encoder,
    number: usize,
}

impl Conversion<'_> {
    /// The lines for a record and the alerts inside; an error when the record itself cannot be read.
    fn record(&self, document: Document<'_>) -> Result<Vec<Line>, String> {
        let document = one_line(document);
        let shape = recognise(&document, self.args.feed)?;
        let header = (shape.header())(&document).map_err(|error| error.to_string())?;
        let read = shape.feed.dialect().read;
        let finding = read(header.kind, &document).map_err(|error| error.to_string())?;
        let tenant = self.tenant(&finding);
        let collected = crate::clock::now();
        let context = Context { tenant: &tenant, feed: shape.feed, activity: Activity::Create, collected, replayed: false };
        let mut lines = Vec::new();
        if let (Finding::Incident(incident), Inside::Member(name, _)) = (&finding, shape.feed.dialect().inside) {
            for (index, raw) in incident.alerts.iter().enumerate() {
                let alert = read(Kind::Alert, raw.get()).map_err(|error| format!("{name}[{index}]: {error}"));
                lines.push(alert.and_then(|alert| self.line(&alert, &context)));
            }
        }
        lines.push(self.line(&finding, &context));
        Ok(lines)
    }

    fn line(&self, finding: &Finding<'_>, context: &Context<'_>) -> Line {
        let mut line = Vec::new();
        let fit = encode_within(self.encoder, finding, context, self.args.written.room(), &mut line);
        if fit.map_err(|error| error.to_string())? == Fit::Shortened {
            let octets = line.len();
            eprintln!("alertferry convert: document {}: shortened to {octets} octets", self.number);
        }
        if self.args.explain {
            self.explain(finding, context);
        }
        Ok(line)
    }

    fn tenant(&self, finding: &Finding<'_>) -> Tenant {
        let id = self.args.tenant_id.as_deref().or(finding.tenant_id()).unwrap_or("unknown").to_ascii_lowercase();
        let name = self.args.tenant.clone().unwrap_or_else(|| id.clone());
        Tenant { name: name.clone().into(), id: id.into(), customer: name, labels: BTreeMap::new() }
    }

    fn explain(&self, finding: &Finding<'_>, context: &Context<'_>) {
        let notes = match self.encoder {
            Encoder::Ocsf(_) => ocsf::explain(finding, context),
            Encoder::Ecs(_) | Encoder::Cef(_) | Encoder::Leef(_) | Encoder::Raw => Vec::new(),
        };
        let summary = match notes.len() {
            0 => "every member has a place of its own".to_owned(),
            1 => "1 member has no place of its own".to_owned(),
            count => format!("{count} members have no place of their own"),
        };
        let (kind, id) = match finding {
            Finding::Alert(alert) => (Kind::Alert, &alert.id),
            Finding::Incident(incident) => (Kind::Incident, &incident.id),
        };
        eprintln!("document {}, {} {}: {summary}", self.number, kind.as_str(), id.escape_debug());
        for note in notes {
            eprintln!("  {}", note.to_string().escape_debug());
        }
    }
}
