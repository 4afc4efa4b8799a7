//! The alertferry program: reads the command line, hands it to the library, and turns the answer into an exit code.

use std::process::ExitCode;

use clap::Parser as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    alertferry::cli::run(alertferry::cli::Cli::parse())
}
