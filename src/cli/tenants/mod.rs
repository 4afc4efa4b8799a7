//! `tenants`: which tenants are configured, taking in a new one, and the links by which customers let our apps in.

mod add;
mod ask;
mod consent;
mod grants;
mod invitation;
mod list;
mod newcomer;
mod place;

use std::path::Path;
use std::process::ExitCode;

use super::exit;
use crate::config::ConfigError;

/// Lists tenants, takes in new ones, and makes the links by which their administrators consent.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    List(list::Args),
    Add(Box<add::Args>),
    ConsentUrl(Box<consent::Args>),
}

/// Runs the command.
#[must_use]
pub fn run(config: &Path, args: Args) -> ExitCode {
    let done = match args.command {
        Command::List(args) => list::run(config, &args),
        Command::Add(args) => add::run(config, *args),
        Command::ConsentUrl(args) => consent::run(config, &args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Refused { code, words }) => {
            eprintln!("{}", words.trim_end());
            ExitCode::from(code)
        }
    }
}

/// Why a command did nothing.
#[derive(Debug)]
struct Refused {
    code: u8,
    words: String,
}

impl From<ConfigError> for Refused {
    fn from(error: ConfigError) -> Self {
        Self::mistake(error.to_string())
    }
}

impl Refused {
    /// What was typed or configured is wrong.
    fn mistake(words: impl Into<String>) -> Self {
        Self { code: exit::CONFIG, words: words.into() }
    }

    /// The machine did not let us.
    fn world(words: impl Into<String>) -> Self {
        Self { code: exit::NOT_STARTED, words: words.into() }
    }
}
