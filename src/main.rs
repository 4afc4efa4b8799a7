//! The alertferry program: reads the command line, hands it to the library, and turns the answer into an exit code.

use std::process::ExitCode;

use alertferry::cli::{self, Cli};
use clap::Parser as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => cli::run(cli),
        Err(refusal) => {
            let _ = refusal.print(); // a reader that has gone needs no help text
            // clap's own 2 means "stopped unclean" on this program's surface.
            if refusal.use_stderr() { ExitCode::from(cli::exit::CONFIG) } else { ExitCode::SUCCESS }
        }
    }
}
