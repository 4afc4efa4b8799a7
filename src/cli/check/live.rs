//! `check --live`: what is looked at, how it is told, and the exit code.

use std::process::ExitCode;

use super::progress::Progress;
use super::{Args, shown};
use crate::app::live::{self, Options, Outcome};
use crate::cli::{chosen, exit, print};
use crate::config::Settings;

pub(super) fn run(settings: &Settings, args: &Args) -> ExitCode {
    let tenants = match chosen::tenants(settings, &args.tenants) {
        Ok(tenants) => tenants,
        Err(words) => return failed(exit::CONFIG, &words),
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(exit::NOT_STARTED, &format!("cannot start threads: {error}")),
    };
    let options = Options { limit: args.timeout, parallel: args.parallel.into() };
    let progress = Progress::new(tenants.len());
    let looked = runtime.block_on(live::check(settings, &tenants, options, |done| progress.done(done)));
    progress.end();
    // A far side that never answers must not hold the end up.
    runtime.shutdown_background();
    match looked {
        Ok(report) => {
            print(&if args.json { shown::as_json(&report, settings) } else { shown::as_text(&report, settings) });
            if report.outcome() == Outcome::Failed { ExitCode::from(exit::NOT_STARTED) } else { ExitCode::SUCCESS }
        }
        Err(error) => failed(exit::NOT_STARTED, &error.to_string()),
    }
}

fn failed(code: u8, words: &str) -> ExitCode {
    eprintln!("{words}");
    ExitCode::from(code)
}
